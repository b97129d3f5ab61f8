import Ledger
import Primitives
import Roles
import Testing

/// Replicas that a comparison finds and nobody counted on.
@Suite struct BackendSurplusTests {
    @Test func `a replica that nobody counted on is adopted while a holder is missing`() throws {
        let chunk = TestChunk(1)
        var story = try BackendStory.settled(nodes: 4, chunks: [chunk])
        let holders = story.holders(of: chunk)
        let idle = try #require(story.nodes.indices.first { !holders.contains($0) })
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.hear(.suspect, of: holders[0])
        story.restartNode(idle)
        story.advance(by: .minutes(3))
        #expect(story.drive.takeNotes().surplus == [chunk.id])
        #expect(story.holders(of: chunk) == [0, 1, 2, 3])
        #expect(try story.placement(of: chunk)?.nodes.count == 4)
        #expect(story.requests(\.deleteRequest).isEmpty)
        // Once the holder is back, one of them is too many.
        story.hear(.alive, of: holders[0])
        story.advance(by: .minutes(3))
        #expect(story.holders(of: chunk).count == 3)
        #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
    }

    @Test func `a replica too many is deleted`() throws {
        let chunk = TestChunk(1)
        var story = try BackendStory.settled(nodes: 4, chunks: [chunk])
        let idle = try #require(
            story.nodes.indices.first { !story.holders(of: chunk).contains($0) })
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.restartNode(idle)
        story.advance(by: .minutes(3))
        #expect(story.drive.takeNotes().surplus == [chunk.id])
        #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
        #expect(story.holders(of: chunk).count == 3)
        #expect(!story.holders(of: chunk).contains(idle))
    }

    @Test func `a replica in a domain of its own is kept instead of one of two in another`() throws
    {
        var settings = ProtocolSettings()
        settings.repairTransfers = 0
        let chunk = TestChunk(1)
        var story = BackendStory(nodes: 4, domains: 3, settings: settings)
        story.hear(.suspect, of: 1)
        try story.store([chunk])
        #expect(story.holders(of: chunk) == [0, 2, 3])
        story.nodes[1].held[chunk.id] = chunk.payload
        story.hear(.alive, of: 1)
        story.restartNode(1)
        story.advance(by: .minutes(3))
        let holders = story.holders(of: chunk)
        #expect(holders.contains(1) && holders.contains(2) && holders.count == 3)
        #expect(story.nodesHolding(chunk) == holders)
    }

    @Test func `a chunk that no ledger names is collected after the grace, not before`() throws {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(20)
        var story = try BackendStory.settled(nodes: 3, chunks: [TestChunk(1)], settings: settings)
        let orphan = TestChunk(50)
        // Where it is not all that a node holds, which would be too much to collect.
        let holder = story.nodesHolding(TestChunk(1))[0]
        story.nodes[holder].held[orphan.id] = orphan.payload
        story.advance(by: settings.orphanGrace - .minutes(1))
        #expect(story.nodesHolding(orphan) == [holder])
        #expect(story.drive.takeNotes().surplus.contains(orphan.id))
        story.advance(by: .hours(1))
        #expect(story.nodesHolding(orphan).isEmpty)
        #expect(story.nodesHolding(TestChunk(1)).count == 3)
    }

    @Test func `a chunk that is put while it looks like an orphan is kept`() throws {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(20)
        var story = try BackendStory.settled(nodes: 3, chunks: [TestChunk(1)], settings: settings)
        let chunk = TestChunk(50)
        story.nodes[0].held[chunk.id] = chunk.payload
        story.advance(by: settings.orphanGrace - .minutes(1))
        try story.store([chunk], as: 2)
        story.advance(by: .hours(3))
        #expect(story.nodesHolding(chunk).count == 3)
    }
}
