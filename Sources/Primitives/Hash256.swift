/// A 256-bit value such as a SHA-256 digest: four words, most significant first, so that `<` orders
/// values as their 32 bytes do.
@usableFromInline
@frozen
package struct Hash256: Hashable, Comparable, Sendable {
    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64
    @usableFromInline let word2: UInt64
    @usableFromInline let word3: UInt64

    /// From four words, most significant first.
    @inlinable
    package init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    @inlinable package static var zero: Hash256 { Hash256(0, 0, 0, 0) }

    /// From exactly 32 bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var position = 0
        for byte in bytes {
            switch position >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
            position += 1
        }
        self.init(words.0, words.1, words.2, words.3)
    }

    /// From 32 bytes in memory, most significant first.
    @inlinable
    package init(loading pointer: UnsafeRawPointer) {
        self.init(
            UInt64(bigEndian: pointer.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: pointer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    }

    /// Writes the 32 bytes, most significant first.
    @inlinable
    package func store(to pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: word0.bigEndian, as: UInt64.self)
        pointer.storeBytes(of: word1.bigEndian, toByteOffset: 8, as: UInt64.self)
        pointer.storeBytes(of: word2.bigEndian, toByteOffset: 16, as: UInt64.self)
        pointer.storeBytes(of: word3.bigEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// The 32 bytes, most significant first.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            store(to: UnsafeMutableRawPointer(buffer.baseAddress!))
            count = 32
        }
    }

    /// The leading 64 bits: a well-mixed key where the value is a digest.
    @inlinable
    package var prefix: UInt64 { word0 }

    /// The four-bit digit at `depth`, 0 (most significant) to 63.
    @inlinable
    package func nibble(at depth: Int) -> Int {
        let word = depth < 16 ? word0 : depth < 32 ? word1 : depth < 48 ? word2 : word3
        return Int(truncatingIfNeeded: word >> UInt64(60 - (depth & 15) * 4)) & 15
    }

    @inlinable
    package static func < (a: Hash256, b: Hash256) -> Bool {
        if a.word0 != b.word0 { return a.word0 < b.word0 }
        if a.word1 != b.word1 { return a.word1 < b.word1 }
        if a.word2 != b.word2 { return a.word2 < b.word2 }
        return a.word3 < b.word3
    }

    @inlinable
    package static func == (a: Hash256, b: Hash256) -> Bool {
        a.word0 == b.word0 && a.word1 == b.word1 && a.word2 == b.word2 && a.word3 == b.word3
    }

    /// Digests are uniform already, so half of one is enough to choose a bucket.
    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(word0)
        hasher.combine(word1)
    }
}

extension Hash256: CustomStringConvertible {
    /// 64 lowercase hexadecimal digits.
    @usableFromInline package var description: String { Hexadecimal.encode(bytes) }
}
