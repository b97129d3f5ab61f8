import Ledger
import Merkle
import Primitives
import Roles
import Testing

@Suite struct BackendAntiEntropyTests {
    private struct Finished {
        var peer: PeerID
        var isEqual: Bool
    }

    private func isInventory(_ send: Effects.Send) -> Bool {
        if case .inventory? = send.nodeRequest { true } else { false }
    }

    private func inventoryRequests(_ story: BackendStory, from start: Int = 0) -> [PeerID] {
        story.requests[start...].filter(isInventory).map(\.to)
    }

    private func findings(_ notes: [Note]) -> [ChunkID] {
        notes.compactMap { note in
            if case .replicaMissing(let chunk, _, .comparison) = note { chunk } else { nil }
        }
    }

    private func surplus(_ notes: [Note]) -> [ChunkID] {
        notes.compactMap { if case .surplusFound(let chunk, _) = $0 { chunk } else { nil } }
    }

    private func finished(_ notes: [Note]) -> [Finished] {
        notes.compactMap { note in
            if case .comparisonFinished(let peer, let isEqual, _, _) = note {
                Finished(peer: peer, isEqual: isEqual)
            } else {
                nil
            }
        }
    }

    /// A story in which files were stored and every node's first comparison is over.
    private func settled(
        nodes: Int = 4, chunks: [TestChunk], settings: ProtocolSettings = ProtocolSettings()
    ) throws -> BackendStory {
        var story = BackendStory(nodes: nodes, domains: nodes, settings: settings)
        story.advance(by: .minutes(1))
        try story.store(chunks)
        story.advance(by: .minutes(1))
        _ = story.drive.takeNotes()
        return story
    }

    /// Lets time pass until the backend asks a node for its inventory.
    private func advanceToComparison(_ story: inout BackendStory) {
        let start = story.requests.count
        for _ in 0..<100 where inventoryRequests(story, from: start).isEmpty {
            story.advance(by: .seconds(1))
        }
    }

    @Test func `every node is compared once an interval, give or take a quarter`() {
        var story = BackendStory(nodes: 5)
        story.advance(by: .minutes(1))
        #expect(Set(inventoryRequests(story)).count == 5)
        let start = story.requests.count
        story.advance(by: story.settings.antiEntropyInterval.scaled(by: 0.7))
        #expect(inventoryRequests(story, from: start).isEmpty)
        story.advance(by: story.settings.antiEntropyInterval.scaled(by: 0.6))
        #expect(Set(inventoryRequests(story, from: start)).count == 5)
    }

    @Test func `equal inventories end after one question`() throws {
        var story = try settled(chunks: (0..<10).map { TestChunk($0) })
        let start = story.requests.count
        story.advance(by: .hours(8))
        let notes = story.drive.takeNotes()
        #expect(finished(notes).count >= 4)
        #expect(finished(notes).allSatisfy { $0.isEqual })
        #expect(inventoryRequests(story, from: start).count == finished(notes).count)
    }

    @Test func `missing replicas are found, exactly those, and made anew`() throws {
        let chunks = (0..<60).map { TestChunk($0) }
        var story = try settled(nodes: 5, chunks: chunks)
        let held = story.nodes[0].held.keys.sorted()
        let lost = Array(held.prefix(5))
        for chunk in lost { story.nodes[0].held[chunk] = nil }
        story.restartNode(0)
        story.advance(by: .minutes(2))
        let notes = story.drive.takeNotes()
        #expect(findings(notes).sorted() == lost)
        #expect(surplus(notes).isEmpty)
        for chunk in chunks {
            #expect(story.holders(of: chunk).count == 3)
            #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
        }
    }

