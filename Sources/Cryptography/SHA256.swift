import CLibcrypto
package import Primitives

/// SHA-256 (FIPS 180-4) of bytes that are all at hand.
package enum SHA256 {
    /// The digest of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }

    /// The digest of the bytes in memory.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }
}

/// SHA-256 of bytes that come piece by piece.
///
/// A plain value: a copy goes its own way from where the original stood.
package struct SHA256Hasher: Sendable {
    private var context = SHA256_CTX()

    /// The state before any byte.
    package init() { SHA256_Init(&context) }

    /// Appends the bytes in memory to the message.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// Appends bytes to the message.
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Appends the 32 bytes of a digest to the message.
    package mutating func update(_ hash: Hash256) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
            hash.store(to: buffer.baseAddress!)
            update(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The digest of the message so far. More may be appended afterwards.
    package func finalize() -> Hash256 {
        var last = context
        return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
            SHA256_Final(buffer.baseAddress, &last)
            return Hash256(loading: buffer.baseAddress!)
        }
    }

    /// Forgets what the state may tell of a secret message.
    mutating func wipe() { OPENSSL_cleanse(&context, MemoryLayout<SHA256_CTX>.size) }
}
