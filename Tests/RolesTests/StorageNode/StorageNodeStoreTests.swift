import Merkle
import Primitives
import Testing

@testable import Roles

@Suite struct StorageNodeStoreTests {
    private let chunk = TestChunk(1)

    // MARK: Storing

    @Test func `a store is acknowledged once it is durable, not before`() {
        var drive = NodeDrive.node()
        drive.disk.holding = .syncs
        #expect(drive.store(chunk, call: CallID(3)).isEmpty)
        #expect(drive.role.index.isEmpty)
        #expect(drive.disk.durable.chunks.isEmpty)

        let answers = drive.releaseDisk()
        #expect(drive.disk.durable.chunks[chunk.id] != nil)
        #expect(answers.map(\.storeOutcome) == [.stored])
        #expect(answers.first?.to == Peers.backend)
        #expect(answers.first?.call == CallID(3))
    }

    @Test func `a node fills up to the last byte and not beyond`() {
        var drive = NodeDrive.node(capacityBytes: 300)
        #expect(drive.store(TestChunk(1, byteCount: 200)).first?.storeOutcome == .stored)
        #expect(drive.store(TestChunk(2, byteCount: 101)).first?.storeOutcome == .full)
        #expect(drive.store(TestChunk(3, byteCount: 100)).first?.storeOutcome == .stored)
        #expect(drive.store(TestChunk(4, byteCount: 1)).first?.storeOutcome == .full)
        #expect(drive.role.usedBytes == 300)
    }

    @Test func `writes under way take room`() {
        var drive = NodeDrive.node(capacityBytes: 300)
        drive.disk.holding = .syncs
        drive.store(TestChunk(1, byteCount: 200))
        #expect(drive.store(TestChunk(2, byteCount: 200)).first?.storeOutcome == .full)
        drive.releaseDisk()
        #expect(drive.store(TestChunk(3, byteCount: 100)).first?.storeOutcome == .stored)
    }

    @Test func `a failed write gives its room back`() {
        var drive = NodeDrive.node(capacityBytes: 300)
        drive.disk.writeOutcome = .failed
        #expect(drive.store(TestChunk(1, byteCount: 300)).first?.storeOutcome == .busy)
        drive.disk.writeOutcome = .full
        #expect(drive.store(TestChunk(1, byteCount: 300)).first?.storeOutcome == .full)
        drive.disk.writeOutcome = .written
        #expect(drive.store(TestChunk(1, byteCount: 300)).first?.storeOutcome == .stored)
    }

    @Test func `a deleted chunk gives its room back`() {
        var drive = NodeDrive.node(capacityBytes: 64)
        drive.store(TestChunk(1), stamp: 1)
        #expect(drive.delete(TestChunk(1), stamp: 2) == .deleted)
        #expect(drive.store(TestChunk(2), stamp: 3).first?.storeOutcome == .stored)
    }

    @Test func `bytes under another name are refused and never written`() {
        var drive = NodeDrive.node()
        let request = StoreRequest(chunk: chunk.id, payload: chunk.corrupt, stamp: .origin)
        let answers = drive.receive(.node(.store(request)), from: Peers.backend)
        #expect(answers.map(\.storeOutcome) == [.mismatched])
        #expect(drive.disk.writeCount == 0)
    }

    @Test func `only backends that the node knows may store`() {
        var drive = NodeDrive.node()
        #expect(drive.store(chunk, from: Peers.stranger).first?.storeOutcome == .refused)
        #expect(drive.disk.writeCount == 0)
    }

