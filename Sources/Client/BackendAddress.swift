import Foundation

/// Where a backend is: an http or https URL.
package struct BackendAddress: Hashable, Sendable, CustomStringConvertible {
    /// Without a slash at its end.
    package let text: String

    /// Where a backend listens unless told otherwise.
    package static let standard = BackendAddress(unchecked: "http://127.0.0.1:5000")

    /// Nil for what is no URL of a backend: another scheme, no host, a user, a query.
    package init?(_ text: String) {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme,
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        self.init(unchecked: text)
    }

    private init(unchecked text: String) { self.text = text }

    package var description: String { text }
}
