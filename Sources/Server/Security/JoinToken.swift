package import Cryptography
package import Primitives
package import Roles

/// The secret that admits servers to one network. Whoever has it can prove that a key belongs to a
/// member, and check such proofs without asking anybody.
package struct JoinToken: Sendable {
    private let key: SecretKey

    /// Fewer characters than this could be guessed.
    package static let minimumLength = 16

    /// From what the operator gave every server. Nil when it is too short to be a secret.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.minimumLength else { return nil }
        let secret = SecretKey(copying: Array(text.utf8))
        guard
            let derived = try? HKDF.derive(
                from: secret, salt: [], info: Array("DecentraStore join token v1".utf8), count: 32)
        else { return nil }
        key = derived
    }

    /// Proves that the holder of `publicKey` was given the token for this role.
    package func proof(of publicKey: PublicKey, as role: MemberRole) -> Hash256 {
        HMAC.authenticate(Array(role.rawValue.utf8) + [0] + publicKey.bytes.bytes, key: key)
    }

    package func admits(
        _ publicKey: PublicKey, as role: MemberRole, proof: Hash256
    ) -> Bool {
        constantTimeEqual(self.proof(of: publicKey, as: role).bytes, proof.bytes)
    }
}
