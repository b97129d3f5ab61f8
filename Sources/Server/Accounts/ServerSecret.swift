import Cryptography
import Files
import Primitives

/// What only this server knows, and what grows from it.
package struct ServerSecret: Sendable {
    /// Signs session tokens.
    let tokenKey: SecretKey
    private let saltKey: SecretKey
    /// Verifies nothing that anybody can sign.
    private let madeUpKey: PublicKey

    /// Fewer characters than this could be guessed.
    package static let minimumLength = 16

    /// From `SECRET_KEY`. Throws `badSecret` when it is too short.
    package init(_ text: String) throws(AccountError) {
        guard text.utf8.count >= Self.minimumLength else { throw .badSecret }
        let root = SecretKey(copying: Array(text.utf8))
        func derive(_ purpose: String) throws(AccountError) -> SecretKey {
            try translating(
                try HKDF.derive(from: root, salt: [], info: Array(purpose.utf8), count: 32),
                to: AccountError.tooBusy)
        }
        tokenKey = try derive("DecentraStore session tokens v1")
        saltKey = try derive("DecentraStore made-up salts v1")
        let seed = try derive("DecentraStore made-up log-in key v1")
        madeUpKey = try translating(try SigningKey(seed: seed).publicKey, to: AccountError.tooBusy)
    }

    /// A key that no password opens, for a user who does not exist: the same at each call, so that
    /// asking twice tells nothing.
    func decoy(for name: AccountName, rules: KeyRules) -> PasswordProtectedKey {
        let salt = HMAC.authenticate(Array(name.folded.utf8), key: saltKey).bytes
        let made = try? PasswordProtectedKey(
            parameters: rules.standard, salt: Array(salt.prefix(KeyRules.saltCount)),
            verifier: .publicKey(madeUpKey),
            wrapped: [UInt8](repeating: 0, count: PasswordProtectedKey.wrappedCount))
        guard let made else { preconditionFailure("a made-up key has the right lengths") }
        return made
    }
}
