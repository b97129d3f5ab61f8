import Cryptography
import Files
import Primitives
import Testing

@Suite struct ChunkSealerTests {
    static let fileID = FileID(high: 1, low: 2)
    static let fileKey = SecretKey(copying: [UInt8](0..<32))
    static let chunkSize = try! ChunkSize(4_096)
    static let sealer = ChunkSealer(fileID: fileID, fileKey: fileKey, chunkSize: chunkSize)
    static let plain = ChunkSealer(
        fileID: fileID, fileKey: fileKey, chunkSize: chunkSize, compress: false)

    @Test(arguments: [0, 1, 2, 100, 4_095, 4_096], [false, true])
    func `what was sealed opens in its place`(size: Int, isCompressible: Bool) throws {
        var random = RandomSource(seed: UInt64(size), who: 0, purpose: 0)
        let plaintext = isCompressible ? [UInt8](repeating: 7, count: size) : random.bytes(size)
        for sealer in [Self.sealer, Self.plain] {
            let chunk = try sealer.seal(plaintext, index: 5, isLast: true)
            #expect(try Self.sealer.open(chunk, index: 5, isLast: true) == plaintext)
            #expect(chunk.bytes.count <= size + ChunkSealer.overheadCount)
        }
    }

    @Test func `the name is the SHA-256 of the sealed bytes`() throws {
        let chunk = try Self.sealer.seal([1, 2, 3], index: 0, isLast: true)
        #expect(chunk.id == ChunkID(SHA256.hash(chunk.bytes)))
    }

    /// Worked out by another implementation of AES-256-GCM, so that the format cannot drift.
    @Test func `the sealed form is the documented one`() throws {
        let chunk = try Self.plain.seal(Array("hello".utf8), index: 258, isLast: true)
        var nonce: [UInt8] = [0, 0, 0, 1]
        nonce += [0, 0, 0, 0, 0, 0, 1, 2]
        let associatedData =
            [1] + Self.fileID.bytes + [0, 0, 0, 0, 0, 0, 1, 2] + [1]
        let expected = try AESGCM.seal(
            Array("hello".utf8) + [0], key: Self.fileKey, nonce: nonce,
            associatedData: associatedData)
        #expect(chunk.bytes == expected)
        #expect(Hexadecimal.encode(chunk.bytes) == "a6610991696d94c635e47ae35fe3809128bbd61765e1")
    }

    @Test func `a compressible chunk is compressed only where that is asked for`() throws {
        let plaintext = [UInt8](repeating: 7, count: 4_000)
        let compressed = try Self.sealer.seal(plaintext, index: 0, isLast: true)
        let plain = try Self.plain.seal(plaintext, index: 0, isLast: true)
        #expect(compressed.bytes.count < 100)
        #expect(plain.bytes.count == 4_000 + ChunkSealer.overheadCount)
    }

    @Test func `every flipped bit is refused, also under the name of the flipped bytes`() throws {
        let chunk = try Self.sealer.seal([1, 2, 3], index: 0, isLast: true)
        for bit in 0..<chunk.bytes.count * 8 {
            let flipped = chunk.bytes.flipping(bit: bit)
            let actual = ChunkID(SHA256.hash(flipped))
            let corrupted = FilesError.corruptedChunk(index: 0, name: chunk.id, actual: actual)
            #expect(throws: corrupted, "bit \(bit)") {
                try Self.sealer.open(
                    SealedChunk(id: chunk.id, bytes: flipped), index: 0, isLast: true)
            }
            #expect(throws: FilesError.foreignChunk(index: 0), "bit \(bit)") {
                try Self.sealer.open(SealedChunk(naming: flipped), index: 0, isLast: true)
            }
        }
    }

    @Test func `a chunk opens at no other index, in no other file and under no other key`() throws {
        let chunk = try Self.sealer.seal([1, 2, 3], index: 1, isLast: false)
        #expect(throws: FilesError.foreignChunk(index: 2)) {
            try Self.sealer.open(chunk, index: 2, isLast: false)
        }
        let otherFile = ChunkSealer(
            fileID: FileID(high: 1, low: 3), fileKey: Self.fileKey, chunkSize: Self.chunkSize)
        #expect(throws: FilesError.foreignChunk(index: 1)) {
            try otherFile.open(chunk, index: 1, isLast: false)
        }
        let otherKey = ChunkSealer(
            fileID: Self.fileID, fileKey: SecretKey(copying: [UInt8](1...32)),
            chunkSize: Self.chunkSize)
        #expect(throws: FilesError.foreignChunk(index: 1)) {
            try otherKey.open(chunk, index: 1, isLast: false)
        }
    }

    @Test func `whether it is the last is part of its place`() throws {
        let inner = try Self.sealer.seal([1], index: 1, isLast: false)
        let last = try Self.sealer.seal([1], index: 2, isLast: true)
        #expect(throws: FilesError.truncated(chunks: 2)) {
            try Self.sealer.open(inner, index: 1, isLast: true)
        }
        #expect(throws: FilesError.extended(chunks: 3)) {
            try Self.sealer.open(last, index: 2, isLast: false)
        }
    }

    @Test func `bytes too few or too many for a chunk are refused`() throws {
        let limit = Self.chunkSize.count + ChunkSealer.overheadCount
        for count in [0, 1, 15, 16, limit, limit + 1] {
            let chunk = SealedChunk(naming: [UInt8](repeating: 0, count: count))
            #expect(throws: FilesError.foreignChunk(index: 0), "\(count) bytes") {
                try Self.sealer.open(chunk, index: 0, isLast: false)
            }
        }
    }

    @Test func `a chunk longer than the file's chunks may be is refused`() throws {
        let generous = ChunkSealer(fileID: Self.fileID, fileKey: Self.fileKey, compress: false)
        let refusal = FilesError.undecodableChunk(index: 0, reason: .tooLong)
        let longer = try generous.seal(
            [UInt8](repeating: 1, count: 4_097), index: 0, isLast: false)
        #expect(throws: refusal) { try Self.sealer.open(longer, index: 0, isLast: false) }
        let compressing = ChunkSealer(fileID: Self.fileID, fileKey: Self.fileKey)
        let bomb = try compressing.seal(
            [UInt8](repeating: 1, count: 4_097), index: 0, isLast: false)
        #expect(throws: refusal) { try Self.sealer.open(bomb, index: 0, isLast: false) }
    }

    @Test func `the place of a chunk can be found`() throws {
        let chunk = try Self.sealer.seal([1], index: 3, isLast: true)
        #expect(try Self.sealer.place(of: chunk, among: 4) == 3)
        #expect(try Self.sealer.place(of: chunk, among: 3) == nil)
    }

    @Test func `a key of another length is refused`() {
        let sealer = ChunkSealer(fileID: Self.fileID, fileKey: SecretKey(copying: [1]))
        let refusal = FilesError.cryptography(.invalidKeyLength(count: 1, expected: 32))
        #expect(throws: refusal) { try sealer.seal([], index: 0, isLast: true) }
        #expect(throws: refusal) {
            try sealer.open(
                SealedChunk(naming: [UInt8](repeating: 0, count: 17)), index: 0, isLast: true)
        }
    }
}
