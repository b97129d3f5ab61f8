package import Primitives

/// HMAC-SHA-256 (RFC 2104).
package enum HMAC {
    /// SHA-256's block, in bytes.
    private static let blockCount = 64

    /// The authentication code of `message` under `key`. Compare codes with `constantTimeEqual`.
    package static func authenticate(_ message: [UInt8], key: SecretKey) -> Hash256 {
        message.withUnsafeBytes { authenticate($0, key: key) }
    }

    /// The authentication code of the message in memory under `key`.
    package static func authenticate(_ message: UnsafeRawBufferPointer, key: SecretKey) -> Hash256 {
        let block = blockKey(key)
        var inner = started(with: block, pad: 0x36)
        inner.update(message)
        var outer = started(with: block, pad: 0x5C)
        outer.update(inner.finalize())
        defer {
            inner.wipe()
            outer.wipe()
        }
        return outer.finalize()
    }

    /// The key as one block: hashed first where it is longer, then padded with zeros.
    private static func blockKey(_ key: SecretKey) -> SecretKey {
        SecretKey(count: blockCount) { block in
            key.withUnsafeBytes { bytes in
                if bytes.count > blockCount {
                    SHA256.hash(bytes).store(to: block.baseAddress!)
                } else {
                    block.copyMemory(from: bytes)
                }
            }
        }
    }

    private static func started(with block: SecretKey, pad: UInt8) -> SHA256Hasher {
        let padded = SecretKey(count: blockCount) { padded in
            block.withUnsafeBytes { bytes in
                for index in 0..<blockCount { padded[index] = bytes[index] ^ pad }
            }
        }
        var hasher = SHA256Hasher()
        padded.withUnsafeBytes { hasher.update($0) }
        return hasher
    }
}
