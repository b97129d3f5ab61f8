import Ledger
import Primitives
import Roles
import Testing

/// Nothing is credited to a node, and nothing let go for one, that does not prove to hold it.
@Suite struct BackendProofTests {
    private let chunk = TestChunk(1)

    /// A story with a chunk on three of four nodes, and the node that lacks it.
    private func story() throws -> (BackendStory, idle: Int) {
        let story = try BackendStory.settled(nodes: 4, chunks: [chunk])
        return (
            story,
            try #require(story.nodes.indices.first { !story.holders(of: chunk).contains($0) })
        )
    }

    private func answers(_ outcome: AuditOutcome) -> (NodeRequest) -> Answer? {
        { request in
            guard case .audit(let audit) = request else { return nil }
            return .node(.audit(AuditAnswer(chunk: audit.chunk, outcome: outcome)))
        }
    }

    @Test func `a copy counts once its target has proven it, whatever it says`() throws {
        var (story, idle) = try story()
        story.nodes[idle].rule = { request in
            if case .copy(let copy) = request { .copied(copy.chunk, .copied) } else { nil }
        }
        story.hear(.dead, of: story.holders(of: chunk)[0])
        story.advance(by: .minutes(50))
        #expect(!story.holders(of: chunk).contains(idle))
        #expect(story.requests(\.copyRequest).filter { $0.to == story.nodes[idle].id }.count == 3)
        story.nodes[idle].rule = { _ in nil }
        story.advance(by: .hours(2))
        #expect(story.holders(of: chunk).contains(idle))
        #expect(story.nodesHolding(chunk).contains(idle))
    }

    @Test func `a replica too many stays, and counts, while others prove nothing`() throws {
        var (story, idle) = try story()
        let doubtful = story.holders(of: chunk)[0]
        story.nodes[doubtful].rule = answers(.unavailable)
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.restartNode(idle)
        story.advance(by: .minutes(10))
        #expect(story.nodesHolding(chunk).count == 4)
        #expect(story.holders(of: chunk).contains(idle))
        #expect(try story.placement(of: chunk)?.nodes.count == 4)
        story.nodes[doubtful].rule = { _ in nil }
        story.advance(by: .hours(1))
        #expect(story.nodesHolding(chunk).count == 3)
        #expect(story.holders(of: chunk) == story.nodesHolding(chunk))
    }

    @Test func `who has other bytes goes, and the replica too many takes its place`() throws {
        var (story, idle) = try story()
        let liar = story.holders(of: chunk)[0]
        story.nodes[liar].held[chunk.id] = TestChunk(2).payload
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.restartNode(idle)
        story.advance(by: .minutes(5))
        #expect(story.holders(of: chunk).contains(idle))
        #expect(!story.holders(of: chunk).contains(liar))
    }

    @Test func `a node may not go while another that holds the same proves nothing`() throws {
        var (story, idle) = try story()
        let holders = story.holders(of: chunk)
        story.nodes[holders[1]].rule = answers(.unavailable)
        #expect(story.leave(story.nodes[holders[0]].id) == nil)
        story.advance(by: .minutes(10))
        #expect(story.leave(story.nodes[holders[0]].id) == nil)
        #expect(story.holders(of: chunk).contains(holders[0]))
        #expect(story.nodesHolding(chunk).contains(idle))
        story.nodes[holders[1]].rule = { _ in nil }
        story.advance(by: .hours(2))
        #expect(story.leave(story.nodes[holders[0]].id) == true)
    }

    @Test func `a node may go although proofs were lost on their way`() throws {
        var (story, _) = try story()
        let leaver = story.holders(of: chunk)[0]
        story.lossRate = 0.3
        _ = story.leave(story.nodes[leaver].id)
        story.advance(by: .hours(3))
        story.lossRate = 0
        story.advance(by: .hours(2))
        #expect(story.leave(story.nodes[leaver].id) == true)
    }

    @Test func `a replica too many is deleted once, where two comparisons found it`() throws {
        var (story, idle) = try story()
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.drive.disk.holding = .syncs
        story.put(TestChunk(3))
        _ = story.open(.commit(BackendStory.commit([TestChunk(3)], as: 2)))
        for _ in 0..<2 {
            story.restartNode(idle)
            story.advance(by: .minutes(3))
        }
        let start = story.requests.count
        story.releaseDisk()
        let deletions = story.requests(from: start, \.deleteRequest)
        #expect(deletions.map(\.to) == [story.nodes[idle].id])
        #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
    }
}
