import Ledger
import Primitives
import Roles
import Testing

@Suite struct BackendPlacementTests {
    /// The failure domains of a chunk's holders.
    private func domains(of chunk: TestChunk, in story: BackendStory) -> Set<UInt32> {
        Set(story.holders(of: chunk).map { story.nodes[$0].registration.domain })
    }

    @Test func `replicas stand in distinct failure domains`() {
        var story = BackendStory(nodes: 12, domains: 3)
        for number in 0..<100 {
            story.put(TestChunk(number))
            #expect(domains(of: TestChunk(number), in: story).count == 3)
        }
    }

    @Test func `where there are too few domains, replicas stand on distinct nodes at least`() {
        var story = BackendStory(nodes: 6, domains: 2)
        for number in 0..<50 {
            story.put(TestChunk(number))
            #expect(story.holders(of: TestChunk(number)).count == 3)
            #expect(domains(of: TestChunk(number), in: story).count == 2)
        }
    }

    @Test func `a node is chosen in proportion to its free space`() {
        // Nodes 0 to 3 have 1, 2, 3 and 4 parts of the free space, so much that it hardly changes.
        var settings = ProtocolSettings()
        settings.replicas = 1
        settings.writeQuorum = 1
        var story = BackendStory(nodes: 4, domains: 4, settings: settings)
        for index in story.nodes.indices {
            story.nodes[index].registration.freeBytes = UInt64(index + 1) << 30
            story.nodes[index].registration.capacityBytes = 1 << 34
            story.hear(.alive, of: index)
        }
        let count = 2000
        for number in 0..<count { story.put(TestChunk(number)) }
        for (index, node) in story.nodes.enumerated() {
            let expected = Double(count) * Double(index + 1) / 10
            // Four standard deviations of a binomial count.
            let tolerance = 4 * (expected * (1 - Double(index + 1) / 10)).squareRoot()
            #expect(
                abs(Double(node.held.count) - expected) < tolerance,
                "node \(index) got \(node.held.count) of \(expected) (seed 1)")
        }
    }

    @Test func `space that was given out counts as taken before the node says so`() {
        var story = BackendStory(nodes: 3, freeBytes: 64 * 10)
        for number in 0..<10 { #expect(story.put(TestChunk(number)) == .stored) }
        #expect(story.put(TestChunk(10)) == .unavailable)
    }

    @Test func `nothing new goes to suspect, dead or draining nodes`() {
        var story = BackendStory(nodes: 6, domains: 6)
        story.hear(.suspect, of: 0)
        story.hear(.dead, of: 1)
        story.tell(.leave, from: story.nodes[2].id)
        for number in 0..<20 {
            story.put(TestChunk(number))
            #expect(story.holders(of: TestChunk(number)) == [3, 4, 5])
        }
        story.hear(.alive, of: 0)
        for number in 20..<40 { story.put(TestChunk(number)) }
        #expect(!story.nodes[0].held.isEmpty)
    }

    @Test func `what replaces a dead replica stands in the domain that it left empty`() throws {
        var story = BackendStory(nodes: 9, domains: 3)
        let chunks = (0..<30).map { TestChunk($0) }
        try story.store(chunks)
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(2))
        for chunk in chunks {
            #expect(story.holders(of: chunk).count == 3)
            #expect(domains(of: chunk, in: story).count == 3)
        }
    }

    @Test func `what replaces a refusal stands in the domain that it left empty`() throws {
        var story = BackendStory(nodes: 9, domains: 3)
        story.nodes[0].rule = { request in
            if case .store(let request) = request { .stored(request.chunk, .refused) } else { nil }
        }
        for number in 0..<30 {
            story.put(TestChunk(number))
            #expect(domains(of: TestChunk(number), in: story).count == 3)
        }
    }

    @Test func `what was placed in too few domains moves once there are more`() throws {
        var story = BackendStory(nodes: 9, domains: 3)
        let away = [2, 5, 8]
        for node in away { story.hear(.suspect, of: node) }
        let chunks = (0..<40).map { TestChunk($0) }
        try story.store(chunks)
        story.advance(by: .minutes(5))
        for chunk in chunks { #expect(domains(of: chunk, in: story) == [0, 1]) }
        let before = story.backend.repairs.fruitlessTries
        story.advance(by: story.settings.peersInterval * 100)
        #expect(story.backend.repairs.fruitlessTries - before <= 400)
        #expect(story.requests(\.copyRequest).isEmpty && story.backend.repairs.count == 0)
        for node in away { story.hear(.alive, of: node) }
        story.advance(by: .minutes(2))
        for chunk in chunks {
            #expect(domains(of: chunk, in: story).count == 3)
            #expect(story.holders(of: chunk).count == 3 && story.nodesHolding(chunk).count == 3)
        }
        #expect(story.requests(\.copyRequest).count == chunks.count)
    }

    @Test func `of too many replicas those go whose domain has another`() throws {
        // Domains 0, 1, 2, 0: with one more than needed, nodes 0 and 3 are one too many.
        var story = BackendStory(nodes: 4, domains: 3)
        story.advance(by: .minutes(1))
        let chunks = (0..<20).map { TestChunk($0) }
        try story.store(chunks)
        for number in [0, 3] {
            story.hear(.dead, of: number)
            story.advance(by: .minutes(2))
            story.hear(.alive, of: number)
            story.advance(by: .minutes(3))
        }
        for chunk in chunks {
            #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
            #expect(story.holders(of: chunk).count == 3)
            #expect(domains(of: chunk, in: story).count == 3)
        }
    }

    @Test func `a replica is not deleted while the durable ledger counts on it`() throws {
        var settings = ProtocolSettings()
        settings.ledgerInterval = .minutes(10)
        var story = BackendStory(nodes: 4, domains: 4, settings: settings)
        let chunk = TestChunk(1)
        story.advance(by: .minutes(1))
        try story.store([chunk])
        let number = story.holders(of: chunk)[0]
        story.hear(.dead, of: number)
        story.advance(by: .minutes(12))
        #expect(!story.holders(of: chunk).contains(number))

        // It returns, one too many; its deletion waits for the next block. Meanwhile it is adopted
        // after all, for lack of another ...
        story.hear(.alive, of: number)
        story.advance(by: .minutes(1))
        let silent = story.holders(of: chunk)[0]
        story.hear(.suspect, of: silent)
        story.restartNode(number)
        story.advance(by: .minutes(2))
        #expect(story.holders(of: chunk).contains(number))

        // ... and let go again, while the block that names it is being written.
        story.drive.disk.holding = .syncs
        story.advance(by: .minutes(10))
        story.hear(.alive, of: silent)
        #expect(!story.holders(of: chunk).contains(number))
        story.releaseDisk()
        #expect(try story.placement(of: chunk)?.nodes.contains(story.nodes[number].id) == true)
        #expect(story.nodesHolding(chunk).contains(number))
        story.advance(by: .minutes(12))
        #expect(story.nodesHolding(chunk) == story.holders(of: chunk))
        #expect(story.holders(of: chunk).count == 3)
    }

    @Test func `space that was given out and not used is free again in time`() throws {
        var story = BackendStory(nodes: 3, freeBytes: 64 * 10)
        for index in story.nodes.indices {
            story.nodes[index].rule = { request in
                if case .store(let request) = request { .stored(request.chunk, .busy) } else { nil }
            }
        }
        for number in 0..<10 { #expect(story.put(TestChunk(number)) == .unavailable) }
        for index in story.nodes.indices { story.nodes[index].rule = { _ in nil } }
        story.advance(by: .minutes(2))
        #expect(story.put(TestChunk(10)) == .stored)
    }

    @Test func `nodes that boast of boundless space do no harm`() {
        var story = BackendStory(nodes: 4, domains: 1)
        for index in story.nodes.indices {
            story.nodes[index].registration.freeBytes = .max
            story.nodes[index].registration.capacityBytes = .max
            story.hear(.alive, of: index)
        }
        for number in 0..<10 { #expect(story.put(TestChunk(number)) == .stored) }
    }

    @Test func `a node has no more space than capacity, whatever it says`() throws {
        var story = BackendStory(nodes: 1)
        story.nodes[0].registration.freeBytes = 2_000_000
        story.hear(.alive, of: 0)
        #expect(try story.member(0).freeBytes == 1_000_000)
    }
}
