import Cryptography
import Files
import Merkle
import Primitives
import Testing

@Suite struct ManifestTests {
    static let fileID = FileID(high: 3, low: 4)
    static let fileKey = SecretKey(copying: [UInt8](0..<32))

    static func manifest(
        name: String = "ünïcode/notes.txt", size: UInt64 = 10_000, chunkCount: Int = 3
    ) throws(FilesError) -> Manifest {
        try Manifest(
            name: name, size: size, contentHash: SHA256.hash([1]), chunkSize: ChunkSize(4_096),
            chunks: (0..<chunkCount).map { ChunkID(SHA256.hash([UInt8($0)])) })
    }

    @Test func `its encoding comes back`() throws {
        let manifest = try Self.manifest()
        #expect(try Manifest(decoding: manifest.encoded) == manifest)
    }

    @Test func `its encoding is the documented one`() throws {
        let manifest = try Self.manifest(name: "a", size: 258, chunkCount: 1)
        let expected =
            [1] + [0, 0, 0, 1, UInt8(ascii: "a")] + [0, 0, 0, 0, 0, 0, 1, 2]
            + SHA256.hash([1]).bytes + [0, 0, 16, 0] + [0, 0, 0, 0, 0, 0, 0, 1]
            + SHA256.hash([0]).bytes
        #expect(manifest.encoded == expected)
    }

    @Test func `no shortened or lengthened encoding is taken`() throws {
        let encoded = try Self.manifest().encoded
        for count in 0..<encoded.count {
            #expect(throws: FilesError.self, "\(count) bytes") {
                try Manifest(decoding: Array(encoded[..<count]))
            }
        }
        #expect(throws: FilesError.self) { try Manifest(decoding: encoded + [0]) }
        #expect(throws: FilesError.self) {
            try Manifest(decoding: encoded + [UInt8](repeating: 0, count: 32))
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `changed and random bytes give an error or a valid manifest`(seed: UInt64) throws {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        var bytes = try Self.manifest().encoded
        for _ in 0...random.below(4) {
            bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        }
        if seed.isMultiple(of: 4) { bytes = random.bytes(random.below(300)) }
        if let manifest = try? Manifest(decoding: bytes) {
            #expect(manifest.encoded == bytes, "seed \(seed)")
        }
    }

    @Test(arguments: [1, 3])
    func `sealed under the longest name it is as long as any of so many chunks`(
        chunks: Int
    ) throws {
        let longest = try Self.manifest(
            name: String(repeating: "x", count: Manifest.maximumNameCount),
            size: UInt64(chunks) * 4_096, chunkCount: chunks)
        let sealed = try longest.sealed(under: Self.fileKey, for: Self.fileID)
        #expect(sealed.count == Manifest.largestSealedCount(chunks: chunks))
    }

    @Test func `parts that break a rule are named`() throws {
        func refused(_ defect: ManifestDefect, _ make: () throws(FilesError) -> Manifest) {
            #expect(throws: FilesError.malformedManifest(defect)) { try make() }
        }
        refused(.name) { () throws(FilesError) in try Self.manifest(name: "") }
        refused(.name) { () throws(FilesError) in try Self.manifest(name: "a\0b") }
        let long = String(repeating: "é", count: 2_049)
        refused(.name) { () throws(FilesError) in try Self.manifest(name: long) }
        refused(.size(1 << 53 + 1)) { () throws(FilesError) in
            try Self.manifest(size: 1 << 53 + 1)
        }
        refused(.chunkCount(listed: 3, needed: 2)) { () throws(FilesError) in
            try Self.manifest(size: 8_192)
        }
        refused(.chunkCount(listed: 3, needed: 4)) { () throws(FilesError) in
            try Self.manifest(size: 12_289)
        }
        refused(.chunkCount(listed: 0, needed: 1)) { () throws(FilesError) in
            try Self.manifest(size: 0, chunkCount: 0)
        }
    }