    @Test func `a chunk of one backend is not taken from another`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 1, from: Peers.backend)
        let answers = drive.store(chunk, stamp: 2, from: Peers.otherBackend)
        #expect(answers.first?.storeOutcome == .refused)
        #expect(drive.role.index[chunk.id]?.owner == Peers.backend)
    }

    @Test func `a store that comes late or twice does not make the replica older`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 20)
        #expect(drive.store(chunk, stamp: 10).first?.storeOutcome == .stored)
        #expect(drive.store(chunk, stamp: 20).first?.storeOutcome == .stored)
        #expect(drive.disk.writeCount == 1)
        // Had the stamp gone back to 10, this would delete a replica that was stored later.
        #expect(drive.delete(chunk, stamp: 15) == .newer)
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `storing again under a later stamp takes no more room`() {
        var drive = NodeDrive.node(capacityBytes: 64)
        drive.store(chunk, stamp: 1)
        #expect(drive.store(chunk, stamp: 2).first?.storeOutcome == .stored)
        #expect(drive.role.usedBytes == 64)
        #expect(drive.delete(chunk, stamp: 2) == .newer)
    }

    // MARK: Deleting

    @Test func `a replica goes only by a later wish of the backend that stored it`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 10)
        #expect(drive.delete(chunk, stamp: 9) == .newer)
        #expect(drive.delete(chunk, stamp: 10) == .newer)
        #expect(drive.delete(chunk, stamp: 99, from: Peers.otherBackend) == .refused)
        #expect(drive.delete(chunk, stamp: 99, from: Peers.stranger) == .refused)
        #expect(drive.role.index.count == 1)
        #expect(drive.delete(chunk, stamp: 11) == .deleted)
        #expect(drive.role.index.isEmpty)
        #expect(drive.role.inventories.allSatisfy { $0.isEmpty })
        #expect(drive.delete(chunk, stamp: 12) == .notHeld)
    }

    @Test func `what was deleted does not come back with a crash`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 1)
        #expect(drive.delete(chunk, stamp: 2) == .deleted)
        drive.restart(as: NodeDrive.makeNode())
        #expect(drive.role.index.isEmpty)
    }

    @Test func `deletions that come during a sync share the next one`() {
        var drive = NodeDrive.node()
        let chunks = (10..<14).map { TestChunk($0) }
        for chunk in chunks { drive.store(chunk, stamp: 1) }
        let before = drive.disk.syncCount
        drive.disk.holding = .syncs
        for chunk in chunks { drive.delete(chunk, stamp: 2) }
        #expect(drive.disk.syncCount == before + 1)
        drive.releaseDisk()
        #expect(drive.disk.syncCount == before + 2)
    }

    @Test func `a delete whose sender has stopped waiting is void`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 1)
        drive.advance(by: .seconds(20))
        #expect(drive.delete(chunk, stamp: 2, expires: drive.now) == .refused)
        #expect(drive.role.index.count == 1)
        let soon = drive.now + .nanoseconds(1)
        #expect(drive.delete(chunk, stamp: 2, expires: soon) == .deleted)
    }

    @Test(arguments: [-1, 0, Int.max, Int.min])
    func `a size that no chunk has is refused`(byteCount: Int) {
        var drive = NodeDrive.node()
        drive.store(TestChunk(2))
        let payload = Payload(bytes: chunk.payload.bytes, byteCount: byteCount)
        let request = StoreRequest(chunk: chunk.id, payload: payload, stamp: .origin)
        let answers = drive.receive(.node(.store(request)), from: Peers.backend)
        #expect(answers.map(\.storeOutcome) == [.mismatched])
        #expect(drive.role.usedBytes == 64)
    }

    // MARK: Writes under way

    /// A node on whose disk a replica stands, and a newer write of it is under way.
    private func rewriting(_ held: Int64, _ underWay: Int64) -> NodeDrive {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: held)
        drive.disk.holding = [.writes, .syncs]
        drive.store(chunk, stamp: underWay)
        return drive
    }

    @Test func `a delete does not take away what is being written`() {
        // Later than the old replica, earlier than the new one.
        var drive = rewriting(10, 30)
        #expect(drive.delete(chunk, stamp: 20) == .newer)
        #expect(drive.releaseDisk().map(\.storeOutcome) == [.stored])
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `a replica that is acknowledged is there, whatever was deleted meanwhile`() {
        var drive = NodeDrive.node()
        drive.disk.holding = .syncs
        drive.store(chunk, stamp: 10)
        drive.delete(chunk, stamp: 20)
        #expect(drive.releaseDisk().map(\.storeOutcome) == [.stored])
        #expect(drive.role.index.count == 1)
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `rotten bytes that were replaced while they were read are no damage`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 10)
        drive.disk.rot(chunk.id)
        drive.disk.holding = .reads
        #expect(drive.retrieve(chunk) == nil)
        drive.store(chunk, stamp: 20)
        let sends = drive.releaseDisk()
        #expect(sends.compactMap(\.retrieveAnswer) == [.missing])
        #expect(sends.compactMap(\.damagedChunk).isEmpty)
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `rotten bytes that are being replaced are no damage either`() {
        var drive = NodeDrive.node()
        drive.store(chunk, stamp: 10)
        drive.disk.rot(chunk.id)
        drive.disk.holding = .syncs
        drive.store(chunk, stamp: 20)
        drive.disk.rot(chunk.id)
        let request = RetrieveRequest(chunk: chunk.id, capability: nil)
        let sends = drive.receive(.node(.retrieve(request)), from: Peers.backend)
        #expect(sends.compactMap(\.damagedChunk).isEmpty)
        #expect(drive.role.index.count == 1)
    }

    @Test func `a store that comes twice is written once, takes room once and is answered once`() {
        var drive = NodeDrive.node(capacityBytes: 64)
        drive.disk.holding = .syncs
        #expect(drive.store(chunk, stamp: 1).isEmpty)
        #expect(drive.store(chunk, stamp: 1).isEmpty)
        #expect(drive.releaseDisk().map(\.storeOutcome) == [.stored])
        #expect(drive.disk.writeCount == 1)
        #expect(drive.role.usedBytes == 64)
        drive.delete(chunk, stamp: 2)
        #expect(drive.store(TestChunk(2), stamp: 3).first?.storeOutcome == .stored)
    }

    @Test(arguments: [10, 30])
    func `another store of a chunk that is being written is to be tried again`(stamp: Int64) {
        var drive = NodeDrive.node()
        drive.disk.holding = .writes
        drive.store(chunk, stamp: 20)
        #expect(drive.store(chunk, stamp: stamp).map(\.storeOutcome) == [.busy])
        drive.releaseDisk()
        #expect(drive.role.index[chunk.id]?.stamp == Instant(nanoseconds: 20))
        #expect(drive.store(chunk, stamp: stamp).map(\.storeOutcome) == [.stored])
        #expect(drive.delete(chunk, stamp: 15) == .newer)
    }
}
