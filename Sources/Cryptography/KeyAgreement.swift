import CLibcrypto
package import Primitives

/// An X25519 key pair (RFC 7748), by which two parties that know each other's public key agree on a
/// secret that nobody else can know.
package final class AgreementKey: Sendable {
    /// What the other party is told: the u-coordinate.
    package let publicKey: Hash256
    // libcrypto counts references to a key and never changes it.
    private nonisolated(unsafe) let key: OpaquePointer

    /// The key pair of 32 secret, random bytes. Throws `invalidKeyLength` for another count,
    /// `libraryFailure` when libcrypto refuses.
    package init(seed: SecretKey) throws(CryptographyError) {
        (key, publicKey) = try RawKey.make(EVP_PKEY_X25519, seed: seed)
    }

    deinit { EVP_PKEY_free(key) }

    /// The secret shared with the holder of a public key, to be derived from and not used as it is
    /// (RFC 7748 §6.1). Nil for the few public keys with which every secret would be the same.
    package func secret(with publicKey: Hash256) -> SecretKey? {
        let raw = publicKey.bytes
        guard let other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, raw, raw.count) else {
            ERR_clear_error()
            return nil
        }
        defer { EVP_PKEY_free(other) }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var isAgreed = false
        let secret = SecretKey(count: 32) { bytes in
            var count = bytes.count
            isAgreed =
                EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1
                && EVP_PKEY_derive(
                    context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &count) == 1
                && count == 32
        }
        guard isAgreed else {
            ERR_clear_error()
            return nil
        }
        return secret
    }
}
