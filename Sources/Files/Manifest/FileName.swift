/// What files may be called. Manifests may hold other names, of files that another program made.
package enum FileName {
    /// How many bytes of UTF-8 a name has.
    package static let counts = 1...255

    /// Whether a file may be called so: as a folder would have it, on any system, and without control
    /// characters.
    package static func isAllowed(_ name: String) -> Bool {
        counts ~= name.utf8.count && name != "." && name != ".."
            && !name.unicodeScalars.contains {
                $0 == "/" || $0.properties.generalCategory == .control
            }
    }
}
