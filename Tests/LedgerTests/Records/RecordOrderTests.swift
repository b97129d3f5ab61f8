import Ledger
import Primitives
import Testing

@Suite("The order of records in a block")
struct RecordOrderTests {
    private func placements(in records: [Record]) -> [PlacementRecord] {
        records.compactMap { if case .placement(let placement) = $0 { placement } else { nil } }
    }

    @Test(arguments: 1...10)
    func `does not depend on the order in which files and chunks came`(seed: UInt64) {
        var random = RandomSource(testSeed: seed)
        var records = random.records(100).filter {
            if case .membership = $0 { false } else { true }
        }
        let ordered = records.inBlockOrder()
        random.shuffle(&records)
        #expect(records.inBlockOrder() == ordered, "seed \(seed)")
        let chunks = placements(in: ordered).map(\.chunk)
        #expect(chunks == chunks.sorted() && !chunks.isEmpty, "seed \(seed)")
    }

    @Test
    func `keeps what happened to one node, file or chunk in its order`() {
        var random = RandomSource(testSeed: 1)
        let chunk = ChunkID(random.hash())
        let sizes = (1...20).map { UInt32($0) }
        let moves = sizes.map {
            Record.placement(PlacementRecord(chunk: chunk, size: $0, nodes: []))
        }
        let events = (0..<20).map { index in
            Record.membership(
                MembershipRecord(node: PeerID(7), event: index % 2 == 0 ? .left : .returned))
        }
        let owner = OwnerTag(random.hash())
        let file = FileRecord(
            owner: owner, file: random.fileID(), root: .zero, chunkCount: 0, sealedManifest: [],
            wrappedKey: [])
        let life = [Record.file(file), .fileRemoval(FileRemoval(owner: owner, file: file.file))]
        #expect((moves + life + events).inBlockOrder() == events + life + moves)
    }

    @Test
    func `is the one that a writer puts its blocks in`() throws {
        var random = RandomSource(testSeed: 2)
        let records = random.records(50)
        var writer = LedgerWriter(signingKey: try random.signingKey())
        let block = writer.append(records, at: .origin)
        #expect(block.records == records.inBlockOrder() && block.records != records)
    }
}
