import Ledger
import Primitives
import Testing

@testable import Roles

@Suite struct BackendVettingTests {
    private func settings(vetting: Duration = .hours(1)) -> ProtocolSettings {
        var settings = ProtocolSettings()
        settings.vettingTime = vetting
        return settings
    }

    /// Nodes that have been there for longer than it takes, and hold chunks 0 to 9.
    private func story(nodes: Int, settings: ProtocolSettings) throws -> BackendStory {
        var story = BackendStory(nodes: nodes, domains: nodes, settings: settings)
        try story.store((0..<10).map { TestChunk($0) }, as: 1)
        story.advance(by: .hours(2))
        return story
    }

    /// Puts chunks and makes a file of them.
    private func store(
        _ range: Range<Int>, as file: UInt64, in story: inout BackendStory
    ) throws -> [TestChunk] {
        let chunks = range.map { TestChunk($0) }
        try story.store(chunks, as: file)
        return chunks
    }

    private func held(by numbers: Range<Int>, of chunks: [TestChunk], in story: BackendStory) -> Int
    {
        chunks.reduce(0) { $0 + story.holders(of: $1).count { numbers.contains($0) } }
    }

    @Test func `new nodes are given little until they have been there and met challenges`() throws {
        var story = try story(nodes: 6, settings: settings())
        #expect(story.backend.members.vetted == Array(0..<6))
        for _ in 0..<6 { story.join() }
        story.advance(by: .minutes(1))
        let first = try store(100..<500, as: 2, in: &story)
        // Of 1200 replicas half would be theirs; one choice in twenty takes one for what others are.
        let little = held(by: 6..<12, of: first, in: story)
        #expect(little > 0 && little < 40, "\(little)")
        for chunk in first {
            #expect(story.holders(of: chunk).count == 3)
            #expect(held(by: 6..<12, of: [chunk], in: story) <= 1)
        }
        story.advance(by: .hours(2))
        let second = try store(500..<900, as: 3, in: &story)
        #expect(held(by: 6..<12, of: second, in: story) > 400)
    }

    @Test func `who meets no challenge stays new`() throws {
        var story = try story(nodes: 6, settings: settings())
        story.join()
        story.nodes[6].rule = { request in
            guard case .audit(let request) = request else { return nil }
            return .node(.audit(AuditAnswer(chunk: request.chunk, outcome: .unavailable)))
        }
        story.advance(by: .minutes(1))
        _ = try store(100..<300, as: 2, in: &story)
        #expect(!story.nodes[6].held.isEmpty)
        story.advance(by: .hours(5))
        #expect(try !story.member(6).isVetted && story.member(5).isVetted)
    }

    @Test func `where too few have proven themselves new nodes are given what they can take`()
        throws
    {
        var story = try story(nodes: 3, settings: settings())
        for number in [0, 1] { story.hear(.suspect, of: number) }
        for _ in 0..<3 { story.join() }
        story.advance(by: .minutes(1))
        for chunk in try store(100..<140, as: 2, in: &story) {
            #expect(story.holders(of: chunk).count == 3)
            #expect(held(by: 3..<6, of: [chunk], in: story) == 2)
        }
        story.hear(.alive, of: 0)
        for chunk in try store(140..<180, as: 3, in: &story) {
            #expect(held(by: 3..<6, of: [chunk], in: story) == 1)
        }
    }

    @Test func `distinct domains are worth more new nodes than one`() throws {
        let assigned = [Peers.node(0): UInt32(7), Peers.node(1): 7, Peers.node(2): 7]
        var story = BackendStory(
            nodes: 3, domains: 3, settings: settings(), assignedDomains: assigned)
        try story.store((0..<10).map { TestChunk($0) }, as: 1)
        story.advance(by: .hours(2))
        for _ in 0..<2 { story.join() }
        story.advance(by: .minutes(5))
        for number in 0..<10 {
            #expect(held(by: 3..<5, of: [TestChunk(number)], in: story) == 2)
        }
        for chunk in try store(100..<120, as: 2, in: &story) {
            #expect(held(by: 3..<5, of: [chunk], in: story) == 2)
        }
    }

