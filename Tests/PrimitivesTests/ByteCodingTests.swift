import Primitives
import Testing

@Suite struct ByteCodingTests {
    @Test func `integers are big-endian, byte strings stand behind their length`() {
        var writer = ByteWriter()
        writer.write(UInt8(1))
        writer.write(UInt16(0x0203))
        writer.write(UInt32(0x0405_0607))
        writer.write(UInt64(0x0809_0A0B_0C0D_0E0F))
        writer.write(Int32(-2))
        writer.write(prefixed: [7, 8])
        writer.write("é")
        writer.write(fixed: [9])
        let expected: [UInt8] =
            Array(1...15) + [255, 255, 255, 254] + [0, 0, 0, 2, 7, 8] + [0, 0, 0, 2, 0xC3, 0xA9]
            + [9]
        #expect(writer.bytes == expected)
    }

    @Test func `hashes and file ids are written as their bytes`() {
        var writer = ByteWriter()
        let hash = Hash256(1, 2, 3, 4)
        let fileID = FileID(high: 5, low: 6)
        writer.write(hash)
        writer.write(fileID)
        #expect(writer.bytes == hash.bytes + fileID.bytes)
    }

    /// Writes and reads the same random sequence of values.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `what was written is read`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let kinds = (0..<random.below(20)).map { _ in random.below(8) }
        var writer = ByteWriter()
        var draws = random
        for kind in kinds { Self.write(kind, drawing: &draws, to: &writer) }
        var reader = ByteReader(writer.bytes)
        for kind in kinds {
            var expected = ByteWriter()
            Self.write(kind, drawing: &random, to: &expected)
            var again = ByteWriter()
            try Self.copy(kind, from: &reader, to: &again)
            #expect(again.bytes == expected.bytes, "seed \(seed), kind \(kind)")
        }
        try reader.finish()
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random and truncated bytes give values or errors`(seed: UInt64) {
        var random = RandomSource(seed: seed, who: 1, purpose: 0)
        let bytes = random.bytes(random.below(100))
        var reader = ByteReader(bytes)
        do {
            for _ in 0..<50 {
                var writer = ByteWriter()
                try Self.copy(random.below(8), from: &reader, to: &writer)
            }
        } catch {
            #expect(reader.offset <= bytes.count, "seed \(seed)")
        }
        #expect(reader.remaining >= 0 && reader.offset + reader.remaining == bytes.count)
    }

    @Test func `every prefix of an encoding is too short, and says where`() throws {
        var writer = ByteWriter()
        var draws = RandomSource(seed: 1, who: 0, purpose: 0)
        for kind in 0..<8 { Self.write(kind, drawing: &draws, to: &writer) }
        for count in 0..<writer.bytes.count {
            var reader = ByteReader(Array(writer.bytes[..<count]))
            var copy = ByteWriter()
            do {
                for kind in 0..<8 { try Self.copy(kind, from: &reader, to: &copy) }
                Issue.record("\(count) bytes were taken")
            } catch ByteReaderError.truncated(let offset) {
                #expect(offset <= count)
            }
        }
    }

    @Test func `lengths that no bytes follow are refused`() {
        for count in [-1, 5, Int.max, Int.min] {
            var reader = ByteReader([1, 2, 3, 4])
            #expect(throws: ByteReaderError.truncated(offset: 0)) { try reader.readFixed(count) }
        }
        var reader = ByteReader([255, 255, 255, 255, 1])
        #expect(throws: ByteReaderError.truncated(offset: 4)) { try reader.readPrefixed() }
    }

    @Test func `text that is not UTF-8 is refused`() {
        var reader = ByteReader([9, 0, 0, 0, 1, 0xFF])
        #expect(throws: ByteReaderError.invalid(what: "UTF-8 text", offset: 1)) {
            _ = try reader.read(UInt8.self)
            _ = try reader.readString()
        }
    }

    @Test func `bytes left over are refused`() throws {
        var reader = ByteReader([1, 2, 3])
        _ = try reader.read(UInt8.self)
        #expect(throws: ByteReaderError.trailingBytes(count: 2)) { try reader.finish() }
        _ = try reader.readFixed(2)
        try reader.finish()
    }

    private static func write(
        _ kind: Int, drawing random: inout RandomSource, to writer: inout ByteWriter
    ) {
        switch kind {
        case 0: writer.write(UInt8(truncatingIfNeeded: random.next()))
        case 1: writer.write(UInt16(truncatingIfNeeded: random.next()))
        case 2: writer.write(Int32(truncatingIfNeeded: random.next()))
        case 3: writer.write(random.next())
        case 4: writer.write(Hash256(random.next(), random.next(), random.next(), random.next()))
        case 5: writer.write(FileID(high: random.next(), low: random.next()))
        case 6: writer.write(prefixed: random.bytes(random.below(20)))
        default: writer.write(String(random.next(), radix: 36) + "ß→🙂")
        }
    }

    private static func copy(
        _ kind: Int, from reader: inout ByteReader, to writer: inout ByteWriter
    ) throws(ByteReaderError) {
        switch kind {
        case 0: writer.write(try reader.read(UInt8.self))
        case 1: writer.write(try reader.read(UInt16.self))
        case 2: writer.write(try reader.read(Int32.self))
        case 3: writer.write(try reader.read(UInt64.self))
        case 4: writer.write(try reader.readHash())
        case 5: writer.write(try reader.readFileID())
        case 6: writer.write(prefixed: try reader.readPrefixed())
        default: writer.write(try reader.readString())
        }
    }
}
