import Primitives
import Testing

@testable import Roles

struct BackendUploadTests {
    private let chunk = TestChunk(1)

    @Test func `a put is answered at the write quorum and stores go to distinct domains`() {
        var bench = BackendBench(nodes: 9)
        let asked = bench.put(chunk)
        #expect(Set(asked.stores.map { $0.to.raw % 3 }).count == 3)
        let outcomes = asked.stores.map {
            bench.tell(.stored(chunk.id, .stored), from: $0.to, call: $0.call).putOutcomes
        }
        #expect(outcomes == [[], [.stored], []])
        #expect(bench.holders(of: chunk) == asked.stores.map(\.to))
    }

    @Test func `a node that is full, refuses or is slow is replaced`() {
        var bench = BackendBench(nodes: 9)
        let asked = bench.put(chunk)
        let full = bench.tell(
            .stored(chunk.id, .full), from: asked.stores[0].to, call: asked.stores[0].call)
        #expect(full.stores.count == 1)
        let refused = bench.tell(
            .stored(chunk.id, .refused), from: asked.stores[1].to, call: asked.stores[1].call)
        #expect(refused.stores.count == 1)
        bench.now += .seconds(10)
        let hedge = bench.feed(.timer(Timer(.hedge, bench.backend.lastOperation)))
        #expect(hedge.stores.count == 1)
        let all = asked.stores + full.stores + refused.stores + hedge.stores
        #expect(Set(all.map(\.to)).count == 6)
    }

    @Test func `a put that no quorum can be found for is unavailable`() {
        var bench = BackendBench(nodes: 1)
        let asked = bench.put(chunk)
        #expect(asked.putOutcomes.isEmpty)
        let stored = bench.tell(
            .stored(chunk.id, .stored), from: asked.stores[0].to, call: asked.stores[0].call)
        #expect(stored.putOutcomes == [.unavailable])
        var empty = BackendBench(nodes: 0)
        #expect(empty.put(chunk).putOutcomes == [.unavailable])
    }

    @Test func `a second try of an answered put is answered at once`() {
        var bench = BackendBench(nodes: 9)
        let asked = bench.put(chunk)
        for store in asked.stores.prefix(2) {
            bench.tell(.stored(chunk.id, .stored), from: store.to, call: store.call)
        }
        // The third store is still under way; the answer to the user was lost.
        #expect(bench.put(chunk).putOutcomes == [.stored])
    }

    @Test func `a replica on a node that is leaving counts for no quorum`() {
        var bench = BackendBench(nodes: 9)
        let asked = bench.put(chunk)
        let leaver = asked.stores[0].to
        bench.tell(.leave, from: leaver)
        let stored = asked.stores.prefix(2).map {
            bench.tell(.stored(chunk.id, .stored), from: $0.to, call: $0.call)
        }
        #expect(stored[0].stores.count == 1, "another node takes the leaving one's place")
        #expect(stored[1].putOutcomes.isEmpty)
    }

    @Test func `a file cannot be committed when nodes left with its chunks`() {
        var bench = BackendBench(nodes: 9)
        let holders = bench.store(chunk)
        for holder in holders.prefix(2) {
            bench.tell(.leave, from: holder)
            #expect(bench.sync().flatMap(\.leaveAnswers) == [true])
        }
        #expect(bench.commit([chunk]).commitOutcomes == [.unknownChunks([0])])
        let again = bench.put(chunk)
        #expect(again.stores.count == 2)
        #expect(again.stores.allSatisfy { !holders.contains($0.to) })
        let stored = again.stores.flatMap {
            bench.tell(.stored(chunk.id, .stored), from: $0.to, call: $0.call).putOutcomes
        }
        #expect(stored == [.stored])
        _ = bench.commit([chunk])
        #expect(bench.sync().flatMap(\.commitOutcomes) == [.committed])
    }

    @Test func `a store acknowledged after its node left is not counted`() {
        var bench = BackendBench(nodes: 9)
        let asked = bench.put(chunk)
        let leaver = asked.stores[0]
        bench.tell(.leave, from: leaver.to)
        #expect(bench.sync().flatMap(\.leaveAnswers) == [true])
        bench.tell(.stored(chunk.id, .stored), from: leaver.to, call: leaver.call)
        #expect(bench.holders(of: chunk).isEmpty)
    }

    @Test func `a chunk that is put again is kept for the whole expiry once more`() {
        var bench = BackendBench(nodes: 9)
        bench.store(chunk)
        bench.now += .minutes(59)
        bench.hear(nodes: 0..<9)
        #expect(bench.put(chunk).putOutcomes == [.stored])
        bench.maintain(after: .minutes(2))
        _ = bench.commit([chunk])
        #expect(bench.sync().flatMap(\.commitOutcomes) == [.committed])
    }

    @Test func `a chunk whose file is never committed is deleted again`() {
        var bench = BackendBench(nodes: 9)
        let holders = bench.store(chunk)
        #expect(bench.maintain(after: .minutes(59)).deletes.isEmpty)
        #expect(bench.maintain(after: .minutes(2)).deletes.map(\.to) == holders)
        #expect(bench.backend.chunks.isEmpty)
    }

    @Test func `an answer that answers something else ends the request`() {
        var bench = BackendBench(nodes: 2)
        let asked = bench.put(chunk)
        for store in asked.stores {
            bench.tell(.deleted(.deleted), from: store.to, call: store.call)
        }
        // Nobody is left to ask: the user hears of it, and the next put starts anew.
        #expect(bench.backend.uploads.isEmpty)
    }
}
