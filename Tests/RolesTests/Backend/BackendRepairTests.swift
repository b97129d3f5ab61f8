import Ledger
import Primitives
import Roles
import Testing

@Suite struct BackendRepairTests {
    private func isCopy(_ send: Effects.Send) -> Bool { send.copyRequest != nil }

    /// The chunks that transfers were started for, in order.
    private func started(_ story: inout BackendStory) -> [ChunkID] {
        story.notes { if case .repairStarted(let chunk, _) = $0 { chunk } else { nil } }
    }

    private func outcomes(_ story: inout BackendStory) -> [CopyOutcome?] {
        story.notes { note -> CopyOutcome?? in
            if case .repairFinished(_, _, _, let outcome) = note { .some(outcome) } else { nil }
        }
    }

    @Test func `what a dead node held is made anew from the replicas that are left`() throws {
        var story = BackendStory()
        let chunks = (0..<20).map { TestChunk($0) }
        try story.store(chunks)
        let lost = chunks.filter { story.holders(of: $0).contains(0) }
        #expect(!lost.isEmpty)
        story.nodes[0].isSilent = true
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(3))
        for chunk in chunks {
            #expect(story.holders(of: chunk).count == 3)
            #expect(!story.holders(of: chunk).contains(0))
            #expect(story.nodesHolding(chunk).filter { $0 != 0 }.count == 3)
            #expect(
                try story.placement(of: chunk)?.nodes
                    == story.holders(of: chunk).map { story.nodes[$0].id })
        }
        #expect(started(&story).count == lost.count)
    }

    @Test func `a transfer names a source that holds the chunk, and lets the target read it`()
        throws
    {
        var story = BackendStory()
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk).map { story.nodes[$0].id }
        story.hear(.dead, of: story.holders(of: chunk)[0])
        story.advance(by: .minutes(1))
        let transfer = try #require(story.requests(\.copyRequest).first)
        let request = transfer.request
        #expect(request.chunk == chunk.id)
        #expect(request.byteCount == chunk.payload.byteCount)
        #expect(holders.dropFirst().contains(request.source))
        #expect(!holders.contains(transfer.to))
        #expect(request.capability.issuer == Peers.backend)
        #expect(request.capability.bearer == transfer.to)
        #expect(request.capability.chunk == chunk.id)
        #expect(request.capability.expires > story.drive.now)
    }

    @Test func `a silent node is waited out: nothing is copied before it is dead`() throws {
        var story = BackendStory()
        try story.store((0..<10).map { TestChunk($0) })
        story.hear(.suspect, of: 0)
        story.advance(by: .hours(2))
        #expect(story.requests(\.copyRequest).isEmpty)
        story.hear(.alive, of: 0)
        story.advance(by: .hours(2))
        #expect(story.requests(\.copyRequest).isEmpty)
    }

    @Test func `a source that is said to lack a chunk is asked itself, and stays where it has it`()
        throws
    {
        var story = BackendStory()
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        for index in story.nodes.indices where !holders.contains(index) {
            story.nodes[index].rule = { request in
                guard case .copy(let copy) = request else { return nil }
                return .copied(copy.chunk, .sourceMissing)
            }
        }
        story.hear(.dead, of: holders[0])
        story.advance(by: .minutes(30))
        #expect(outcomes(&story).contains(.sourceMissing))
        #expect(!story.requests(\.retrieveRequest).isEmpty)
        #expect(Set(holders.dropFirst()).isSubset(of: story.holders(of: chunk)))
        // Another that tells the truth is found in the end, and nothing was lost meanwhile.
        for index in story.nodes.indices { story.nodes[index].rule = { _ in nil } }
        story.advance(by: .hours(3))
        #expect(story.nodesHolding(chunk).filter { $0 != holders[0] }.count == 3)
    }

    @Test func `a source that does lack a chunk is no holder of it any more`() throws {
        var story = BackendStory()
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        for index in holders.dropFirst().dropLast() { story.nodes[index].held[chunk.id] = nil }
        story.hear(.dead, of: holders[0])
        story.advance(by: .hours(1))
        #expect(story.nodesHolding(chunk).filter { $0 != holders[0] }.count == 3)
        #expect(
            story.holders(of: chunk).allSatisfy { story.nodes[$0].held[chunk.id] != nil })
    }

    @Test func `the chunks with the fewest replicas left come first`() throws {
        var settings = ProtocolSettings()
        settings.repairTransfers = 1
        var story = BackendStory(nodes: 9, domains: 9, settings: settings)
        let chunks = (0..<40).map { TestChunk($0) }
        try story.store(chunks)
        // Two nodes die at once, while repair is busy with something that is slow.
        story.holdsRequest = isCopy
        story.hear(.dead, of: 0)
        _ = started(&story)
        story.hear(.dead, of: 1)
        let both = Set(
            chunks.filter { Set(story.holders(of: $0)).isSuperset(of: [0, 1]) }.map(\.id))
        #expect(both.count > 1)
        story.release()
        story.advance(by: .minutes(1))
        let order = started(&story)
        // A chunk with one replica left needs two transfers; the second ranks with the others.
        let firstOnes = order.prefix(both.count)
        #expect(firstOnes.filter { both.contains($0) }.count >= both.count - 1)
        for chunk in chunks { #expect(story.holders(of: chunk).count == 3) }
    }

    @Test func `no more transfers are under way than allowed`() throws {
        var settings = ProtocolSettings()
        settings.repairTransfers = 4
        var story = BackendStory(settings: settings)
        try story.store((0..<30).map { TestChunk($0) })
        story.holdsRequest = isCopy
        story.hear(.dead, of: 0)
        story.advance(by: story.settings.peersInterval)
        #expect(story.requests(\.copyRequest).count == 4)
        story.release()
        story.advance(by: .minutes(1))
        #expect(story.requests(\.copyRequest).count > 4)
    }

    @Test func `repair keeps to its bytes a second`() throws {
        var settings = ProtocolSettings()
        settings.repairBytesPerSecond = 64
        var story = BackendStory(settings: settings)
        let chunks = (0..<60).map { TestChunk($0) }
        try story.store(chunks)
        let lost = chunks.filter { story.holders(of: $0).contains(0) }.count
        story.say(.dead, of: story.nodes[0].registration)
        while story.requests(\.copyRequest).isEmpty { story.advance(by: .milliseconds(500)) }
        // One chunk of 64 bytes a second.
        story.advance(by: .seconds(8))
        let copies = story.requests(\.copyRequest).count
        #expect((8...10).contains(copies), "\(copies) copies in eight seconds")
        #expect(lost > 12)
        story.advance(by: .minutes(5))
        #expect(story.requests(\.copyRequest).count == lost)
    }

    @Test func `a source without the chunk is no holder any more, and another is asked`() throws {
        var story = BackendStory(nodes: 6, domains: 6)
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        story.nodes[holders[1]].held = [:]
        story.hear(.dead, of: holders[0])
        story.advance(by: .minutes(3))
        // Whichever was asked first: three replicas are back, or the empty one was not noticed.
        story.nodes[holders[1]].registration.incarnation += 1
        story.hear(.alive, of: holders[1])
        story.advance(by: .minutes(3))
        #expect(Set(story.nodesHolding(chunk)).isSuperset(of: story.holders(of: chunk)))
        #expect(story.holders(of: chunk).count == 3)
        #expect(!story.holders(of: chunk).contains(holders[0]))
    }

    @Test(arguments: [CopyOutcome.full, .refused, .busy, .sourceSilent])
    func `a transfer that fails is tried again, with another target in time`(
        outcome: CopyOutcome
    ) throws {
        var story = BackendStory(nodes: 6, domains: 6)
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        let others = story.nodes.indices.filter { !holders.contains($0) }
        for index in others.dropLast() {
            story.nodes[index].rule = { request in
                if case .copy(let request) = request {
                    .copied(request.chunk, outcome)
                } else {
                    nil
                }
            }
        }
        story.hear(.dead, of: holders[0])
        story.advance(by: .minutes(5))
        #expect(story.holders(of: chunk).contains(others.last!))
        #expect(story.holders(of: chunk).count == 3)
        #expect(outcomes(&story).last == .some(.copied))
    }

    @Test func `a target that never answers is given up`() throws {
        var story = BackendStory(nodes: 5, domains: 5)
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        let others = story.nodes.indices.filter { !holders.contains($0) }
        story.nodes[others[0]].isSilent = true
        story.hear(.dead, of: holders[0])
        story.advance(by: .minutes(10))
        #expect(story.holders(of: chunk).contains(others[1]))
    }

    @Test func `repair that finds no target goes on when a node joins`() throws {
        var story = BackendStory(nodes: 4, domains: 4)
        let chunks = (0..<5).map { TestChunk($0) }
        story.hear(.suspect, of: 3)
        try story.store(chunks)
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(5))
        #expect(story.requests(\.copyRequest).isEmpty)
        story.hear(.alive, of: 3)
        story.advance(by: .minutes(1))
        for chunk in chunks { #expect(story.holders(of: chunk) == [1, 2, 3]) }
    }

    @Test func `repair that finds no source goes on when a holder comes back`() throws {
        var story = BackendStory(nodes: 6, domains: 6)
        let chunk = TestChunk(1)
        try story.store([chunk])
        let holders = story.holders(of: chunk)
        for holder in holders { story.say(.dead, of: story.nodes[holder].registration) }
        story.advance(by: .hours(1))
        #expect(story.requests(\.copyRequest).isEmpty)
        #expect(story.holders(of: chunk) == holders)
        story.hear(.alive, of: holders[1])
        story.advance(by: .minutes(5))
        #expect(story.holders(of: chunk).count == 3)
        #expect(story.holders(of: chunk).contains(holders[1]))
        #expect(!story.holders(of: chunk).contains(holders[0]))
    }

    @Test func `a holder that comes back makes repairs that wait needless`() throws {
        var settings = ProtocolSettings()
        settings.repairTransfers = 1
        var story = BackendStory(settings: settings)
        let chunks = (0..<30).map { TestChunk($0) }
        try story.store(chunks)
        story.holdsRequest = isCopy
        story.hear(.dead, of: 0)
        story.hear(.alive, of: 0)
        story.release()
        story.advance(by: .minutes(1))
        #expect(story.requests(\.copyRequest).count == 1)
        for chunk in chunks { #expect(story.holders(of: chunk).count >= 3) }
    }

    @Test func `a copy of another chunk than asked for counts as none`() throws {
        var story = BackendStory(nodes: 4, domains: 4)
        let chunk = TestChunk(1)
        try story.store([chunk])
        for index in story.nodes.indices {
            story.nodes[index].rule = { request in
                if case .copy = request { .copied(TestChunk(2).id, .copied) } else { nil }
            }
        }
        let dead = story.holders(of: chunk)[0]
        story.hear(.dead, of: dead)
        story.advance(by: .minutes(2))
        #expect(story.holders(of: chunk).contains(dead))
        #expect(story.nodesHolding(chunk).count == 3)
    }
}
