/// HKDF-SHA-256 (RFC 5869): turns one secret into others that tell nothing of it or of each other.
package enum HKDF {
    /// The most bytes that one derivation gives: 255 digests (RFC 5869 §2.3).
    package static let maximumCount = 255 * 32

    /// `count` bytes for the purpose that `info` names. `salt` need not be secret and may be empty.
    /// Throws `invalidOutputLength` for a count outside 1...`maximumCount`.
    package static func derive(
        from secret: SecretKey, salt: [UInt8], info: [UInt8], count: Int
    ) throws(CryptographyError) -> SecretKey {
        guard 1...maximumCount ~= count else {
            throw .invalidOutputLength(count: count, allowed: 1...maximumCount)
        }
        let extracted = secret.withUnsafeBytes { bytes in
            SecretKey(code: HMAC.authenticate(bytes, key: SecretKey(copying: salt)))
        }
        return SecretKey(count: count) { expand(extracted, info: info, into: $0) }
    }

    /// T(i) = HMAC(key, T(i−1) ‖ info ‖ i), one after the other (RFC 5869 §2.3).
    private static func expand(
        _ key: SecretKey, info: [UInt8], into output: UnsafeMutableRawBufferPointer
    ) {
        var previous: SecretKey?
        var index: UInt8 = 1
        for start in stride(from: 0, to: output.count, by: 32) {
            let tail = info + [index]
            let previousCount = previous?.count ?? 0
            let message = SecretKey(count: previousCount + tail.count) { message in
                previous?.withUnsafeBytes { message.copyMemory(from: $0) }
                UnsafeMutableRawBufferPointer(rebasing: message[previousCount...])
                    .copyBytes(from: tail)
            }
            let block = message.withUnsafeBytes { bytes in
                SecretKey(code: HMAC.authenticate(bytes, key: key))
            }
            block.withUnsafeBytes { bytes in
                let count = min(bytes.count, output.count - start)
                UnsafeMutableRawBufferPointer(rebasing: output[start...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            previous = block
            index &+= 1
        }
    }
}
