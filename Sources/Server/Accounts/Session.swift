package import Files
package import Primitives
package import Storage

/// Who a request is from.
package struct Session: Sendable {
    /// What the server can do in a session.
    package enum Kind: Sendable {
        /// The user logged in with the password: the server holds the master key.
        case open(MasterKey)
        /// The user logged in with a proof: the server can handle sealed data only.
        case sealed
    }

    package let user: PeerID
    /// The user's name, as it was registered.
    package let name: String
    package let kind: Kind
    package let token: TokenID
    package let expires: Instant

    /// The user's key. Throws `sealedSession` where the server does not have it.
    package func masterKey() throws(AccountError) -> MasterKey {
        guard case .open(let key) = kind else { throw .sealedSession }
        return key
    }

    package var isOpen: Bool { if case .open = kind { true } else { false } }
}

/// What a log-in gives.
package struct LogIn: Sendable {
    /// The token that later requests bring.
    package let token: String
    package let session: Session
    /// The encoded password-protected key, for who logged in with a proof.
    package let key: [UInt8]?
}
