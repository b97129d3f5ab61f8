import Primitives
import Roles
import Testing

/// What a backend does about chunks on a node that its ledger does not name.
@Suite struct BackendCollectionTests {
    private struct Stop: Equatable {
        var peer: PeerID
        var orphans: Int
        var held: Int
    }

    private func stops(_ story: inout BackendStory) -> [Stop] {
        story.notes { note in
            if case .collectionStopped(let peer, let orphans, let held) = note {
                Stop(peer: peer, orphans: orphans, held: held)
            } else {
                nil
            }
        }
    }

    private static let orphans = (1_000..<2_000).map { TestChunk($0) }

    /// Three nodes that each hold every chunk of a file of so many, and the first of them orphans too.
    private func story(
        named: Int, orphans: Int, percent: Int = ProtocolSettings().orphanPercent
    ) throws -> BackendStory {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(20)
        settings.orphanPercent = percent
        var story = BackendStory(nodes: 3, settings: settings)
        if named > 0 { try story.store((0..<named).map { TestChunk($0) }) }
        story.advance(by: .minutes(1))
        for chunk in Self.orphans.prefix(orphans) {
            story.nodes[0].held[chunk.id] = chunk.payload
        }
        return story
    }

    @Test func `whose ledger is empty deletes nothing of a thousand chunks, and raises the alarm`()
        throws
    {
        var story = try story(named: 0, orphans: 1_000)
        story.advance(by: story.settings.orphanGrace - .minutes(1))
        #expect(stops(&story).isEmpty)
        story.advance(by: .hours(6))
        #expect(story.nodes[0].held.count == 1_000)
        #expect(story.requests(\.deleteRequest).isEmpty)
        let stops = stops(&story)
        #expect(stops.count > 5, "at every comparison")
        #expect(
            stops.allSatisfy {
                $0 == Stop(peer: story.nodes[0].id, orphans: 1_000, held: 1_000)
            })
    }

    @Test(arguments: [(500, 26, true), (500, 27, false), (20, 16, true), (20, 17, false)])
    func `few orphans among many chunks are collected, more are not`(
        named: Int, orphans: Int, isCollected: Bool
    ) throws {
        var story = try story(named: named, orphans: orphans)
        story.advance(by: .hours(6))
        #expect(story.nodes[0].held.count == named + (isCollected ? 0 : orphans))
        #expect(stops(&story).isEmpty == isCollected)
        #expect(story.nodes[1].held.count == named)
    }

    @Test(arguments: [(1, 1, true), (1, 2, false), (0, 1, false)])
    func `orphans that are most of what a node holds are kept, be they ever so few`(
        named: Int, orphans: Int, isCollected: Bool
    ) throws {
        var story = try story(named: named, orphans: orphans)
        story.advance(by: .hours(6))
        #expect(story.nodes[0].held.count == named + (isCollected ? 0 : orphans))
        #expect(stops(&story).isEmpty == isCollected)
    }

    @Test func `at 100 percent everything is collected`() throws {
        var story = try story(named: 0, orphans: 1_000, percent: 100)
        story.advance(by: .hours(6))
        #expect(story.nodes[0].held.isEmpty)
        #expect(stops(&story).isEmpty)
    }

    @Test(arguments: [false, true])
    func `what users deleted while a node was away goes, however much it is`(restarts: Bool)
        throws
    {
        let chunks = (0..<100).map { TestChunk($0) }
        var story = try story(named: 0, orphans: 0)
        try story.store(chunks)
        story.nodes[0].isSilent = true
        story.hear(.dead, of: 0)
        #expect(story.delete(chunks) == .deleted)
        story.advance(by: .minutes(5))
        if restarts { story.restartBackend() }
        #expect(story.nodes.map(\.held.count) == [100, 0, 0])
        story.nodes[0].isSilent = false
        story.restartNode(0)
        story.advance(by: .hours(6))
        #expect(story.nodes[0].held.isEmpty)
        #expect(stops(&story).isEmpty)
    }
}
