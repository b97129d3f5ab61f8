/// Text that others chose, as it may be shown on a terminal.
enum Printable {
    /// With a mark in place of each character that a terminal would obey rather than show.
    static func text(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
                shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// "2031-05-04 03:02:01" for a time as it travels, in UTC.
    static func time(_ text: String) -> String {
        self.text(String(text.prefix(19)).replacing("T", with: " "))
    }
}
