import Ledger
import Merkle
import Primitives
import Roles
import Testing

@Suite struct BackendAntiEntropyTests {
    @Test func `every node is compared once an interval, give or take a quarter`() {
        var story = BackendStory(nodes: 5)
        story.advance(by: .minutes(1))
        #expect(Set(story.inventoryRequests()).count == 5)
        let start = story.requests.count
        story.advance(by: story.settings.antiEntropyInterval.scaled(by: 0.7))
        #expect(story.inventoryRequests(from: start).isEmpty)
        story.advance(by: story.settings.antiEntropyInterval.scaled(by: 0.6))
        #expect(Set(story.inventoryRequests(from: start)).count == 5)
    }

    @Test func `equal inventories end after one question`() throws {
        var story = try BackendStory.settled(chunks: (0..<10).map { TestChunk($0) })
        let start = story.requests.count
        story.advance(by: .hours(8))
        let notes = story.drive.takeNotes()
        #expect(notes.finished.count >= 4)
        #expect(notes.finished.allSatisfy { $0.isEqual })
        #expect(story.inventoryRequests(from: start).count == notes.finished.count)
    }

    @Test func `missing replicas are found, exactly those, and made anew`() throws {
        let chunks = (0..<60).map { TestChunk($0) }
        var story = try BackendStory.settled(nodes: 5, chunks: chunks)
        let held = story.nodes[0].held.keys.sorted()
        let lost = Array(held.prefix(5))
        for chunk in lost { story.nodes[0].held[chunk] = nil }
        story.restartNode(0)
        story.advance(by: .minutes(2))
        let notes = story.drive.takeNotes()
        #expect(notes.findings.sorted() == lost)
        #expect(notes.surplus.isEmpty)
        for chunk in chunks {
            #expect(story.holders(of: chunk).count == 3)
            #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
        }
    }