    @Test func `while nobody has proven itself, or nobody has to, all are alike`() throws {
        for settings in [settings(vetting: .days(9)), settings(vetting: .zero)] {
            var story = try story(nodes: 3, settings: settings)
            for _ in 0..<3 { story.join() }
            story.advance(by: .minutes(1))
            let chunks = try store(100..<300, as: 2, in: &story)
            #expect(held(by: 3..<6, of: chunks, in: story) > 200)
        }
    }

    @Test func `a backend that starts again knows who has long been there`() throws {
        var story = try story(nodes: 6, settings: settings())
        story.join()
        story.advance(by: .minutes(1))
        story.restartBackend()
        // Until they have met a challenge again.
        story.advance(by: .minutes(2))
        #expect(story.backend.members.vetted == Array(0..<6))
    }

    // MARK: Domains

    @Test func `no domain holds much more than its share of the chunks`() throws {
        var settings = ProtocolSettings()
        (settings.replicas, settings.writeQuorum, settings.domainPercent) = (1, 1, 25)
        for (percent, range) in [(25, 0.15...0.32), (100, 0.7...1)] {
            settings.domainPercent = percent
            var story = BackendStory(nodes: 12, domains: 12, settings: settings)
            story.nodes[0].registration.freeBytes = 1 << 36
            story.nodes[0].registration.capacityBytes = 1 << 36
            for number in 1..<12 {
                story.nodes[number].registration.freeBytes = 1 << 30
                story.nodes[number].registration.capacityBytes = 1 << 30
            }
            for number in 0..<12 { story.hear(.alive, of: number) }
            for round in 0..<40 {
                let first = round * 10
                _ = try store(first..<first + 10, as: UInt64(round + 1), in: &story)
                story.advance(by: .seconds(30))
            }
            #expect(range.contains(Double(story.nodes[0].held.count) / 400), "\(percent)")
        }
    }

    @Test func `a domain that is full is used where there is no room in another`() throws {
        var settings = ProtocolSettings()
        (settings.replicas, settings.writeQuorum, settings.domainPercent) = (1, 1, 1)
        var story = BackendStory(nodes: 12, domains: 12, settings: settings)
        for number in 1..<12 {
            story.nodes[number].registration.freeBytes = 0
            story.hear(.alive, of: number)
        }
        for round in 0..<5 {
            let first = round * 20
            let chunks = try store(first..<first + 20, as: UInt64(round + 1), in: &story)
            #expect(held(by: 0..<1, of: chunks, in: story) == 20)
            story.advance(by: .minutes(1))
        }
        #expect(story.backend.members.fullDomains == [0])
    }

    @Test func `where a node stands is what the operator says, not what it claims`() throws {
        let assigned = Dictionary(
            uniqueKeysWithValues: (0..<4).map { (Peers.node($0), UInt32(77)) })
        var story = BackendStory(nodes: 6, domains: 6, assignedDomains: assigned)
        func check(_ story: BackendStory) throws {
            for number in 0..<6 {
                #expect(try story.member(number).domain == (number < 4 ? 77 : UInt32(number)))
            }
        }
        try check(story)
        for chunk in try store(0..<40, as: 1, in: &story) {
            #expect(held(by: 0..<4, of: [chunk], in: story) == 1)
        }
        story.restartBackend()
        try check(story)
    }

    @Test func `who sends other bytes is given nothing new for a while`() throws {
        var story = BackendStory(nodes: 6)
        let chunks = (0..<12).map { TestChunk($0) }
        try story.store(chunks)
        story.advance(by: .minutes(1))
        let liar = try #require(story.holders(of: chunks[0]).first)
        for number in story.nodes.indices {
            story.nodes[number].rule = { request in
                guard case .retrieve(let request) = request,
                    let chunk = chunks.first(where: { $0.id == request.chunk })
                else { return nil }
                return .node(
                    .retrieve(number == liar ? .found(chunk.corrupt) : .unavailable))
            }
        }
        for index in chunks.indices { #expect(story.read(index, of: chunks) == .unavailable) }
        let before = story.nodes[liar].held.count
        for number in 30..<50 { try story.store([TestChunk(number)], as: UInt64(number)) }
        #expect(story.nodes[liar].held.count == before)
    }
}
