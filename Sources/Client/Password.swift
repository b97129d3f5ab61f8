import Foundation

/// A password as it is used: normalized, so that the same characters give the same key whatever
/// keyboard they come from. Never described.
package struct Password: Sendable, CustomStringConvertible, CustomReflectable {
    package let bytes: [UInt8]

    /// How many bytes a password has.
    package static let counts = 8...1_024

    /// Nil where it is too short or too long.
    package init?(_ text: String) {
        // Normalizing can grow a text threefold at most and shrink it little; this spares the work
        // for what is far too long.
        guard text.utf8.count <= Self.counts.upperBound * 4 else { return nil }
        bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
        guard Self.counts ~= bytes.count else { return nil }
    }

    package var description: String { "password" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
