import Primitives
import Testing

@Suite struct Hash256Tests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `order and equality are those of the bytes`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let bytes = random.bytes(32)
        // Alike up to somewhere, so that every byte gets to decide.
        var other = bytes
        let place = random.below(32)
        for index in place..<32 { other[index] = UInt8(random.below(256)) }
        let a = try #require(Hash256(bytes: bytes))
        let b = try #require(Hash256(bytes: other))
        #expect((a < b) == bytes.lexicographicallyPrecedes(other), "seed \(seed)")
        #expect((b < a) == other.lexicographicallyPrecedes(bytes), "seed \(seed)")
        #expect((a == b) == (bytes == other), "seed \(seed)")
        #expect(ChunkID(a) < ChunkID(b) || ChunkID(b) < ChunkID(a) || a == b, "seed \(seed)")
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `bytes, memory and text come back`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let bytes = random.bytes(32)
        let hash = try #require(Hash256(bytes: bytes))
        #expect(hash.bytes == bytes)
        #expect(hash.description == Hexadecimal.encode(bytes))
        #expect(Hash256(hexadecimal: hash.description) == hash)
        // From an address that is not aligned.
        #expect(([0] + bytes).withUnsafeBytes { Hash256(loading: $0.baseAddress! + 1) } == hash)
        var memory = [UInt8](repeating: 0, count: 33)
        memory.withUnsafeMutableBytes { hash.store(to: $0.baseAddress! + 1) }
        #expect(memory == [0] + bytes)
        #expect(Set([hash, Hash256(bytes: bytes)]).count == 1)
    }

    @Test(arguments: [0, 1, 31, 33, 64]) func `another number of bytes is no hash`(count: Int) {
        #expect(Hash256(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 63), String(repeating: "g", count: 64),
    ])
    func `other text is no hash`(text: String) {
        #expect(Hash256(hexadecimal: text) == nil)
    }

    @Test func `digits and prefix are read from the most significant end`() throws {
        let bytes = (0..<32).map { UInt8($0 * 37 & 255) }
        let hash = try #require(Hash256(bytes: bytes))
        let digits = bytes.flatMap { [Int($0 >> 4), Int($0 & 15)] }
        #expect((0..<64).map { hash.nibble(at: $0) } == digits)
        #expect(hash.prefix == bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) })
        #expect(Hash256.zero.bytes == [UInt8](repeating: 0, count: 32))
    }
}

@Suite struct HexadecimalTests {
    @Test func `bytes become two lowercase digits and come back`() {
        let bytes = [UInt8](0...255)
        let text = Hexadecimal.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.count == 512)
        #expect(Hexadecimal.decode(text) == bytes)
        #expect(Hexadecimal.decode("") == [])
    }

    @Test(arguments: [
        "0", "0g", "g0", " 0", "0x", "é", "00 ", "/0", ":0", "@0", "`0", "G0", "aA", "F0",
    ])
    func `other text is refused`(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
