import Cryptography
import Primitives

/// Seals small things, such as keys and manifests, without anyone having to find a nonce.
///
/// The nonce is a keyed hash of what is sealed (the synthetic IV of Rogaway and Shrimpton,
/// "Deterministic Authenticated-Encryption", 2006), here with AES-256-GCM as the cipher. So sealing
/// the same twice gives the same bytes, which tells that and no more; and sealing two things under
/// one key and context is safe, where with a nonce of the caller's a slip would give both away. Two
/// nonces of 96 bits collide by chance after some 2⁴⁸ seals under one key.
///
/// Sealed bytes: format (1), nonce (12), ciphertext, tag (16).
struct SyntheticNonceSeal {
    private static let format: UInt8 = 1
    /// The number of bytes by which sealing makes a plaintext longer.
    static let overheadCount = 1 + AESGCM.nonceCount + AESGCM.tagCount

    private let nonceKey: SecretKey
    private let cipherKey: SecretKey

    /// Two keys grow from `key` for the purpose alone, so that `key` may serve others too.
    init(key: SecretKey, purpose: StaticString) throws(CryptographyError) {
        let info = purpose.withUTF8Buffer { Array($0) }
        nonceKey = try HKDF.derive(
            from: key, salt: [], info: info + Array(" nonce".utf8), count: 32)
        cipherKey = try HKDF.derive(
            from: key, salt: [], info: info + Array(" cipher".utf8), count: AESGCM.keyCount)
    }

    func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let nonce = nonce(for: plaintext, associatedData: associatedData)
        return [Self.format] + nonce
            + (try AESGCM.seal(
                plaintext, followedBy: [], key: cipherKey, nonce: nonce,
                associatedData: associatedData))
    }

    func seal(
        _ plaintext: SecretKey, associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try plaintext.withUnsafeBytes { (bytes) throws(CryptographyError) in
            try seal(bytes, associatedData: associatedData)
        }
    }

    func seal(_ plaintext: [UInt8], associatedData: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try plaintext.withUnsafeBufferPointer { (bytes) throws(CryptographyError) in
            try seal(UnsafeRawBufferPointer(bytes), associatedData: associatedData)
        }
    }

    /// Throws `authenticationFailed` for what was not sealed so.
    func open(_ sealed: [UInt8], associatedData: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.overheadCount else {
            throw .sealedBytesTooShort(count: sealed.count, minimum: Self.overheadCount)
        }
        guard sealed[0] == Self.format else { throw .authenticationFailed }
        return try AESGCM.open(
            Array(sealed[(1 + AESGCM.nonceCount)...]), key: cipherKey,
            nonce: Array(sealed[1...AESGCM.nonceCount]), associatedData: associatedData)
    }

    private func nonce(for plaintext: UnsafeRawBufferPointer, associatedData: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        // Behind its length, so that no two pairs hash alike.
        writer.write(prefixed: associatedData)
        var hasher = SHA256Hasher()
        hasher.update(writer.bytes)
        hasher.update(plaintext)
        let code = HMAC.authenticate(hasher.finalize().bytes, key: nonceKey)
        return Array(code.bytes.prefix(AESGCM.nonceCount))
    }
}
