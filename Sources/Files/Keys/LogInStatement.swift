package import Primitives

/// What a user signs to log in, with a key that grows from the password: it holds at one backend, once.
///
/// A backend that puts another's question to its own users gets statements that name itself, which the
/// other refuses.
package struct LogInStatement: Hashable, Sendable {
    /// What the statement is good for.
    package enum Purpose: Hashable, Sendable {
        /// A sealed session.
        case session
        /// To replace the account's key by the one whose encoding has this SHA-256.
        case newKey(Hash256)
    }

    /// The user's name, as it is sent.
    package let user: String
    /// The backend's address, as the user gave it.
    package let address: String
    /// The backend's question, which it takes an answer to once.
    package let challenge: [UInt8]
    package let purpose: Purpose

    package init(user: String, address: String, challenge: [UInt8], purpose: Purpose) {
        self.user = user
        self.address = address
        self.challenge = challenge
        self.purpose = purpose
    }

    /// What is signed: "DecentraStore log-in 2", user, address and challenge, each behind its length (4);
    /// then 0 for a session, or 1 and the SHA-256 of the new key.
    package var message: [UInt8] {
        var writer = ByteWriter()
        for part in [
            Array("DecentraStore log-in 2".utf8), Array(user.utf8), Array(address.utf8), challenge,
        ] {
            writer.write(prefixed: part)
        }
        switch purpose {
        case .session: writer.write(UInt8(0))
        case .newKey(let hash):
            writer.write(UInt8(1))
            writer.write(hash)
        }
        return writer.bytes
    }
}
