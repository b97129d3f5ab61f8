/// What a server answers when it refuses.
package struct ErrorForm: Hashable, Sendable, Codable {
    package var error: Detail

    package struct Detail: Hashable, Sendable, Codable {
        /// For programs, in kebab-case.
        package var code: String
        /// For people: what, and what to do.
        package var message: String
        /// Of `unknown-chunks`: which of the file's chunks the network does not hold.
        package var indices: [Int]?
    }

    package init(code: String, message: String, indices: [Int]? = nil) {
        error = Detail(code: code, message: message, indices: indices)
    }
}

/// The answer to `GET /health`.
package struct HealthForm: Hashable, Sendable, Codable {
    package var status: String
    /// "discovery", "node" or "backend".
    package var role: String
    /// The server's id in hexadecimal.
    package var id: String
    package var version: String

    package init(status: String, role: String, id: String, version: String) {
        self.status = status
        self.role = role
        self.id = id
        self.version = version
    }
}

/// The answer to `GET /ready`.
package struct ReadyForm: Hashable, Sendable, Codable {
    package var ready: Bool
    /// Why it is not, as a sentence.
    package var reason: String

    package init(ready: Bool, reason: String) {
        self.ready = ready
        self.reason = reason
    }
}
