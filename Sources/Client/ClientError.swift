/// Why a client could not do what it was asked: what, where, and what to do, as a sentence for the
/// user. Never carries a password, a key, a token or a file's content.
package struct ClientError: Error, Equatable, CustomStringConvertible {
    /// What a program can act on.
    package enum Kind: Equatable, Sendable {
        /// No connection, or it broke off.
        case unreachable
        /// The backend answers, but cannot serve now.
        case unavailable
        /// Too many wrong passwords: later, not now.
        case tooManyAttempts
        case wrongCredentials
        /// There is no session, or it has ended.
        case notLoggedIn
        case forbidden
        case notFound
        /// It is known, and no node that is there has it any more.
        case gone
        case alreadyExists
        /// The backend does not know some of a file's chunks: `indices`.
        case unknownChunks
        case noSpace
        /// The backend found the request wrong.
        case refused
        /// Something came that no backend would say, or that fails its check.
        case misbehaving
        /// A file on this machine cannot be read.
        case cannotRead
        /// A file on this machine cannot be made, or is there already.
        case cannotCreate
        /// A file on this machine cannot be written.
        case cannotWrite
        /// The file changed while it was read.
        case sourceChanged
    }

    package var kind: Kind
    package var message: String
    /// What the backend calls it, in kebab-case.
    package var code: String?
    /// How long the backend asks to wait.
    package var retryAfterSeconds: Double?
    /// Which chunks the backend does not know.
    package var indices: [Int] = []

    /// Whether the same may succeed later: once the backend is there again, and has room.
    package var mayPass: Bool {
        switch kind {
        case .unreachable, .unavailable, .noSpace: true
        default: false
        }
    }

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
