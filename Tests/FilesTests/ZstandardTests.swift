import Primitives
import Testing

@testable import Files

@Suite struct ZstandardTests {
    static let text = (0..<500).flatMap { Array("line \($0 * $0)\n".utf8) }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what was compressed comes back, and the same each time`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let count = 50 + random.below(100_000)
        let alphabet = 2 + random.below(30)
        let bytes = (0..<count).map { _ in UInt8(random.below(alphabet)) }
        let frame = try #require(Zstandard.compress(bytes), "seed \(seed)")
        // The context has seen other input in between.
        _ = Zstandard.compress(random.bytes(random.below(50_000)) + Self.text)
        #expect(Zstandard.compress(bytes) == frame, "seed \(seed)")
        #expect(frame.count < bytes.count, "seed \(seed)")
        #expect(try Zstandard.decompress(frame[...], limit: count) == bytes, "seed \(seed)")
    }

    @Test(arguments: [0, 1, 2, 10, 1_000]) func `random bytes are left alone`(count: Int) {
        var random = RandomSource(seed: 4, who: 0, purpose: 0)
        #expect(Zstandard.compress(random.bytes(count)) == nil)
    }

    @Test func `a frame that would grow beyond the limit is refused`() throws {
        let bomb = try #require(Zstandard.compress([UInt8](repeating: 0, count: 10_000_000)))
        #expect(bomb.count < 2_000)
        #expect(throws: ChunkDefect.tooLong) {
            try Zstandard.decompress(bomb[...], limit: 9_999_999)
        }
    }

    @Test func `a frame that lies about its size is refused`() throws {
        let frame = try #require(Zstandard.compress(Self.text))
        // RFC 8878 §3.1.1.1: descriptor 0x60 is a single segment with a two-byte size, less 256.
        #expect(frame[4] == 0x60)
        let size = Int(frame[5]) + Int(frame[6]) << 8 + 256
        #expect(size == Self.text.count)
        for lie in [size - 1, size + 1, 256, 60_000] {
            var lying = frame
            lying[5] = UInt8((lie - 256) & 255)
            lying[6] = UInt8((lie - 256) >> 8)
            #expect(throws: ChunkDefect.malformedFrame, "\(lie) instead of \(size)") {
                try Zstandard.decompress(lying[...], limit: 100_000)
            }
        }
    }

    @Test func `whatever is not exactly one frame is refused`() throws {
        let frame = try #require(Zstandard.compress(Self.text))
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9]
        let others: [[UInt8]] = [
            [], [0], frame + [0], frame + frame, frame + skippable, skippable + frame, skippable,
            [0x5F, 0x2A, 0x4D, 0x18, 0, 0, 0, 0],
        ]
        for other in others + (0..<frame.count).map({ Array(frame[..<$0]) }) {
            #expect(throws: ChunkDefect.malformedFrame, "\(other.count) bytes") {
                try Zstandard.decompress(other[...], limit: 100_000)
            }
        }
    }

    @Test func `many threads may compress at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<50 as Range<UInt64> {
                group.addTask {
                    var random = RandomSource(seed: seed, who: 0, purpose: 0)
                    let bytes = (0..<20_000).map { _ in UInt8(random.below(5)) }
                    let frame = try #require(Zstandard.compress(bytes))
                    let back = try Zstandard.decompress(frame[...], limit: bytes.count)
                    #expect(back == bytes, "seed \(seed)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `changed frames never crash or exceed the limit`() throws {
        let frame = try #require(Zstandard.compress(Self.text))
        for bit in 0..<frame.count * 8 {
            let bytes = try? Zstandard.decompress(frame.flipping(bit: bit)[...], limit: 10_000)
            #expect((bytes?.count ?? 0) <= 10_000, "bit \(bit)")
        }
    }
}
