import Cryptography
import Extremes
import Merkle
import Primitives
import Testing

@testable import Files

/// What files are read from, with an extreme at each place.
@Suite struct ExtremeBytesTests {
    @Test func `a manifest is refused, or says what it said`() throws {
        let manifest = try Fixture(seed: 1, size: 10_000).manifest
        for bytes in Extremes.variants(of: manifest.encoded) {
            guard let read = try? Manifest(decoding: bytes) else { continue }
            #expect(read.encoded == bytes && read.size <= Manifest.maximumSize)
            for range in [0..<read.size, 0..<UInt64.max, UInt64.max - 1..<UInt64.max] {
                let covered = read.chunks(covering: range)
                #expect(covered.isEmpty || read.chunks.indices.contains(covered.upperBound - 1))
            }
            for index in read.chunks.indices {
                #expect(0...read.chunkSize.count ~= read.plaintextCount(ofChunk: index))
            }
        }
    }

    @Test func `a file's size and chunks that do not fit each other are refused`() throws {
        let chunks = [ChunkID(.zero)]
        for chunkBytes in [ChunkSize.allowed.lowerBound, ChunkSize.allowed.upperBound] {
            let chunkSize = try ChunkSize(chunkBytes)
            for size in Extremes.words {
                let manifest = try? Manifest(
                    name: "a", size: size, contentHash: .zero, chunkSize: chunkSize,
                    chunks: chunks)
                #expect((manifest != nil) == (size <= chunkBytes))
            }
        }
    }

    @Test func `a key behind a password is refused, or says what it said`() throws {
        let key = try PasswordProtectedKey(
            parameters: ScryptParameters(cost: 2, blockSize: 8, parallelization: 1),
            salt: [UInt8](repeating: 1, count: 16), verifier: .formerProof(.zero),
            wrapped: [UInt8](repeating: 0, count: PasswordProtectedKey.wrappedCount))
        for bytes in Extremes.variants(of: key.encoded) {
            guard let read = try? PasswordProtectedKey(decoding: bytes) else { continue }
            #expect(read.encoded == bytes)
        }
    }

    @Test func `a frame of Zstandard takes no more room than its chunk may`() throws {
        let frame = try #require(Zstandard.compress([UInt8](repeating: 7, count: 4_096)))
        for bytes in Extremes.variants(of: frame) {
            guard let read = try? Zstandard.decompress(bytes[...], limit: 4_096) else { continue }
            #expect(read.count <= 4_096)
        }
    }

    @Test func `sealed bytes with an extreme in them do not open`() throws {
        let fixture = try Fixture(seed: 1, size: 100)
        let sealed = try fixture.manifest.sealed(under: fixture.fileKey, for: fixture.fileID)
        for bytes in Extremes.variants(of: sealed) where bytes != sealed {
            #expect(throws: FilesError.self) {
                try Manifest(opening: bytes, under: fixture.fileKey, for: fixture.fileID)
            }
        }
        for bytes in Extremes.variants(of: fixture.chunks[0].bytes)
        where bytes != fixture.chunks[0].bytes {
            let chunk = SealedChunk(id: fixture.chunks[0].id, bytes: bytes)
            #expect(throws: FilesError.self) { try fixture.read([chunk]) }
        }
    }
}
