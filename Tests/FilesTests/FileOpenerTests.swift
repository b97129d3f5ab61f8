import Cryptography
import Files
import Primitives
import Testing

@Suite struct FileOpenerTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a file comes back, however it was sliced`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        let boundary = 4_096 * random.below(4)
        let size = max(0, boundary + random.below(5) - 2)
        let file = try Fixture(
            seed: seed, size: seed.isMultiple(of: 2) ? size : random.below(20_000),
            compressible: random.chance(0.5))
        #expect(try file.read(file.chunks) == file.content, "seed \(seed)")
        #expect(file.manifest.chunks == file.chunks.map(\.id), "seed \(seed)")
        #expect(file.manifest.contentHash == SHA256.hash(file.content), "seed \(seed)")

        var sealer = FileSealer(
            name: "notes.txt", fileID: file.fileID, fileKey: file.fileKey,
            chunkSize: file.chunkSize)
        var start = 0
        var names: [ChunkID] = []
        while start < file.content.count {
            let end = min(file.content.count, start + 1 + random.below(6_000))
            try sealer.append(Array(file.content[start..<end])) { names.append($0.id) }
            start = end
        }
        let (last, manifest) = try sealer.finish()
        #expect(names + [last.id] == manifest.chunks, "seed \(seed)")
        #expect(manifest == file.manifest, "seed \(seed)")
    }

    @Test func `reordered chunks are refused as misplaced`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        #expect(throws: FilesError.misplacedChunk(index: 0, belongsAt: 1)) {
            try file.read([file.chunks[1], file.chunks[0], file.chunks[2]])
        }
    }

    @Test func `chunks listed in another order are refused as misplaced`() throws {
        let file = try Fixture(seed: 1, size: 12_288)
        let order = [1, 0, 2].map { file.chunks[$0] }
        let manifest = try file.manifest(listing: order)
        #expect(throws: FilesError.misplacedChunk(index: 0, belongsAt: 1)) {
            try file.read(order, manifest: manifest)
        }
    }

    @Test func `a chunk of another file is refused as foreign`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let other = try Fixture(seed: 2, size: 10_000)
        #expect(throws: FilesError.foreignChunk(index: 1)) {
            try file.read([file.chunks[0], other.chunks[1], file.chunks[2]])
        }
    }

    @Test func `a listed chunk of another file is refused as foreign`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let other = try Fixture(seed: 2, size: 10_000)
        let mixed = [file.chunks[0], other.chunks[1], file.chunks[2]]
        let manifest = try file.manifest(listing: mixed)
        #expect(throws: FilesError.foreignChunk(index: 1)) {
            try file.read(mixed, manifest: manifest)
        }
    }

    @Test func `a file without its last chunks is refused as truncated`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        for count in 0..<3 {
            #expect(throws: FilesError.truncated(chunks: count)) {
                try file.read(Array(file.chunks[..<count]))
            }
        }
    }

    @Test func `a list without its last chunk is refused as truncated`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let manifest = try file.manifest(listing: Array(file.chunks[..<2]), size: 8_192)
        #expect(throws: FilesError.truncated(chunks: 2)) {
            try file.read(Array(file.chunks[..<2]), manifest: manifest)
        }
    }

    @Test func `a chunk after the last is refused as extended`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        #expect(throws: FilesError.extended(chunks: 3)) {
            try file.read(file.chunks + [file.chunks[2]])
        }
    }

    @Test func `a list that goes on after the last chunk is refused as extended`() throws {
        let file = try Fixture(seed: 1, size: 8_192)
        let extra = try file.sealer.seal([1, 2, 3], index: 2, isLast: true)
        let longer = file.chunks + [extra]
        let manifest = try file.manifest(listing: longer, size: 8_195)
        #expect(throws: FilesError.extended(chunks: 2)) {
            try file.read(longer, manifest: manifest)
        }
    }

    @Test func `a flipped bit is refused as corruption, with both names`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let chunk = file.chunks[1]
        let flipped = chunk.bytes.flipping(bit: 77)
        var chunks = file.chunks
        chunks[1] = SealedChunk(id: chunk.id, bytes: flipped)
        let actual = ChunkID(SHA256.hash(flipped))
        #expect(throws: FilesError.corruptedChunk(index: 1, name: chunk.id, actual: actual)) {
            try file.read(chunks)
        }
    }

    @Test func `another chunk under the right name is refused as corruption`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let swapped = SealedChunk(id: file.chunks[1].id, bytes: file.chunks[0].bytes)
        let refusal = FilesError.corruptedChunk(
            index: 1, name: file.chunks[1].id, actual: file.chunks[0].id)
        #expect(throws: refusal) {
            try file.read([file.chunks[0], swapped, file.chunks[2]])
        }
    }

    @Test func `the right chunk under a wrong name is refused as corruption`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let renamed = SealedChunk(id: ChunkID(.zero), bytes: file.chunks[0].bytes)
        let refusal = FilesError.corruptedChunk(
            index: 0, name: ChunkID(.zero), actual: file.chunks[0].id)
        #expect(throws: refusal) { try file.read([renamed]) }
    }

    @Test func `a chunk shorter than its place demands is refused`() throws {
        let file = try Fixture(seed: 1, size: 8_192)
        let short = try file.sealer.seal([1, 2, 3], index: 0, isLast: false)
        let chunks = [short, file.chunks[1]]
        let manifest = try file.manifest(listing: chunks)
        let defect = ChunkDefect.wrongLength(count: 3, expected: 4_096)
        #expect(throws: FilesError.undecodableChunk(index: 0, reason: defect)) {
            try file.read(chunks, manifest: manifest)
        }
    }

    @Test func `content that is not what the manifest promises is refused`() throws {
        let file = try Fixture(seed: 1, size: 8_192)
        let manifest = try file.manifest(listing: file.chunks, contentHash: SHA256.hash([1]))
        #expect(throws: FilesError.contentMismatch) {
            try file.read(file.chunks, manifest: manifest)
        }
    }

    @Test func `chunks open in any order for a range`() throws {
        let file = try Fixture(seed: 1, size: 10_000)
        let opener = FileOpener(
            manifest: file.manifest, fileID: file.fileID, fileKey: file.fileKey)
        #expect(try opener.open(file.chunks[2], at: 2) == Array(file.content[8_192...]))
        #expect(try opener.open(file.chunks[0], at: 0) == Array(file.content[..<4_096]))
    }

    @Test func `authentic chunks that do not decode are named`() throws {
        let file = try Fixture(seed: 1, size: 100)
        func refused(_ defect: ChunkDefect, _ plaintext: [UInt8]) throws {
            let sealed = try AESGCM.seal(
                plaintext, key: file.fileKey,
                nonce: [0, 0, 0, 1] + [UInt8](repeating: 0, count: 8),
                associatedData: [1] + file.fileID.bytes + [UInt8](repeating: 0, count: 8) + [1])
            #expect(throws: FilesError.undecodableChunk(index: 0, reason: defect)) {
                try file.sealer.open(SealedChunk(naming: sealed), index: 0, isLast: true)
            }
        }
        try refused(.unknownEncoding, [])
        try refused(.unknownEncoding, [1, 2, 3, 2])
        try refused(.malformedFrame, [1, 2, 3, 1])
        try refused(.malformedFrame, [1])
    }
}
