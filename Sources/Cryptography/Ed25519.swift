import CLibcrypto
package import Primitives

/// An Ed25519 signature (RFC 8032): 64 bytes.
package struct Signature: Hashable, Sendable {
    /// The encoded point R.
    package let r: Hash256
    /// The encoded scalar S.
    package let s: Hash256

    /// The number of bytes of a signature.
    package static let count = 64

    /// From exactly 64 bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count, let r = Hash256(bytes: bytes.prefix(32)),
            let s = Hash256(bytes: bytes.dropFirst(32))
        else { return nil }
        self.r = r
        self.s = s
    }

    /// From its two halves.
    package init(r: Hash256, s: Hash256) {
        self.r = r
        self.s = s
    }

    /// The 64 bytes: R, then S.
    package var bytes: [UInt8] { r.bytes + s.bytes }
}

/// An Ed25519 public key (RFC 8032).
package struct PublicKey: Hashable, Sendable {
    /// The encoded point. Any 32 bytes may stand here; those that are no point verify nothing.
    package let bytes: Hash256

    /// From an encoded point.
    package init(bytes: Hash256) { self.bytes = bytes }

    /// Whether the holder of this key signed `message`.
    package func isValid(_ signature: Signature, for message: [UInt8]) -> Bool {
        let raw = bytes.bytes
        guard let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
            ERR_clear_error()
            return false
        }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let encoded = signature.bytes
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1,
            EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }
}

/// An Ed25519 private key (RFC 8032). May be used from several threads at once.
package final class SigningKey: Sendable {
    /// The key that verifies what this one signs.
    package let publicKey: PublicKey
    // libcrypto counts references to a key and never changes one that it signs with.
    private nonisolated(unsafe) let key: OpaquePointer

    /// The number of bytes of a seed.
    package static let seedCount = RawKey.count

    /// The key that grows from a secret seed of 32 bytes. Throws `invalidKeyLength` for another
    /// count, `libraryFailure` when libcrypto refuses.
    package init(seed: SecretKey) throws(CryptographyError) {
        let (key, publicKey) = try RawKey.make(EVP_PKEY_ED25519, seed: seed)
        self.key = key
        self.publicKey = PublicKey(bytes: publicKey)
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of `message`: the same bytes each time.
    package func sign(_ message: [UInt8]) -> Signature {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_MD_CTX_free(context) }
        var bytes = [UInt8](repeating: 0, count: Signature.count)
        var count = bytes.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &bytes, &count, message, message.count) == 1,
            let signature = Signature(bytes: bytes)
        else { preconditionFailure("libcrypto refused to sign with a key that it made") }
        return signature
    }
}
