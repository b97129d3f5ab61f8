import Primitives
import Testing

@testable import Roles

@Suite struct BackendClockTests {
    /// A file on three nodes, one of whose clocks is off, as the backend knows by now.
    private func story(ahead: Duration, chunk: TestChunk) throws -> BackendStory {
        var story = BackendStory(nodes: 3)
        for number in story.nodes.indices { story.nodes[number].clockAhead = .zero }
        story.nodes[1].clockAhead = ahead
        story.advance(by: .minutes(1))
        try story.store([chunk])
        return story
    }

    private func differing(_ story: inout BackendStory) -> [PeerID] {
        story.notes { if case .clockDiffers(let peer, _) = $0 { peer } else { nil } }
    }

    @Test(arguments: [Duration.seconds(40), .minutes(10), .zero - .seconds(40)])
    func `a node whose clock is off deletes what it is told to`(ahead: Duration) throws {
        let chunk = TestChunk(1)
        var story = try story(ahead: ahead, chunk: chunk)
        story.delete([chunk])
        #expect(story.nodesHolding(chunk).isEmpty)
    }

    @Test func `no node may delete later than the backend waits for it`() throws {
        let chunk = TestChunk(1)
        var story = try story(ahead: .zero - .seconds(40), chunk: chunk)
        story.delete([chunk])
        for (peer, request) in story.requests(\.deleteRequest) {
            let node = try #require(story.nodes.first { $0.id == peer })
            #expect(
                request.expires - (story.drive.now + (node.clockAhead ?? .zero))
                    <= story.settings.requestTimeout)
        }
    }

    @Test func `a clock that turned wrong is allowed for once it was seen again`() throws {
        let chunk = TestChunk(1)
        var story = try story(ahead: .zero, chunk: chunk)
        story.nodes[1].clockAhead = .minutes(2)
        story.delete([chunk])
        #expect(story.nodesHolding(chunk) == [1])
        // Comparisons find it, and show the clock.
        story.advance(by: .hours(20))
        #expect(story.nodesHolding(chunk).isEmpty)
    }

    @Test func `leave to copy is good by the clock of the node that is asked`() throws {
        let chunk = TestChunk(1)
        var story = BackendStory(nodes: 4, domains: 4)
        for number in story.nodes.indices { story.nodes[number].clockAhead = .hours(1) }
        story.advance(by: .minutes(1))
        try story.store([chunk])
        story.hear(.dead, of: story.holders(of: chunk)[0])
        story.advance(by: .seconds(10))
        let request = try #require(story.requests(\.copyRequest).first?.request)
        #expect(request.capability.expires > story.drive.now + .hours(1))
        #expect(
            request.capability.expires
                <= story.drive.now + .hours(1) + story.settings.capabilityLifetime)
    }

    @Test func `whose clock differs is told once, of nodes and discoveries`() throws {
        var story = try story(ahead: .seconds(40), chunk: TestChunk(1))
        #expect(differing(&story) == [story.nodes[1].id])
        story.advance(by: .hours(1))
        #expect(differing(&story).isEmpty)
        #expect(try story.member(1).clock.ahead == .seconds(40))
        #expect(story.backend.largestClockDifference == .seconds(40))
        story.discoveries[0].clockAhead = .zero - .minutes(3)
        story.advance(by: .minutes(1))
        #expect(differing(&story) == [story.discoveries[0].id])
        #expect(story.backend.discoveryClocks.map(\.ahead) == [.zero - .minutes(3)])
        #expect(story.backend.largestClockDifference == .minutes(3))
    }
}
