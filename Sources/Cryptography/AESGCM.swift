import CLibcrypto

/// AES-256-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags.
///
/// A nonce must never serve twice under one key: it would give away the exclusive or of both
/// plaintexts and let anyone forge tags.
package enum AESGCM {
    /// The number of bytes of a key.
    package static let keyCount = 32
    /// The number of bytes of a nonce.
    package static let nonceCount = 12
    /// The number of bytes by which sealing makes a plaintext longer: its tag.
    package static let tagCount = 16

    // Looking an algorithm up by name takes longer than sealing a short message; the result is
    // counted by reference and never changes.
    private nonisolated(unsafe) static let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)

    /// The ciphertext of `plaintext`, as long as it, then the tag that also vouches for
    /// `associatedData`. Throws for a key or a nonce of a wrong length, and for what is too long.
    package static func seal(
        _ plaintext: [UInt8], key: SecretKey, nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try plaintext.withUnsafeBufferPointer { (bytes) throws(CryptographyError) in
            try seal(
                UnsafeRawBufferPointer(bytes), followedBy: [], key: key, nonce: nonce,
                associatedData: associatedData)
        }
    }

    /// Seals the bytes in memory and a trailer after them as one plaintext, without putting the two
    /// together first.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, followedBy trailer: [UInt8], key: SecretKey,
        nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let count = plaintext.count + trailer.count
        try check(key: key, nonce: nonce, count: max(count, associatedData.count))
        var succeeded = false
        let sealed = [UInt8](unsafeUninitializedCapacity: count + tagCount) { output, written in
            let context = Context()
            succeeded =
                context.start(.seal, key: key, nonce: nonce)
                && associatedData.withUnsafeBytes { context.update($0, into: nil) }
                && context.update(plaintext, into: output.baseAddress)
                && trailer.withUnsafeBytes {
                    context.update($0, into: output.baseAddress! + plaintext.count)
                }
                && context.finishSealing(tag: output.baseAddress! + count)
            written = succeeded ? count + tagCount : 0
        }
        guard succeeded else { throw .libraryFailure(operation: "sealing") }
        return sealed
    }

    /// The plaintext that was sealed. Throws `authenticationFailed` unless `sealed` is what `seal`
    /// gave for the same key, nonce and associated data; nothing of the plaintext is seen then.
    package static func open(
        _ sealed: [UInt8], key: SecretKey, nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= tagCount else {
            throw .sealedBytesTooShort(count: sealed.count, minimum: tagCount)
        }
        try check(key: key, nonce: nonce, count: max(sealed.count, associatedData.count))
        let count = sealed.count - tagCount
        var started = false
        var succeeded = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            let context = Context()
            sealed.withUnsafeBytes { sealed in
                started =
                    context.start(.open, key: key, nonce: nonce)
                    && associatedData.withUnsafeBytes { context.update($0, into: nil) }
                    && context.update(.init(rebasing: sealed[..<count]), into: output.baseAddress)
                succeeded = started && context.finishOpening(tag: sealed.baseAddress! + count)
            }
            if !succeeded { OPENSSL_cleanse(output.baseAddress, count) }
            written = succeeded ? count : 0
        }
        guard started else { throw .libraryFailure(operation: "opening") }
        guard succeeded else { throw .authenticationFailed }
        return plaintext
    }

    private static func check(
        key: SecretKey, nonce: [UInt8], count: Int
    ) throws(CryptographyError) {
        guard key.count == keyCount else {
            throw .invalidKeyLength(count: key.count, expected: keyCount)
        }
        guard nonce.count == nonceCount else {
            throw .invalidNonceLength(count: nonce.count, expected: nonceCount)
        }
        // libcrypto counts the bytes of one call in a C int.
        let maximum = Int(Int32.max) - tagCount
        guard count <= maximum else { throw .inputTooLong(count: count, maximum: maximum) }
    }
}

extension AESGCM {
    private enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    /// One run of the cipher. Each step tells whether libcrypto agreed.
    private struct Context: ~Copyable {
        private let raw = EVP_CIPHER_CTX_new()

        deinit { EVP_CIPHER_CTX_free(raw) }

        func start(_ direction: Direction, key: SecretKey, nonce: [UInt8]) -> Bool {
            guard let raw, let cipher else { return false }
            return key.withUnsafeBytes { key in
                EVP_CipherInit_ex2(
                    raw, cipher, key.baseAddress, nonce, direction.rawValue, nil) == 1
            }
        }

        /// Takes associated data where there is no output, text otherwise.
        func update(
            _ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>?
        ) -> Bool {
            if input.isEmpty { return true }
            var written: Int32 = 0
            return EVP_CipherUpdate(
                raw, output, &written, input.baseAddress, Int32(input.count)) == 1
        }

        func finishSealing(tag: UnsafeMutablePointer<UInt8>) -> Bool {
            var written: Int32 = 0
            return EVP_CipherFinal_ex(raw, tag, &written) == 1
                && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_GET_TAG, Int32(tagCount), tag) == 1
        }

        func finishOpening(tag: UnsafeRawPointer) -> Bool {
            var written: Int32 = 0
            var rest: UInt8 = 0
            let tag = UnsafeMutableRawPointer(mutating: tag)
            return EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG, Int32(tagCount), tag) == 1
                && EVP_CipherFinal_ex(raw, &rest, &written) == 1
        }
    }
}
