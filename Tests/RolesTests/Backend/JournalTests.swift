import Ledger
import Primitives
import Roles
import Testing

@Suite struct JournalTests {
    private func placements(_ story: BackendStory, from block: Int) throws -> [ChunkID] {
        try story.records(from: block).compactMap { record in
            if case .placement(let placement) = record { placement.chunk } else { nil }
        }
    }

    @Test func `a chunk that changes often gets one record in a block`() throws {
        var story = BackendStory(nodes: 5, domains: 5)
        let chunk = TestChunk(1)
        try story.store([chunk])
        let block = story.drive.disk.state.log.count
        for _ in 0..<3 {
            let holder = story.holders(of: chunk)[0]
            story.nodes[holder].held[chunk.id] = nil
            story.tell(.damaged(chunk.id), from: story.nodes[holder].id)
        }
        story.advance(by: .minutes(2))
        #expect(try placements(story, from: block) == [chunk.id])
        #expect(
            try story.placement(of: chunk)?.nodes
                == story.holders(of: chunk).map { story.nodes[$0].id })
    }

    @Test func `records that nobody waits for gather for the ledger interval`() throws {
        var story = BackendStory(nodes: 6)
        story.advance(by: .minutes(5))
        let block = story.drive.disk.state.log.count
        story.hear(.dead, of: 0)
        story.advance(by: story.settings.ledgerInterval / 2)
        #expect(story.drive.disk.state.log.count == block)
        story.hear(.dead, of: 1)
        story.advance(by: story.settings.ledgerInterval)
        #expect(story.drive.disk.state.log.count == block + 1)
        #expect(try story.records(from: block).count == 2)
    }

    @Test func `what somebody waits for takes what gathered with it`() throws {
        var story = BackendStory(nodes: 6)
        story.put(TestChunk(1))
        story.advance(by: .minutes(5))
        let block = story.drive.disk.state.log.count
        story.hear(.dead, of: 0)
        story.commit([TestChunk(1)], as: 1)
        #expect(story.drive.disk.state.log.count == block + 1)
        #expect(try story.memberships(of: 0).last == .declaredDead)
    }

    @Test func `commits during a block share the next, which follows at once`() throws {
        var story = BackendStory()
        for number in 1...5 { story.put(TestChunk(number)) }
        story.drive.disk.holding = .syncs
        let block = story.drive.disk.state.log.count
        let calls = (1...5).map { number in
            story.open(
                .commit(BackendStory.commit([TestChunk(number)], as: UInt64(number))))
        }
        #expect(story.drive.disk.state.log.count == block + 1)
        #expect(story.drive.disk.syncCount == block + 1)
        story.releaseDisk()
        #expect(story.drive.disk.state.log.count == block + 2)
        for call in calls {
            guard case .commit(.committed)? = story.answer(to: call) else {
                Issue.record("a commit was not acknowledged")
                continue
            }
        }
    }

    @Test func `no block is written while there is nothing to record`() throws {
        var story = BackendStory()
        try story.store([TestChunk(1)])
        story.advance(by: .minutes(5))
        let block = story.drive.disk.state.log.count
        story.advance(by: .hours(20))
        #expect(story.drive.disk.state.log.count == block)
        #expect(try story.records().allSatisfy { !$0.encoded().isEmpty })
        for encoded in story.drive.disk.state.log {
            #expect(try !Block(decoding: encoded).records.isEmpty)
        }
    }

    @Test func `each block is noted with its size once it is durable`() throws {
        var story = BackendStory()
        story.put(TestChunk(1))
        story.drive.disk.holding = .syncs
        _ = story.drive.takeNotes()
        _ = story.open(.commit(BackendStory.commit([TestChunk(1)], as: 1)))
        func written(_ story: inout BackendStory) -> [Int] {
            story.notes { if case .blockWritten(_, let byteCount) = $0 { byteCount } else { nil } }
        }
        #expect(written(&story).isEmpty)
        story.releaseDisk()
        #expect(written(&story) == story.drive.disk.state.log.suffix(1).map(\.count))
    }

    @Test func `work that needs no block does not hurry the records that come after it`() throws {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(5)
        settings.orphanGrace = .minutes(10)
        settings.orphanPercent = 100
        settings.uploadExpiry = .minutes(5)
        var story = BackendStory(settings: settings)
        let orphan = TestChunk(1)
        story.nodes[0].held[orphan.id] = orphan.payload
        story.advance(by: .minutes(40))
        #expect(story.nodesHolding(orphan).isEmpty)
        let block = story.drive.disk.state.log.count
        story.hear(.dead, of: 1)
        story.advance(by: settings.ledgerInterval / 2)
        #expect(story.drive.disk.state.log.count == block)
    }
}
