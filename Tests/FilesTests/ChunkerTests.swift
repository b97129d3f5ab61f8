import Files
import Primitives
import Testing

@Suite struct ChunkerTests {
    static let chunkSize = try! ChunkSize(4_096)

    /// Cuts `content` as it comes in slices of the given lengths, over and over.
    static func cut(_ content: [UInt8], slices: [Int]) -> [Chunk] {
        var chunker = Chunker(chunkSize: chunkSize)
        var chunks: [Chunk] = []
        var start = 0
        var turn = 0
        while start < content.count {
            let end = min(content.count, start + slices[turn % slices.count])
            chunker.append(Array(content[start..<end])) { chunks.append($0) }
            start = end
            turn += 1
        }
        chunks.append(chunker.finish())
        return chunks
    }

    @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 40_960])
    func `chunks join to the content, full but for the last`(size: Int) {
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: index / 7) }
            count = size
        }
        let chunks = Self.cut(content, slices: [max(size, 1)])
        #expect(chunks.flatMap(\.bytes) == content)
        #expect(chunks.map(\.index) == Array(0..<chunks.count))
        #expect(chunks.dropLast().allSatisfy { !$0.isLast && $0.bytes.count == 4_096 })
        #expect(chunks.last?.isLast == true)
        #expect(UInt64(chunks.count) == Self.chunkSize.chunkCount(forSize: UInt64(size)))
    }

    @Test func `a file has chunks as small as they may be, and not too many`() throws {
        let most = UInt64(Manifest.chunkLimit)
        for (size, count) in [
            (0, 262_144), (most << 18, 262_144), (most << 18 + 1, 524_288),
            (most << 24, 16_777_216),
        ] as [(UInt64, Int)] {
            let fitting = try #require(ChunkSize.fitting(size))
            #expect(fitting.count == count)
            #expect(fitting.chunkCount(forSize: size) <= most)
        }
        #expect(ChunkSize.fitting(most << 24 + 1) == nil)
        #expect(ChunkSize.fitting(.max) == nil)
        let odd = try ChunkSize(10_000_000)
        #expect(ChunkSize.fitting(0, atLeast: odd) == odd)
        #expect(ChunkSize.fitting(odd.largestFile + 1, atLeast: odd) == .largest)
    }

    @Test func `an empty file has one empty chunk, which is the last`() {
        let chunks = Self.cut([], slices: [1])
        #expect(chunks == [Chunk(index: 0, bytes: [], isLast: true)])
    }

    @Test func `a file of whole chunks ends with a full one`() {
        let chunks = Self.cut([UInt8](repeating: 1, count: 8_192), slices: [4_096])
        #expect(chunks.map(\.bytes.count) == [4_096, 4_096])
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `how the stream is sliced does not show`(seed: UInt64) {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let size = random.below(20_000)
        let content = random.bytes(size)
        let slices = (0..<10).map { _ in 1 + random.below(6_000) }
        let sliced = Self.cut(content, slices: slices)
        #expect(sliced == Self.cut(content, slices: [20_000]), "seed \(seed)")
    }

    @Test(arguments: [[1], [4_095, 1], [4_095, 2], [4_097], [1, 4_096]])
    func `slices that end next to a boundary do not show`(slices: [Int]) {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        let content = random.bytes(12_300)
        #expect(Self.cut(content, slices: slices) == Self.cut(content, slices: [12_300]))
    }

    @Test func `what the receiver throws stops the stream`() {
        var chunker = Chunker(chunkSize: Self.chunkSize)
        #expect(throws: FilesError.contentMismatch) {
            try chunker.append([UInt8](repeating: 0, count: 5_000)) { (_) throws(FilesError) in
                throw .contentMismatch
            }
        }
    }
}

@Suite struct ChunkSizeTests {
    @Test(arguments: [Int.min, -1, 0, 4_095, 16_777_217, Int.max])
    func `a size out of range is refused`(count: Int) {
        #expect(throws: FilesError.invalidChunkSize(count)) { try ChunkSize(count) }
    }

    @Test(arguments: [4_096, 262_144, 16_777_216])
    func `a size in range is taken`(count: Int) throws {
        #expect(try ChunkSize(count).count == count)
    }

    @Test func `the standard is 256 KiB`() {
        #expect(ChunkSize.standard.count == 262_144)
    }

    @Test func `the largest file has a number of chunks`() {
        #expect(ChunkSize.standard.chunkCount(forSize: .max) == 1 << 46)
    }
}
