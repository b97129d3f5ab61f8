import Primitives
import Roles
import Testing

/// Which of a chunk's holders a read asks first, and which next.
@Suite struct BackendSourceChoiceTests {
    private let chunks = [TestChunk(1), TestChunk(2), TestChunk(3)]

    @Test func `a slow replica is hedged by a second one`() throws {
        var story = try BackendStory.withFile(of: chunks)
        story.preferNode0()
        story.holdsRequest = { $0.retrieveRequest != nil && $0.to == Peers.node(0) }
        let call = story.open(story.get(0, of: chunks))
        story.advance(by: story.settings.hedgeAfter - .milliseconds(1))
        #expect(story.answer(to: call) == nil)
        story.advance(by: .milliseconds(2))
        guard case .getChunk(.found(chunks[0].payload))? = story.answer(to: call) else {
            Issue.record("the hedge did not answer")
            return
        }
        let answered = story.inbox.count
        story.release()
        #expect(story.inbox.count == answered)
    }

    @Test func `a replica that lost a race is mended too when it turns out missing`() throws {
        var story = try BackendStory.withFile(of: chunks)
        story.nodes[0].held = [:]
        story.preferNode0()
        story.holdsRequest = { $0.retrieveRequest != nil && $0.to == Peers.node(0) }
        _ = story.open(story.get(0, of: chunks))
        story.advance(by: story.settings.hedgeAfter + .milliseconds(2))
        #expect(story.mendedOnNode0().isEmpty)
        story.release()
        #expect(story.mendedOnNode0() == [chunks[0].id])
    }

    @Test func `nodes thought to be there are asked before suspect and dead ones`() throws {
        var story = try BackendStory.withFile(of: chunks)
        story.hear(.dead, of: 0)
        story.hear(.suspect, of: 1)
        let start = story.requests.count
        story.nodes[2].rule = { request in
            if case .retrieve = request { .node(.retrieve(.refused)) } else { nil }
        }
        story.nodes[1].rule = story.nodes[2].rule
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
        let order = story.requests(from: start, \.retrieveRequest).map(\.to)
        #expect(order == [Peers.node(2), Peers.node(1), Peers.node(0)])
    }

    /// How many of a hundred reads ask node 0 first, when all nodes are alive.
    private func shareOfNode0(_ story: inout BackendStory) -> Int {
        story.preferNobody()
        let start = story.requests.count
        for _ in 0..<100 { _ = story.open(story.get(0, of: chunks)) }
        return story.requests(from: start, \.retrieveRequest).count { $0.to == Peers.node(0) }
    }

    /// Reads from node 0 so many times, which takes so long to answer.
    private func readSlowly(_ count: Int, in story: inout BackendStory, for time: Duration) {
        story.preferNode0()
        for _ in 0..<count {
            story.holdsRequest = { $0.retrieveRequest != nil && $0.to == Peers.node(0) }
            _ = story.open(story.get(0, of: chunks))
            story.advance(by: time)
            story.release()
        }
    }

    @Test func `a node that answers slowly is asked less`() throws {
        var story = try BackendStory.withFile(of: chunks)
        readSlowly(5, in: &story, for: .seconds(1))
        #expect(shareOfNode0(&story) == 0)
        // Where nothing was measured, or quick answers were, it has its share.
        var fresh = try BackendStory.withFile(of: chunks)
        fresh.preferNode0()
        for _ in 0..<5 { _ = fresh.open(fresh.get(0, of: chunks)) }
        #expect(shareOfNode0(&fresh) > 10)
    }

    @Test(arguments: [true, false])
    func `a node that lost a race, or never answered, counts as slow`(answersLate: Bool) throws {
        var story = try BackendStory.withFile(of: chunks)
        story.preferNode0()
        for _ in 0..<5 {
            story.holdsRequest = { $0.retrieveRequest != nil }
            _ = story.open(story.get(0, of: chunks))
            story.advance(by: story.settings.hedgeAfter + .milliseconds(1))
            // The others are not quick either, so that only what is measured of node 0 tells.
            story.advance(by: .milliseconds(200))
            for number in 1...2 { story.releaseRequests(to: number) }
            story.advance(by: answersLate ? .seconds(1) : .seconds(30))
            story.release()
        }
        #expect(shareOfNode0(&story) == 0)
    }

    @Test func `a node that was slow once is tried again later`() throws {
        var story = try BackendStory.withFile(of: chunks)
        readSlowly(3, in: &story, for: .seconds(5))
        #expect(shareOfNode0(&story) == 0)
        let start = story.requests.count
        for _ in 0..<20 {
            story.advance(by: .minutes(20))
            _ = story.open(story.get(0, of: chunks))
        }
        let retrievals = story.requests(from: start, \.retrieveRequest)
        #expect(retrievals.count { $0.to == Peers.node(0) } > 2)
    }
}
