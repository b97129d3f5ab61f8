import Primitives
import Testing

@testable import Roles

struct StorageNodeCopyTests {
    private let chunk = TestChunk(1)

    private func fetch(_ effects: Effects) -> CallID? {
        effects.sends.first {
            if case .retrieve = $0.message { $0.to == NodeBench.otherNode } else { false }
        }?.call
    }

    @Test func `a copy fetches from the source with the capability, stores and reports`() throws {
        var bench = NodeBench()
        let call = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1))))
        let fetched = bench.tell(
            .retrieved(.found(chunk.payload)), from: NodeBench.otherNode, call: call)
        let sync = bench.feed(.disk(.wrote(token: fetched.writes[0], .written)))
        #expect(bench.feed(.disk(.synced(token: sync.syncs[0]))).copyOutcomes == [.copied])
        #expect(bench.node.copiesUnderWay == 0)
    }

    @Test(arguments: [
        (RetrieveAnswer.missing, CopyOutcome.sourceMissing),
        (.found(TestChunk(1).rotten), .sourceMissing),
        // A refusal says nothing of what the source holds.
        (.refused, .sourceSilent),
    ])
    func `a source's answer is passed on`(_ answer: RetrieveAnswer, _ outcome: CopyOutcome) throws {
        var bench = NodeBench()
        let call = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1))))
        let answered = bench.tell(.retrieved(answer), from: NodeBench.otherNode, call: call)
        #expect(answered.copyOutcomes == [outcome])
        #expect(bench.node.copiesUnderWay == 0)
    }

    @Test func `a source that does not answer in time is given up`() throws {
        var bench = NodeBench()
        let call = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1))))
        #expect(
            bench.feed(.timer(Timer(.callTimeout, call.raw))).copyOutcomes == [.sourceSilent])
        let late = bench.tell(
            .retrieved(.found(chunk.payload)), from: NodeBench.otherNode, call: call)
        #expect(late.disk.isEmpty && late.sends.isEmpty)
        #expect(bench.node.copiesUnderWay == 0)
    }

    @Test func `an answer from somebody who was not asked is none`() throws {
        var bench = NodeBench()
        let call = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1))))
        let forged = bench.tell(.retrieved(.missing), from: NodeBench.stranger, call: call)
        #expect(forged.sends.isEmpty && bench.node.copiesUnderWay == 1)
    }

    @Test func `a copy request that arrives twice is written once and answered once`() throws {
        var bench = NodeBench()
        let first = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1), call: CallID(7))))
        let second = try #require(fetch(bench.tell(bench.copy(chunk, stamp: 1), call: CallID(7))))
        let found = Message.retrieved(.found(chunk.payload))
        let write = bench.tell(found, from: NodeBench.otherNode, call: first)
        let again = bench.tell(found, from: NodeBench.otherNode, call: second)
        #expect(write.writes.count == 1 && again.writes.isEmpty && again.sends.isEmpty)
        let sync = bench.feed(.disk(.wrote(token: write.writes[0], .written)))
        #expect(bench.feed(.disk(.synced(token: sync.syncs[0]))).copyOutcomes == [.copied])
        #expect(bench.node.copiesUnderWay == 0)
    }

    @Test func `only so many copies are fetched at once`() {
        var bench = NodeBench()
        let limit = ProtocolSettings().copiesPerNode
        for number in 0..<limit {
            let copy = bench.copy(TestChunk(UInt8(number)), stamp: 1)
            #expect(fetch(bench.tell(copy)) != nil)
        }
        #expect(bench.tell(bench.copy(TestChunk(99), stamp: 1)).copyOutcomes == [.busy])
    }
}