    @Test func `a node that lost everything is found out`() throws {
        let chunks = (0..<60).map { TestChunk($0) }
        var story = try settled(chunks: chunks)
        let count = story.nodes[1].held.count
        story.nodes[1].held = [:]
        story.restartNode(1)
        story.advance(by: .minutes(2))
        #expect(findings(story.drive.takeNotes()).count == count)
        for chunk in chunks { #expect(story.nodesHolding(chunk).count == 3) }
    }

    @Test func `a chunk that arrives during a comparison is no surplus`() throws {
        var story = try settled(chunks: [TestChunk(1)])
        story.holdsRequest = isInventory
        story.restartNode(0)
        advanceToComparison(&story)
        let late = (10..<40).map { TestChunk($0) }
        try story.store(late, as: 2)
        story.release()
        let notes = story.drive.takeNotes()
        #expect(finished(notes).map(\.isEqual) == [false])
        #expect(surplus(notes).isEmpty)
        #expect(findings(notes).isEmpty)
        story.advance(by: .minutes(5))
        for chunk in late { #expect(story.nodesHolding(chunk).count == 3) }
    }

    @Test func `a chunk on its way or staged is no surplus`() throws {
        var story = try settled(nodes: 3, chunks: [TestChunk(1)])
        let staged = TestChunk(2)
        story.put(staged)
        let onItsWay = TestChunk(3)
        story.holdsAnswer = { $0.storeRequest != nil }
        story.put(onItsWay)
        #expect(story.nodesHolding(onItsWay).count == 3)
        story.restartNode(0)
        // Before the store times out.
        story.advance(by: .seconds(5))
        #expect(surplus(story.drive.takeNotes()).isEmpty)
        #expect(story.requests(\.deleteRequest).isEmpty)
    }

    @Test func `a replica that came back during a comparison is not found missing`() throws {
        // Three nodes, so that a lost replica can only be made anew where it was.
        let chunk = TestChunk(1)
        var story = try settled(nodes: 3, chunks: [chunk])
        story.nodes[0].held = [:]
        story.holdsAnswer = isInventory
        story.restartNode(0)
        story.advance(by: .minutes(1) + .seconds(5))
        story.tell(.damaged(chunk.id), from: story.nodes[0].id)
        #expect(story.holders(of: chunk) == [0, 1, 2])
        _ = story.drive.takeNotes()
        story.release()
        let notes = story.drive.takeNotes()
        #expect(finished(notes).map(\.isEqual) == [false])
        #expect(findings(notes).isEmpty)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    // MARK: Surplus

    @Test func `a replica that nobody counted on is adopted while a holder is missing`() throws {
        let chunk = TestChunk(1)
        var story = try settled(nodes: 4, chunks: [chunk])
        let holders = story.holders(of: chunk)
        let idle = try #require(story.nodes.indices.first { !holders.contains($0) })
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.hear(.suspect, of: holders[0])
        story.restartNode(idle)
        story.advance(by: .minutes(3))
        #expect(surplus(story.drive.takeNotes()) == [chunk.id])
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
        var story = try settled(nodes: 4, chunks: [chunk])
        let idle = try #require(
            story.nodes.indices.first { !story.holders(of: chunk).contains($0) })
        story.nodes[idle].held[chunk.id] = chunk.payload
        story.restartNode(idle)
        story.advance(by: .minutes(3))
        #expect(surplus(story.drive.takeNotes()) == [chunk.id])
        #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
        #expect(story.holders(of: chunk).count == 3)
        #expect(!story.holders(of: chunk).contains(idle))
    }

    @Test func `a chunk that no ledger names is collected after the grace, not before`() throws {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(20)
        var story = try settled(nodes: 3, chunks: [TestChunk(1)], settings: settings)
        let orphan = TestChunk(50)
        // Where it is not all that a node holds, which would be too much to collect.
        let holder = story.nodesHolding(TestChunk(1))[0]
        story.nodes[holder].held[orphan.id] = orphan.payload
        story.advance(by: settings.orphanGrace - .minutes(1))
        #expect(story.nodesHolding(orphan) == [holder])
        #expect(surplus(story.drive.takeNotes()).contains(orphan.id))
        story.advance(by: .hours(1))
        #expect(story.nodesHolding(orphan).isEmpty)
        #expect(story.nodesHolding(TestChunk(1)).count == 3)
    }

    @Test func `a chunk that is put while it looks like an orphan is kept`() throws {
        var settings = ProtocolSettings()
        settings.antiEntropyInterval = .minutes(20)
        var story = try settled(nodes: 3, chunks: [TestChunk(1)], settings: settings)
        let chunk = TestChunk(50)
        story.nodes[0].held[chunk.id] = chunk.payload
        story.advance(by: settings.orphanGrace - .minutes(1))
        try story.store([chunk], as: 2)
        story.advance(by: .hours(3))
        #expect(story.nodesHolding(chunk).count == 3)
    }

    // MARK: Failure

    @Test func `a comparison that is not answered is tried again a few times, then later`() throws {
        var story = try settled(chunks: [TestChunk(1)])
        let settings = story.settings
        story.nodes[0].isSilent = true
        let start = story.requests.count
        story.restartNode(0)
        advanceToComparison(&story)
        story.advance(by: settings.requestTimeout * settings.attempts)
        #expect(inventoryRequests(story, from: start).count == settings.attempts)
        let failures = story.notes { note -> PeerID? in
            if case .comparisonFailed(let peer) = note { peer } else { nil }
        }
        #expect(failures == [story.nodes[0].id])

        story.nodes[0].isSilent = false
        story.advance(by: settings.antiEntropyInterval / 8 + .minutes(1))
        #expect(finished(story.drive.takeNotes()).map(\.peer) == [story.nodes[0].id])
    }

    @Test func `a node that answers nonsense is not believed`() throws {
        let chunk = TestChunk(1)
        var story = try settled(nodes: 3, chunks: [chunk])
        story.nodes[0].rule = { request in
            guard case .inventory(let request) = request else { return nil }
            let ids = (0..<17).map { TestChunk($0).id }.sorted()
            let answer = InventoryAnswer(
                question: request.question.fingerprint, entries: [.bucket(ids)])
            return .node(.inventory(.answered(answer)))
        }
        story.restartNode(0)
        story.advance(by: .minutes(2))
        let notes = story.drive.takeNotes()
        #expect(notes.contains { if case .comparisonFailed = $0 { true } else { false } })
        #expect(findings(notes).isEmpty)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `a refused comparison is tried again, and changes nothing`() throws {
        let chunk = TestChunk(1)
        var story = try settled(nodes: 3, chunks: [chunk])
        story.nodes[0].rule = { request in
            if case .inventory = request { .node(.inventory(.refused)) } else { nil }
        }
        let start = story.requests.count
        story.restartNode(0)
        story.advance(by: .minutes(2))
        #expect(inventoryRequests(story, from: start).count == story.settings.attempts)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `no more comparisons are under way than allowed`() {
        var settings = ProtocolSettings()
        settings.antiEntropySessions = 3
        var story = BackendStory(nodes: 12, settings: settings)
        story.advance(by: .minutes(1))
        story.holdsRequest = isInventory
        let start = story.requests.count
        story.advance(by: settings.antiEntropyInterval)
        // Asked again for lack of an answer, but never more than three at a time.
        for node in story.nodes { story.say(.alive, of: node.registration) }
        #expect(Set(inventoryRequests(story, from: start).suffix(3)).count <= 3)
        story.release()
        story.advance(by: settings.antiEntropyInterval)
        #expect(Set(inventoryRequests(story, from: start)).count == 12)
    }

    @Test func `no comparison begins while requests of a former run may still arrive`() throws {
        // A delete that is on its way could take a replica that was just adopted.
        var story = try settled(chunks: [TestChunk(1)])
        story.restartBackend()
        let start = story.requests.count
        story.advance(by: story.settings.requestTimeout - .milliseconds(1))
        #expect(inventoryRequests(story, from: start).isEmpty)
        story.advance(by: .minutes(1))
        #expect(Set(inventoryRequests(story, from: start)).count == 4)
    }
}
