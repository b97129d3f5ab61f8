import Cryptography
import Merkle
import Primitives
import Roles
import Testing

@Suite struct BackendAuditTests {
    private var settings: ProtocolSettings {
        var settings = ProtocolSettings()
        settings.auditInterval = .minutes(10)
        settings.antiEntropyInterval = .days(100)
        return settings
    }

    /// A story with one file on three nodes, of which `liar` answers audits wrongly.
    private func story(liar: Int? = nil, lacking: Int? = nil) throws -> BackendStory {
        var story = BackendStory(nodes: 4, domains: 4, settings: settings)
        story.advance(by: .minutes(1))
        try story.store([TestChunk(1)])
        let holders = story.nodesHolding(TestChunk(1))
        if let liar {
            story.nodes[holders[liar]].rule = { request in
                guard case .audit(let request) = request else { return nil }
                return .node(.audit(AuditAnswer(chunk: request.chunk, outcome: .proven(.zero))))
            }
        }
        if let lacking { story.nodes[holders[lacking]].held[TestChunk(1).id] = nil }
        _ = story.drive.takeNotes()
        return story
    }

    private func agreements(_ notes: [Note]) -> [Bool] {
        notes.compactMap { if case .audited(_, _, _, let agree) = $0 { agree } else { nil } }
    }

    @Test func `holders that have the bytes agree, and nothing follows`() throws {
        var story = try story()
        let holders = story.holders(of: TestChunk(1))
        story.advance(by: .hours(1))
        let agreements = agreements(story.drive.takeNotes())
        #expect(!agreements.isEmpty)
        #expect(agreements.allSatisfy { $0 })
        #expect(story.holders(of: TestChunk(1)) == holders)
    }

    @Test func `no two challenges of a run have the same nonce, but the two of a pair do`() throws {
        var story = try story()
        story.advance(by: .hours(2))
        let nonces = story.requests(\.auditRequest?.nonce)
        let counts = Dictionary(grouping: nonces.map(\.request)) { $0 }.mapValues(\.count)
        #expect(counts.count > 3)
        #expect(counts.values.allSatisfy { $0 == 2 })
    }

    @Test func `a node without the bytes is found, and the chunk is repaired`() throws {
        var story = try story(lacking: 0)
        story.advance(by: .hours(1))
        #expect(story.nodesHolding(TestChunk(1)).count == 3)
        #expect(story.holders(of: TestChunk(1)) == story.nodesHolding(TestChunk(1)))
    }

    @Test func `a node that cannot read now has lost nothing`() throws {
        var story = try story()
        let holders = story.holders(of: TestChunk(1))
        story.nodes[holders[0]].rule = { message in
            guard case .audit(let request) = message else { return nil }
            return .node(.audit(AuditAnswer(chunk: request.chunk, outcome: .unavailable)))
        }
        story.advance(by: .hours(1))
        #expect(story.holders(of: TestChunk(1)) == holders)
        #expect(
            !story.drive.takeNotes().contains {
                if case .replicaMissing = $0 { true } else { false }
            })
    }

    /// Whether a node meets challenges.
    private func unavailable(_ request: NodeRequest) -> Answer? {
        guard case .audit(let request) = request else { return nil }
        return .node(.audit(AuditAnswer(chunk: request.chunk, outcome: .unavailable)))
    }

    @Test func `a node that meets no challenge counts no more though nobody else proves the same`()
        throws
    {
        var settings = settings
        settings.deadAfter = .hours(2)
        (settings.replicas, settings.writeQuorum) = (2, 2)
        var story = BackendStory(nodes: 2, domains: 2, settings: settings)
        try story.store((0..<10).map { TestChunk($0) })
        story.nodes[0].rule = unavailable
        story.advance(by: .hours(4))
        #expect(story.backend.members[0].standing == .doubted(.alive))
        #expect(story.backend.members[1].standing == .staying(.alive))
    }

    @Test func `a node that meets no challenge for as long as silence kills counts no more`()
        throws
    {
        var settings = settings
        settings.deadAfter = .hours(2)
        var story = BackendStory(nodes: 5, domains: 5, settings: settings)
        let chunks = (0..<10).map { TestChunk($0) }
        try story.store(chunks)
        story.nodes[0].rule = unavailable
        let held = chunks.filter { story.holders(of: $0).contains(0) }
        #expect(!held.isEmpty)
        story.advance(by: .minutes(110))
        // Nothing new is placed there by now, and what it has counts still.
        for number in 100..<120 {
            story.put(TestChunk(number))
            #expect(!story.holders(of: TestChunk(number)).contains(0))
        }
        #expect(held.allSatisfy { story.holders(of: $0).contains(0) })
        story.advance(by: .hours(1))
        #expect(story.backend.members[0].standing == .doubted(.alive))
        for chunk in chunks {
            #expect(!story.holders(of: chunk).contains(0))
            #expect(story.holders(of: chunk).count == 3)
        }
        // It has nothing left to prove, and is given another chance.
        story.nodes[0].rule = { _ in nil }
        story.advance(by: .hours(4))
        #expect(story.backend.members[0].standing == .staying(.alive))
    }

    @Test func `one that meets a challenge in between is trusted on`() throws {
        var settings = settings
        settings.deadAfter = .hours(2)
        var story = BackendStory(nodes: 5, domains: 5, settings: settings)
        try story.store((0..<10).map { TestChunk($0) })
        for _ in 0..<6 {
            story.nodes[0].rule = unavailable
            story.advance(by: .minutes(70))
            story.nodes[0].rule = { _ in nil }
            story.advance(by: .minutes(40))
        }
        #expect(story.backend.members[0].standing == .staying(.alive))
    }

    @Test func `a backend that no node answers doubts itself rather than them`() throws {
        var settings = settings
        settings.deadAfter = .hours(2)
        var story = BackendStory(nodes: 5, domains: 5, settings: settings)
        let chunks = (0..<10).map { TestChunk($0) }
        try story.store(chunks)
        let before = chunks.map { story.holders(of: $0) }
        for index in story.nodes.indices { story.nodes[index].rule = unavailable }
        story.advance(by: .hours(8))
        #expect(chunks.map { story.holders(of: $0) } == before)
        #expect(story.backend.members.all.allSatisfy { $0.standing == .staying(.alive) })
    }

    @Test func `where proofs differ, the bytes decide who was wrong`() throws {
        // The liar has the bytes after all: it is asked for them, and stays.
        var honest = try story(liar: 0)
        let holders = honest.holders(of: TestChunk(1))
        honest.advance(by: .hours(1))
        #expect(agreements(honest.drive.takeNotes()).contains(false))
        #expect(honest.holders(of: TestChunk(1)) == holders)
        let retrievals = honest.requests(\.retrieveRequest)
        #expect(!retrievals.isEmpty)
    }

    @Test func `nobody is challenged where the interval is none`() throws {
        var settings = settings
        settings.auditInterval = .zero
        var story = BackendStory(nodes: 4, domains: 4, settings: settings)
        try story.store([TestChunk(1)])
        story.advance(by: .hours(2))
        let audits = story.requests(\.auditRequest)
        #expect(audits.isEmpty)
    }
}