    @Test func `a node that lost everything is found out`() throws {
        let chunks = (0..<60).map { TestChunk($0) }
        var story = try BackendStory.settled(chunks: chunks)
        let count = story.nodes[1].held.count
        story.nodes[1].held = [:]
        story.restartNode(1)
        story.advance(by: .minutes(2))
        #expect(story.drive.takeNotes().findings.count == count)
        for chunk in chunks { #expect(story.nodesHolding(chunk).count == 3) }
    }

    @Test func `a chunk that arrives during a comparison is no surplus`() throws {
        var story = try BackendStory.settled(chunks: [TestChunk(1)])
        story.holdsRequest = BackendStory.isInventory
        story.restartNode(0)
        story.advanceToComparison()
        let late = (10..<40).map { TestChunk($0) }
        try story.store(late, as: 2)
        story.release()
        let notes = story.drive.takeNotes()
        #expect(notes.finished.map(\.isEqual) == [false])
        #expect(notes.surplus.isEmpty)
        #expect(notes.findings.isEmpty)
        story.advance(by: .minutes(5))
        for chunk in late { #expect(story.nodesHolding(chunk).count == 3) }
    }

    @Test func `a chunk on its way or staged is no surplus`() throws {
        var story = try BackendStory.settled(nodes: 3, chunks: [TestChunk(1)])
        let staged = TestChunk(2)
        story.put(staged)
        let onItsWay = TestChunk(3)
        story.holdsAnswer = { $0.storeRequest != nil }
        story.put(onItsWay)
        #expect(story.nodesHolding(onItsWay).count == 3)
        story.restartNode(0)
        // Before the store times out.
        story.advance(by: .seconds(5))
        #expect(story.drive.takeNotes().surplus.isEmpty)
        #expect(story.requests(\.deleteRequest).isEmpty)
    }

    @Test func `a replica that came back during a comparison is not found missing`() throws {
        // Three nodes, so that a lost replica can only be made anew where it was.
        let chunk = TestChunk(1)
        var story = try BackendStory.settled(nodes: 3, chunks: [chunk])
        story.nodes[0].held = [:]
        story.holdsAnswer = BackendStory.isInventory
        story.restartNode(0)
        story.advance(by: .minutes(1) + .seconds(5))
        story.tell(.damaged(chunk.id), from: story.nodes[0].id)
        #expect(story.holders(of: chunk) == [0, 1, 2])
        _ = story.drive.takeNotes()
        story.release()
        let notes = story.drive.takeNotes()
        #expect(notes.finished.map(\.isEqual) == [false])
        #expect(notes.findings.isEmpty)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    // MARK: Failure

    @Test func `a comparison that is not answered is tried again a few times, then later`() throws {
        var story = try BackendStory.settled(chunks: [TestChunk(1)])
        let settings = story.settings
        story.nodes[0].isSilent = true
        let start = story.requests.count
        story.restartNode(0)
        story.advanceToComparison()
        story.advance(by: settings.requestTimeout * settings.attempts)
        #expect(story.inventoryRequests(from: start).count == settings.attempts)
        let failures = story.notes { note -> PeerID? in
            if case .comparisonFailed(let peer) = note { peer } else { nil }
        }
        #expect(failures == [story.nodes[0].id])

        story.nodes[0].isSilent = false
        story.advance(by: settings.antiEntropyInterval / 8 + .minutes(1))
        #expect(story.drive.takeNotes().finished.map(\.peer) == [story.nodes[0].id])
    }

    @Test func `a node that answers nonsense is not believed`() throws {
        let chunk = TestChunk(1)
        var story = try BackendStory.settled(nodes: 3, chunks: [chunk])
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
        #expect(notes.findings.isEmpty)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `a refused comparison is tried again, and changes nothing`() throws {
        let chunk = TestChunk(1)
        var story = try BackendStory.settled(nodes: 3, chunks: [chunk])
        story.nodes[0].rule = { request in
            if case .inventory = request { .node(.inventory(.refused)) } else { nil }
        }
        let start = story.requests.count
        story.restartNode(0)
        story.advance(by: .minutes(2))
        #expect(story.inventoryRequests(from: start).count == story.settings.attempts)
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `no more comparisons are under way than allowed`() {
        var settings = ProtocolSettings()
        settings.antiEntropySessions = 3
        var story = BackendStory(nodes: 12, settings: settings)
        story.advance(by: .minutes(1))
        story.holdsRequest = BackendStory.isInventory
        let start = story.requests.count
        story.advance(by: settings.antiEntropyInterval)
        // Asked again for lack of an answer, but never more than three at a time.
        for node in story.nodes { story.say(.alive, of: node.registration) }
        #expect(Set(story.inventoryRequests(from: start).suffix(3)).count <= 3)
        story.release()
        story.advance(by: settings.antiEntropyInterval)
        #expect(Set(story.inventoryRequests(from: start)).count == 12)
    }

    /// Leads on and on, and never to a chunk.
    private static func mislead(_ request: NodeRequest) -> Answer? {
        guard case .inventory(let request) = request else { return nil }
        let hashes = (1...16 as ClosedRange<UInt64>).map { Hash256($0, 0, 0, 0) }
        let entries = request.question.prefixes.map {
            $0.depth < 6 ? InventoryAnswer.Entry.children(hashes) : .bucket([])
        }
        return .node(
            .inventory(
                .answered(
                    InventoryAnswer(question: request.question.fingerprint, entries: entries))))
    }

    @Test func `nodes that let no comparison end keep nobody else from one`() {
        var settings = ProtocolSettings()
        settings.antiEntropySessions = 2
        var story = BackendStory(nodes: 8, settings: settings)
        for number in 0..<4 { story.nodes[number].rule = Self.mislead }
        let liars = story.nodes.prefix(4).map(\.id)
        // Each question is answered just before it would be asked again.
        story.holdsAnswer = { BackendStory.isInventory($0) && liars.contains($0.to) }
        for _ in 0..<500 {
            story.advance(by: settings.requestTimeout - .milliseconds(1))
            story.releaseAnswers()
        }
        let notes = story.drive.takeNotes()
        #expect(Set(notes.finished.map(\.peer)) == Set(story.nodes.dropFirst(4).map(\.id)))
        let failed = notes.compactMap { note -> PeerID? in
            if case .comparisonFailed(let peer) = note { peer } else { nil }
        }
        // Given up once, a liar waits for its turn as everybody does.
        #expect(failed.sorted() == liars)
    }

    @Test func `no comparison begins while requests of a former run may still arrive`() throws {
        // A delete that is on its way could take a replica that was just adopted.
        var story = try BackendStory.settled(chunks: [TestChunk(1)])
        story.restartBackend()
        let start = story.requests.count
        story.advance(by: story.settings.requestTimeout - .milliseconds(1))
        #expect(story.inventoryRequests(from: start).isEmpty)
        story.advance(by: .minutes(1))
        #expect(Set(story.inventoryRequests(from: start)).count == 4)
    }
}
