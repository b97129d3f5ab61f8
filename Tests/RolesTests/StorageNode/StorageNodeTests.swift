import Merkle
import Primitives
import Roles
import Testing

@Suite struct StorageNodeTests {
    @Test func `a node says nothing to anybody until its disk has told what it holds`() {
        let chunk = TestChunk(1)
        var drive = NodeDrive(NodeDrive.makeNode())
        // Without a start there is no recovery.
        #expect(drive.store(chunk).isEmpty)
        #expect(drive.retrieve(chunk) == nil)
        #expect(drive.delete(chunk, stamp: 9) == nil)
        #expect(drive.copy(chunk).isEmpty)
        let question = InventoryQuestion(opening: .zero)
        #expect(drive.receive(.inventory(question), from: Peers.backend).isEmpty)
        #expect(drive.hear(.isKnown(false), from: Peers.discovery(1)).isEmpty)
        #expect(!drive.role.isServing)

        drive.start()
        #expect(drive.role.isServing)
        #expect(drive.store(chunk).first?.storeOutcome == .stored)
    }

    @Test func `a restarted node knows what its disk kept, and nothing that was not synced`() {
        let kept = TestChunk(1)
        let lost = TestChunk(2)
        var drive = NodeDrive.node()
        drive.store(kept, stamp: 5)
        drive.disk.holding = .syncs
        drive.store(lost)
        drive.restart(as: NodeDrive.makeNode())
        #expect(drive.role.index.keys.sorted() == [kept.id])
        #expect(
            drive.role.index[kept.id]
                == StoredChunk(
                    chunk: kept.id, byteCount: 64, owner: Peers.backend,
                    stamp: Instant(nanoseconds: 5)))
        #expect(drive.role.usedBytes == 64)
        #expect(drive.retrieve(kept) == .found(kept.payload))
        #expect(drive.retrieve(lost) == .missing)
    }

    @Test func `each run of a node has an incarnation of its own`() throws {
        var drive = NodeDrive(NodeDrive.makeNode())
        drive.start()
        let first = try #require(drive.sent.compactMap(\.registration).first)
        drive.restart(as: NodeDrive.makeNode())
        let second = try #require(drive.sent.compactMap(\.registration).first)
        #expect(first.incarnation != second.incarnation)
    }

    @Test func `each backend is told of its own chunks only`() throws {
        let mine = TestChunk(1)
        let other = TestChunk(2)
        var drive = NodeDrive.node()
        drive.store(mine, from: Peers.backend)
        drive.store(other, from: Peers.otherBackend)
        #expect(drive.role.inventories == [InventoryTree([mine.id]), InventoryTree([other.id])])

        let question = InventoryQuestion(opening: .zero)
        let answer = drive.receive(.inventory(question), from: Peers.otherBackend).first
        #expect(answer?.inventoryAnswer?.entries == [.bucket([other.id])])
        #expect(answer?.to == Peers.otherBackend)
    }

    @Test func `whoever is not a backend of the node learns nothing of its inventory`() {
        var drive = NodeDrive.node()
        drive.store(TestChunk(1))
        let question = InventoryQuestion(opening: .zero)
        let answers = drive.receive(.inventory(question), from: Peers.stranger)
        #expect(answers.count == 1)
        #expect(answers.first?.isInventoryRefusal == true)
    }

    @Test func `what a node holds, uses and reports agree after any sequence of changes`() {
        var random = RandomSource(seed: 2024, who: 1, purpose: 1)
        var drive = NodeDrive.node(capacityBytes: 64 * 12)
        let chunks = (0..<16).map { TestChunk($0) }
        for step in 1...600 {
            let chunk = chunks[random.below(chunks.count)]
            let backend = random.chance(0.5) ? Peers.backend : Peers.otherBackend
            switch random.below(4) {
            case 0, 1: drive.store(chunk, stamp: Int64(step), from: backend)
            case 2: drive.delete(chunk, stamp: Int64(step), from: backend)
            default: drive.disk.rot(chunk.id)
            }
            _ = drive.retrieve(chunks[random.below(chunks.count)])
            let index = drive.role.index
            #expect(drive.role.usedBytes == index.values.reduce(0) { $0 + $1.byteCount })
            #expect(drive.role.usedBytes <= 64 * 12)
            let counted = drive.disk.state.chunks.filter { $0.value.stored.trashed == nil }
            #expect(index.keys.sorted() == counted.keys.sorted())
            let all = drive.disk.state.chunks.values.reduce(0) { $0 + $1.payload.byteCount }
            #expect(all == drive.role.usedBytes + drive.role.trashByteCount && all <= 64 * 12)
            for (backend, tree) in zip(
                [Peers.backend, Peers.otherBackend], drive.role.inventories)
            {
                #expect(
                    tree == InventoryTree(index.values.filter { $0.owner == backend }.map(\.chunk)))
            }
        }
    }
}
