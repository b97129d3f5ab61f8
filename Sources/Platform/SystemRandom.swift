package import Cryptography
package import Primitives

/// The operating system's random numbers, which nobody can guess and nothing repeats: for keys, ids,
/// nonces and names. Nothing else in the project asks the system for any.
package enum SystemRandom {
    package static func word() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// A key of 256 bits, of which no copy is left.
    package static func key() -> SecretKey { SecretKey(count: 32, fill: fill) }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for start in stride(from: 0, to: buffer.count, by: 8) {
            let end = min(start + 8, buffer.count)
            withUnsafeBytes(of: word()) {
                UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<(end - start)]))
            }
        }
    }
}

extension RandomSource {
    /// Seeded by the system: for what need not be secret.
    package static func system() -> RandomSource {
        RandomSource(
            state: (
                SystemRandom.word(), SystemRandom.word(), SystemRandom.word(), SystemRandom.word()
            ))
    }
}

extension FileID {
    package static func random() -> FileID {
        FileID(high: SystemRandom.word(), low: SystemRandom.word())
    }
}
