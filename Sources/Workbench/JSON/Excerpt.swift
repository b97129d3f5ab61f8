/// Pieces of somebody's text, made fit for a one-line message: short, and with nothing in them that
/// would steer a terminal.
package enum Excerpt {
    /// At most this many characters are shown.
    package static let maximumLength = 40

    /// The text between quotes; control characters as escapes, the rest of a long one as "…".
    package static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }

    /// The same without quotes.
    package static func plain(_ text: String) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == maximumLength { return result + "…" }
            result += printable(scalar)
        }
        return result
    }

    private static func printable(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }
}
