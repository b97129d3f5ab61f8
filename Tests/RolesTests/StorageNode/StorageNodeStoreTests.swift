import Merkle
import Primitives
import Testing

@testable import Roles

struct StorageNodeStoreTests {
    private let chunk = TestChunk(1)

    @Test func `a store is acknowledged once the sync that covers it has finished`() {
        var bench = NodeBench()
        let asked = bench.tell(bench.store(chunk, stamp: 1))
        #expect(asked.writes.count == 1 && asked.sends.isEmpty)
        let wrote = bench.feed(.disk(.wrote(token: asked.writes[0], .written)))
        #expect(wrote.syncs.count == 1 && wrote.sends.isEmpty)
        #expect(bench.node.index.isEmpty)
        let synced = bench.feed(.disk(.synced(token: wrote.syncs[0])))
        #expect(synced.storeOutcomes == [.stored])
        #expect(bench.node.index[chunk.id] == chunk.stored(stamp: 1))
        #expect(bench.node.usedBytes == chunk.payload.byteCount)
    }

    @Test func `writes that finish during a sync wait for the next one`() {
        var bench = NodeBench()
        let other = TestChunk(2)
        let first = bench.tell(bench.store(chunk, stamp: 1))
        let second = bench.tell(bench.store(other, stamp: 2))
        let sync = bench.feed(.disk(.wrote(token: first.writes[0], .written)))
        #expect(bench.feed(.disk(.wrote(token: second.writes[0], .written))).syncs.isEmpty)
        let done = bench.feed(.disk(.synced(token: sync.syncs[0])))
        #expect(done.storeOutcomes == [.stored] && done.syncs.count == 1)
        #expect(bench.node.index[other.id] == nil)
        #expect(bench.feed(.disk(.synced(token: done.syncs[0]))).storeOutcomes == [.stored])
    }

    @Test func `what does not have its name, does not fit or is a stranger's is not stored`() {
        var bench = NodeBench(capacityBytes: 150)
        let wrong = StoreRequest(
            chunk: chunk.id, payload: chunk.rotten, stamp: NodeBench.stamp(1))
        #expect(bench.tell(.store(wrong)).storeOutcomes == [.mismatched])
        let stranger = bench.tell(bench.store(chunk, stamp: 1), from: NodeBench.stranger)
        #expect(stranger.storeOutcomes == [.refused])
        #expect(bench.tell(bench.store(chunk, stamp: 1)).writes.count == 1)
        // The first is not durable yet, but its room is taken.
        #expect(bench.tell(bench.store(TestChunk(2), stamp: 2)).storeOutcomes == [.full])
    }

    @Test func `the same request twice is written once and answered once`() {
        var bench = NodeBench()
        let asked = bench.tell(bench.store(chunk, stamp: 1), call: CallID(7))
        let again = bench.tell(bench.store(chunk, stamp: 1), call: CallID(7))
        #expect(again.disk.isEmpty && again.sends.isEmpty)
        let sync = bench.feed(.disk(.wrote(token: asked.writes[0], .written)))
        #expect(bench.feed(.disk(.synced(token: sync.syncs[0]))).storeOutcomes == [.stored])
        #expect(bench.node.freeBytes == 1_000_000 - 100)
        // Durable by now: a third time it is acknowledged at once.
        #expect(bench.tell(bench.store(chunk, stamp: 1)).storeOutcomes == [.stored])
    }

    @Test func `a chunk that is being written is busy for another store of it`() {
        var bench = NodeBench()
        _ = bench.tell(bench.store(chunk, stamp: 5))
        #expect(bench.tell(bench.store(chunk, stamp: 4)).storeOutcomes == [.busy])
        #expect(bench.tell(bench.store(chunk, stamp: 6)).storeOutcomes == [.busy])
    }

    @Test func `a deletion that arrives while the chunk is stored anew spares the new bytes`() {
        var bench = NodeBench(holding: [chunk.stored(stamp: 1)])
        let asked = bench.tell(bench.store(chunk, stamp: 5))
        let deleted = bench.tell(bench.delete(chunk, stamp: 3))
        #expect(deleted.deletions.isEmpty && deleted.deleteOutcomes == [.newer])
        let sync = bench.feed(.disk(.wrote(token: asked.writes[0], .written)))
        #expect(bench.feed(.disk(.synced(token: sync.syncs[0]))).storeOutcomes == [.stored])
        #expect(bench.tell(bench.delete(chunk, stamp: 3)).deleteOutcomes == [.newer])
        #expect(bench.tell(bench.delete(chunk, stamp: 6)).deletions == [chunk.id])
    }

    @Test func `a damage found by a read that a new store overtook spares the new bytes`() {
        var bench = NodeBench(holding: [chunk.stored(stamp: 1)])
        let read = bench.tell(.retrieve(RetrieveRequest(chunk: chunk.id, capability: nil)))
        let asked = bench.tell(bench.store(chunk, stamp: 5))
        let found = bench.feed(.disk(.read(token: read.reads[0], chunk.rotten)))
        #expect(found.retrieveAnswers == [.missing])
        #expect(found.deletions.isEmpty && found.damages.isEmpty)
        let sync = bench.feed(.disk(.wrote(token: asked.writes[0], .written)))
        #expect(bench.feed(.disk(.synced(token: sync.syncs[0]))).storeOutcomes == [.stored])
        #expect(bench.node.index[chunk.id] != nil)
    }

    @Test func `a damage found by a read from before the present replica means nothing`() {
        var bench = NodeBench(holding: [chunk.stored(stamp: 1)])
        let read = bench.tell(.retrieve(RetrieveRequest(chunk: chunk.id, capability: nil)))
        let asked = bench.tell(bench.store(chunk, stamp: 5))
        let sync = bench.feed(.disk(.wrote(token: asked.writes[0], .written)))
        _ = bench.feed(.disk(.synced(token: sync.syncs[0])))
        #expect(bench.feed(.disk(.read(token: read.reads[0], nil))).deletions.isEmpty)
        #expect(bench.node.index[chunk.id] == chunk.stored(stamp: 5))
    }

    @Test func `a damaged replica is dropped and its backend told`() {
        var bench = NodeBench(holding: [chunk.stored(stamp: 1)])
        let scrub = bench.feed(.timer(Timer(.scrub)))
        let found = bench.feed(.disk(.read(token: scrub.reads[0], chunk.rotten)))
        #expect(found.deletions == [chunk.id] && found.damages == [chunk.id])
        #expect(bench.node.index.isEmpty && bench.node.inventories[0].isEmpty)
    }

    @Test func `a failed write frees its room and may be tried again`() {
        var bench = NodeBench(capacityBytes: 100)
        let asked = bench.tell(bench.store(chunk, stamp: 1))
        #expect(
            bench.feed(.disk(.wrote(token: asked.writes[0], .failed))).storeOutcomes == [.busy])
        #expect(bench.tell(bench.store(chunk, stamp: 2)).writes.count == 1)
    }
}
