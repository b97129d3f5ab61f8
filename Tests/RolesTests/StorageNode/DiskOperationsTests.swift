import Primitives
import Testing

@testable import Roles

@Suite struct DiskOperationsTests {
    @Test func `writes that finish during a sync share the next one`() {
        var drive = NodeDrive.node()
        drive.disk.holding = .syncs
        let chunks = (0..<20).map { TestChunk($0) }
        for chunk in chunks { drive.store(chunk) }
        #expect(drive.disk.writeCount == 20)
        #expect(drive.disk.syncCount == 1)
        let answers = drive.releaseDisk()
        #expect(answers.compactMap(\.storeOutcome) == Array(repeating: .stored, count: 20))
        #expect(drive.disk.syncCount == 2)
    }

    @Test func `a write that finishes after a sync began is not covered by it`() {
        let covered = TestChunk(1)
        let late = TestChunk(2)
        var drive = NodeDrive.node()
        drive.disk.holding = .syncs
        drive.store(covered)
        drive.store(late)
        drive.disk.release()
        // Only the report of the first sync; the second one is asked for because of it.
        drive.disk.holding = .syncs
        let answers = drive.handle(.timer(Timer(.retry)))
        #expect(
            answers.compactMap(\.storeAnswer)
                == [StoreAnswer(chunk: covered.id, outcome: .stored)])
        #expect(drive.role.index.keys.sorted() == [covered.id])
        #expect(drive.disk.durable.chunks[late.id] == nil)
        drive.releaseDisk()
        #expect(drive.role.index.count == 2)
    }

    @Test func `no sync is asked for while there is nothing to sync`() {
        var drive = NodeDrive.node()
        drive.store(TestChunk(1))
        drive.advance(by: .hours(1))
        #expect(drive.disk.syncCount == 1)
    }

    @Test func `reports that the node did not ask for mean nothing`() {
        var drive = NodeDrive.node()
        drive.store(TestChunk(1))
        #expect(drive.handle(.disk(.wrote(token: 999, .written))).isEmpty)
        #expect(drive.handle(.disk(.wrote(token: 999, .failed))).isEmpty)
        #expect(drive.handle(.disk(.read(token: 999, .damaged))).isEmpty)
        #expect(drive.handle(.disk(.synced(token: 999))).isEmpty)
        #expect(drive.role.index.count == 1)
    }
}