    @Test func `an encoding with an unknown version, chunk size or count is named`() throws {
        func refused(_ defect: ManifestDefect, at offset: Int, _ bytes: [UInt8]) throws {
            var encoded = try Self.manifest(name: "a").encoded
            encoded.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            #expect(throws: FilesError.malformedManifest(defect)) {
                try Manifest(decoding: encoded)
            }
        }
        try refused(.version(2), at: 0, [2])
        try refused(.encoding(.invalid(what: "UTF-8 text", offset: 1)), at: 5, [0xFF])
        try refused(.chunkSize(0), at: 46, [0, 0, 0, 0])
        try refused(.chunkSize(Int(UInt32.max)), at: 46, [255, 255, 255, 255])
        try refused(
            .encoding(.invalid(what: "number of chunks", offset: 50)), at: 50,
            [UInt8](repeating: 255, count: 8))
    }

    @Test func `sealed, it opens under its key and for its file alone`() throws {
        let manifest = try Self.manifest()
        let sealed = try manifest.sealed(under: Self.fileKey, for: Self.fileID)
        #expect(
            try Manifest(opening: sealed, under: Self.fileKey, for: Self.fileID) == manifest)
        #expect(throws: FilesError.unauthenticManifest) {
            try Manifest(opening: sealed, under: Self.fileKey, for: FileID(high: 3, low: 5))
        }
        #expect(throws: FilesError.unauthenticManifest) {
            try Manifest(
                opening: sealed, under: SecretKey(copying: [UInt8](1...32)), for: Self.fileID)
        }
    }

    @Test func `sealed, it opens with no bit flipped and no byte missing`() throws {
        let sealed = try Self.manifest().sealed(under: Self.fileKey, for: Self.fileID)
        for bit in 0..<sealed.count * 8 {
            #expect(throws: FilesError.unauthenticManifest, "bit \(bit)") {
                try Manifest(
                    opening: sealed.flipping(bit: bit), under: Self.fileKey, for: Self.fileID)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: FilesError.unauthenticManifest, "\(count) bytes") {
                try Manifest(
                    opening: Array(sealed[..<count]), under: Self.fileKey, for: Self.fileID)
            }
        }
    }

    @Test func `another name under the same key takes another nonce`() throws {
        let first = try Self.manifest(name: "a").sealed(under: Self.fileKey, for: Self.fileID)
        let again = try Self.manifest(name: "a").sealed(under: Self.fileKey, for: Self.fileID)
        let second = try Self.manifest(name: "b").sealed(under: Self.fileKey, for: Self.fileID)
        let elsewhere = try Self.manifest(name: "a")
            .sealed(under: Self.fileKey, for: FileID(high: 0, low: 0))
        #expect(first == again)
        #expect(Set([first, second, elsewhere].map { Array($0[1...12]) }).count == 3)
    }

    @Test func `its Merkle root is that of the chunk names`() throws {
        let manifest = try Self.manifest()
        func leaf(_ index: Int) -> [UInt8] {
            SHA256.hash([0] + manifest.chunks[index].hash.bytes).bytes
        }
        let left = SHA256.hash([1] + leaf(0) + leaf(1)).bytes
        #expect(manifest.merkleRoot == SHA256.hash([1] + left + leaf(2)))
    }

    @Test func `ranges of bytes are covered by the chunks that hold them`() throws {
        let manifest = try Self.manifest()
        #expect(manifest.chunks(covering: 0..<1) == 0..<1)
        #expect(manifest.chunks(covering: 4_095..<4_097) == 0..<2)
        #expect(manifest.chunks(covering: 4_096..<8_192) == 1..<2)
        #expect(manifest.chunks(covering: 0..<UInt64.max) == 0..<3)
        #expect(manifest.chunks(covering: 9_999..<10_000) == 2..<3)
        #expect(manifest.chunks(covering: 10_000..<20_000).isEmpty)
        #expect(manifest.chunks(covering: 5..<5).isEmpty)
        #expect((0..<3).map { manifest.plaintextCount(ofChunk: $0) } == [4_096, 4_096, 1_808])
    }
}
