import Cryptography
import Ledger
import Merkle
import Primitives
import Testing

@Suite("A record")
struct RecordTests {
    @Test(arguments: 1...20)
    func `survives its encoding`(seed: UInt64) throws {
        var random = RandomSource(testSeed: seed)
        for record in random.records(50) {
            let bytes = record.encoded()
            #expect(try Record(decoding: bytes) == record, "seed \(seed)")
            #expect(record.leafHash == MerkleTree.leafHash(bytes), "seed \(seed)")
        }
    }

    @Test
    func `cut short or lengthened is refused`() {
        var random = RandomSource(testSeed: 1)
        for record in random.records(60) {
            let bytes = record.encoded()
            for count in 0..<bytes.count {
                #expect(throws: ByteReaderError.self) {
                    try Record(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: ByteReaderError.self) { try Record(decoding: bytes + [0]) }
        }
    }

    @Test
    func `has one encoding: changed bytes are refused or are another record's own`() {
        var random = RandomSource(testSeed: 2)
        for record in random.records(60) {
            for place in record.encoded().indices {
                var bytes = record.encoded()
                bytes[place] ^= UInt8(1 + random.below(255))
                if let decoded = try? Record(decoding: bytes) {
                    #expect(decoded != record && decoded.encoded() == bytes)
                }
            }
        }
    }

    @Test
    func `of a placement holds its nodes in ascending order, each once`() throws {
        let chunk = ChunkID(Hash256(1, 2, 3, 4))
        let placement = PlacementRecord(
            chunk: chunk, size: 5, nodes: [9, 3, 9, 1, 3].map { PeerID($0) })
        #expect(placement.nodes.map(\.raw) == [1, 3, 9] && !placement.isRelease)
        #expect(PlacementRecord.released(chunk, size: 5).isRelease)

        let bytes = Record.placement(placement).encoded()
        let first = bytes.count - 24
        var repeated = bytes
        repeated.replaceSubrange((first + 8)..<(first + 16), with: bytes[first..<(first + 8)])
        #expect(
            throws: ByteReaderError.invalid(
                what: "nodes in ascending order", offset: first + 8)
        ) { try Record(decoding: repeated) }
    }

    @Test
    func `that claims more nodes than there are bytes costs no memory`() {
        var bytes = Record.placement(.released(ChunkID(.zero), size: 0)).encoded()
        bytes.replaceSubrange((bytes.count - 4)..., with: [255, 255, 255, 255])
        #expect(throws: ByteReaderError.self) { try Record(decoding: bytes) }
    }

    @Test
    func `of an unknown kind or event is refused`() {
        #expect(throws: ByteReaderError.invalid(what: "a kind of record", offset: 0)) {
            try Record(decoding: [0])
        }
        #expect(throws: ByteReaderError.invalid(what: "a membership event", offset: 9)) {
            try Record(decoding: [4, 0, 0, 0, 0, 0, 0, 0, 1, 4])
        }
    }

    @Test
    func `keeps its encoding for ever`() throws {
        let removal = Record.fileRemoval(
            FileRemoval(owner: OwnerTag(Hash256(1, 2, 3, 4)), file: FileID(high: 5, low: 6)))
        let words = (1...6).map { String(repeating: "0", count: 15) + "\($0)" }.joined()
        #expect(Hexadecimal.encode(removal.encoded()) == "02" + words)
        let placement = Record.placement(
            PlacementRecord(
                chunk: ChunkID(Hash256(1, 2, 3, 4)), size: 258, nodes: [PeerID(5), PeerID(6)]))
        let (chunk, nodes) = (words.prefix(64), words.suffix(32))
        #expect(Hexadecimal.encode(placement.encoded()) == "03\(chunk)0000010200000002\(nodes)")
        let joined = Record.membership(
            MembershipRecord(
                node: PeerID(1),
                event: .joined(
                    publicKey: PublicKey(bytes: Hash256(1, 2, 3, 4)), domain: 7, capacityBytes: 8)))
        #expect(
            Hexadecimal.encode(joined.encoded())
                == "04000000000000000100\(chunk)000000070000000000000008")
        let file = Record.file(
            FileRecord(
                owner: OwnerTag(Hash256(1, 2, 3, 4)), file: FileID(high: 5, low: 6),
                root: Hash256(1, 2, 3, 4), chunkCount: 9, sealedManifest: [0xAA, 0xBB],
                wrappedKey: [0xCC]))
        #expect(
            Hexadecimal.encode(file.encoded())
                == "01\(words)\(chunk)0000000900000002aabb00000001cc")
    }
}
