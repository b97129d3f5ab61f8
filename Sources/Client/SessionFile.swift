import Cryptography
package import Files
import Foundation
import Platform
import Wire

/// What a logged-in user has: the backend's token, and the key that opens their files.
package struct UserSession: Sendable {
    package var backend: BackendAddress
    package var user: String
    package var token: String
    /// When the token ends (`WireTime`).
    package var expires: String
    package var masterKey: MasterKey
}

/// Where a session is kept between two commands: a file that only its owner may read.
///
/// It holds the master key until log-out, so whoever can read it can open the user's files.
package struct SessionFile: Sendable {
    package let path: String

    private struct Form: Codable {
        var backend: String
        var expires: String
        var masterKey: Base64
        var token: String
        var user: String
    }

    /// The session; nil where there is none. Throws `cannotRead` for a file that holds none.
    package func read() throws(ClientError) -> UserSession? {
        guard let bytes = try LocalFile.read(path) else { return nil }
        do {
            let form = try WireJSON.decode(Form.self, from: Data(bytes))
            guard let backend = BackendAddress(form.backend) else {
                throw ClientError(.cannotRead, "")
            }
            var key = form.masterKey.bytes
            return UserSession(
                backend: backend, user: form.user, token: form.token, expires: form.expires,
                masterKey: try MasterKey(SecretKey(wiping: &key)))
        } catch {
            throw ClientError(
                .cannotRead,
                "\(path) does not hold a session. Log in again with: dsim login --user NAME")
        }
    }

    /// Keeps a session instead of the one before. Throws `cannotWrite`.
    package func write(_ session: UserSession) throws(ClientError) {
        let form = Form(
            backend: session.backend.text, expires: session.expires,
            masterKey: Base64(session.masterKey.secret.withUnsafeBytes { Array($0) }),
            token: session.token, user: session.user)
        guard let data = try? WireJSON.encode(form) else {
            preconditionFailure("a session is always JSON")
        }
        try LocalFile.write(Array(data) + [10], to: path)
    }

    /// Forgets the session.
    package func remove() { try? LocalFile.files.remove(path) }
}
