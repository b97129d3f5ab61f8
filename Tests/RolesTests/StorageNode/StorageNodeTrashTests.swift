import Primitives
import Testing

@testable import Roles

/// What was deleted is kept for a while.
@Suite struct StorageNodeTrashTests {
    private let chunk = TestChunk(1, byteCount: 100)

    private func node(capacityBytes: UInt64 = 1_000_000) -> NodeDrive {
        var settings = ProtocolSettings()
        settings.trashLifetime = .days(3)
        return .node(capacityBytes: capacityBytes, settings: settings)
    }

    private func restore(
        _ chunk: TestChunk, on drive: inout NodeDrive, from backend: PeerID = Peers.backend
    ) -> RestoreOutcome? {
        drive.receive(.node(.restore(RestoreRequest(chunk: chunk.id))), from: backend)
            .lazy.compactMap { $0.answer.flatMap(RestoreRequest.reply(in:)) }.first?.outcome
    }

    @Test func `a deleted chunk counts for nothing, and its bytes stay`() {
        var drive = node()
        drive.store(chunk)
        #expect(drive.delete(chunk, stamp: 2) == .deleted)
        #expect(drive.role.index[chunk.id] == nil)
        #expect(drive.role.usedBytes == 0)
        #expect(drive.role.trashByteCount == 100)
        #expect(drive.retrieve(chunk) == .missing)
        #expect(drive.disk.state.chunks[chunk.id]?.payload == chunk.payload)
    }

    @Test func `a deleted chunk comes back, durably, for the backend that stored it alone`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        #expect(restore(chunk, on: &drive, from: Peers.otherBackend) == .notHeld)
        #expect(restore(chunk, on: &drive, from: Peers.stranger) == .refused)
        #expect(restore(chunk, on: &drive) == .restored)
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
        #expect(drive.role.trashByteCount == 0)
        drive.restart(as: NodeDrive.makeNode())
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
        #expect(restore(chunk, on: &drive) == .restored)
    }

    @Test func `an operator brings back what was deleted since then and what is whole of it`() {
        var drive = node()
        let chunks = (1...4).map { TestChunk($0, byteCount: 100) }
        for (index, chunk) in chunks.enumerated() {
            drive.store(chunk)
            drive.advance(by: .hours(1))
            drive.delete(chunk, stamp: Int64(index) + 2)
        }
        drive.disk.rot(chunks[2].id)
        drive.handle(.undelete(since: drive.now - .hours(2)))
        #expect(drive.role.index[chunks[0].id] == nil)
        #expect(drive.retrieve(chunks[1]) == .found(chunks[1].payload))
        #expect(drive.retrieve(chunks[2]) == .missing)
        #expect(drive.retrieve(chunks[3]) == .found(chunks[3].payload))
        #expect(drive.role.trashByteCount == 100)
    }

    @Test func `what is restored is acknowledged once it is durable`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        drive.disk.holding = .syncs
        #expect(restore(chunk, on: &drive) == nil)
        #expect(drive.role.index[chunk.id] == nil)
        let sent = drive.releaseDisk()
        #expect(
            sent.contains { $0.answer.flatMap(RestoreRequest.reply(in:))?.outcome == .restored })
        #expect(drive.role.index[chunk.id] != nil)
    }

    @Test func `what is damaged or gone from the disk does not come back`() {
        for isGone in [false, true] {
            var drive = node()
            drive.store(chunk)
            drive.delete(chunk, stamp: 2)
            if isGone { drive.disk.lose(chunk.id) } else { drive.disk.rot(chunk.id) }
            #expect(restore(chunk, on: &drive) == .notHeld)
            #expect(drive.role.trashByteCount == 0)
            #expect(drive.role.index[chunk.id] == nil)
        }
    }

    @Test func `nothing is said of what cannot be read now`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        drive.disk.refusesReads = true
        #expect(restore(chunk, on: &drive) == nil)
        drive.disk.refusesReads = false
        #expect(restore(chunk, on: &drive) == .restored)
    }

    @Test func `trash stays trash over a restart`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        drive.restart(as: NodeDrive.makeNode())
        #expect(drive.role.index[chunk.id] == nil)
        #expect(drive.role.trashByteCount == 100)
        #expect(restore(chunk, on: &drive) == .restored)
    }

    @Test func `trash is deleted for good once its time is over`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        drive.advance(by: .days(2))
        #expect(drive.disk.state.chunks[chunk.id] != nil)
        drive.advance(by: .days(2))
        #expect(drive.disk.state.chunks[chunk.id] == nil)
        #expect(restore(chunk, on: &drive) == .notHeld)
    }

    @Test func `trash gives way to new chunks, the oldest first`() {
        var drive = node(capacityBytes: 250)
        let second = TestChunk(2, byteCount: 100)
        drive.store(chunk)
        drive.store(second)
        drive.delete(chunk, stamp: 2)
        drive.advance(by: .seconds(2))
        drive.delete(second, stamp: 2)
        #expect(drive.store(TestChunk(3, byteCount: 100)).first?.storeOutcome == .stored)
        #expect(drive.disk.state.chunks[chunk.id] == nil)
        #expect(restore(second, on: &drive) == .restored)
    }

    @Test func `a chunk that is stored again is trash no longer`() {
        var drive = node()
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        drive.store(chunk, stamp: 3)
        #expect(drive.role.trashByteCount == 0)
        drive.advance(by: .days(4))
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `without a lifetime nothing is kept`() {
        var settings = ProtocolSettings()
        settings.trashLifetime = .zero
        var drive = NodeDrive.node(settings: settings)
        drive.store(chunk)
        drive.delete(chunk, stamp: 2)
        #expect(drive.disk.state.chunks[chunk.id] == nil)
    }
}
