import Primitives
import Roles
import Testing

/// Chunks that find no target for their repair: what they cost while they wait, and that none waits
/// for ever.
@Suite struct BackendRepairWaitingTests {
    /// Four nodes of which the last is silent: once another dies, nobody can take what it held.
    private func storyWithoutTarget(_ chunks: [TestChunk]) throws -> BackendStory {
        var story = BackendStory(nodes: 4, domains: 4, freeBytes: 100_000_000)
        story.hear(.suspect, of: 3)
        try story.store(chunks)
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(5))
        return story
    }

    private func fruitlessTries(_ story: BackendStory) -> Int {
        story.backend.repairs.fruitlessTries
    }

    private func areWhole(_ chunks: [TestChunk], in story: BackendStory) -> Bool {
        story.backend.leastRedundancy(of: chunks.map(\.id)) == story.settings.replicas
    }

    @Test func `while nothing changes, a round tries a few of the chunks that wait`() throws {
        let chunks = (0..<400).map { TestChunk($0) }
        var story = try storyWithoutTarget(chunks)
        #expect(fruitlessTries(story) >= chunks.count)
        let before = fruitlessTries(story)
        story.advance(by: story.settings.peersInterval * 100)
        #expect(fruitlessTries(story) - before <= 100 * 4 * story.settings.replicas)
        #expect(fruitlessTries(story) > before)
    }

    @Test func `once a target appears, all that waited are repaired`() throws {
        let chunks = (0..<400).map { TestChunk($0) }
        var story = try storyWithoutTarget(chunks)
        story.advance(by: .hours(1))
        let before = fruitlessTries(story)
        story.hear(.alive, of: 3)
        story.advance(by: .minutes(1))
        #expect(areWhole(chunks, in: story))
        #expect(fruitlessTries(story) - before <= 4 * story.settings.replicas)
    }

    @Test func `a member that tells of more room is a target for all that waited`() throws {
        let chunks = (0..<400).map { TestChunk($0) }
        var story = try storyWithoutTarget(chunks)
        story.nodes[3].registration.freeBytes = 0
        story.hear(.alive, of: 3)
        story.advance(by: .minutes(5))
        #expect(!areWhole(chunks, in: story))
        story.nodes[3].registration.freeBytes = 1_000_000
        story.hear(.alive, of: 3)
        story.advance(by: .minutes(1))
        #expect(areWhole(chunks, in: story))
    }

    @Test func `those that find room are repaired, however many others find none`() throws {
        let large = (0..<600).map { TestChunk($0, byteCount: 2_000) }
        let small = (600..<605).map { TestChunk($0) }
        var story = try storyWithoutTarget(large + small)
        story.nodes[3].registration.freeBytes = 1_000
        story.hear(.alive, of: 3)
        story.advance(by: .minutes(3))
        #expect(areWhole(small, in: story))
        #expect(large.allSatisfy { !areWhole([$0], in: story) })
    }

    @Test func `a try that fails is one of its round's, so that a round ends`() throws {
        let chunks = (0..<1_000).map { TestChunk($0, byteCount: 2_000) }
        var story = try storyWithoutTarget(chunks)
        story.nodes[3].registration.freeBytes = 1_000
        story.say(.alive, of: story.nodes[3].registration)
        for _ in 0..<8 {
            let before = fruitlessTries(story)
            story.advance(by: story.settings.peersInterval)
            #expect(fruitlessTries(story) - before <= 256)
        }
    }

    @Test func `of those that waited the least redundant go first`() throws {
        var settings = ProtocolSettings()
        settings.repairTransfers = 1
        var story = BackendStory(nodes: 6, domains: 6, settings: settings)
        for silent in 4...5 { story.hear(.suspect, of: silent) }
        let chunks = (0..<60).map { TestChunk($0) }
        try story.store(chunks)
        story.hear(.suspect, of: 3)
        story.hear(.dead, of: 0)
        story.hear(.dead, of: 1)
        story.advance(by: .minutes(5))
        let scarce = Set(
            chunks.map(\.id).filter { story.backend.leastRedundancy(of: [$0]) == 1 })
        #expect(scarce.count > 1)
        _ = story.drive.takeNotes()
        story.hear(.alive, of: 4)
        story.advance(by: .minutes(2))
        let started = story.notes { note in
            if case .repairStarted(let chunk, _) = note { chunk } else { nil }
        }
        #expect(scarce.count < started.count)
        #expect(Set(started.prefix(scarce.count)) == scarce)
    }

    @Test func `a chunk that waits is repaired by a holder's return, and waits no longer`() throws {
        let chunks = (0..<50).map { TestChunk($0) }
        var story = try storyWithoutTarget(chunks)
        story.hear(.alive, of: 0)
        story.advance(by: .minutes(1))
        #expect(areWhole(chunks, in: story))
        let before = fruitlessTries(story)
        story.advance(by: .hours(1))
        #expect(fruitlessTries(story) == before)
        #expect(story.backend.repairs.count == 0)
    }
}
