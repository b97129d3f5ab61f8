import Primitives
import Roles
import Testing

@Suite struct BackendUploadTests {
    private let chunk = TestChunk(1)

    private func isStore(_ send: Effects.Send) -> Bool { send.storeRequest != nil }

    /// The nodes that were asked to store, in order, by number.
    private func asked(_ story: BackendStory, from start: Int = 0) -> [Int] {
        story.requests(from: start, \.storeRequest).compactMap { request in
            story.nodes.firstIndex { $0.id == request.to }
        }
    }

    @Test func `a chunk goes to as many nodes as it should have replicas`() {
        var story = BackendStory()
        #expect(story.put(chunk) == .stored)
        #expect(story.nodesHolding(chunk).count == 3)
        #expect(story.holders(of: chunk) == story.nodesHolding(chunk))
    }

    @Test func `a user is answered at the write quorum, not before and not after`() {
        var story = BackendStory()
        story.holdsAnswer = isStore
        let call = story.open(
            .putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)), from: Peers.user)
        let targets = asked(story)
        #expect(targets.count == 3)
        let stored = Answer.stored(chunk.id, .stored)
        for (count, target) in targets.enumerated() {
            #expect((story.answer(to: call) != nil) == (count >= 2))
            let request = story.requests.first {
                $0.to == story.nodes[target].id && isStore($0)
            }
            story.hear(stored, from: story.nodes[target].id, call: request?.call ?? .none)
        }
        #expect(story.inbox.filter { $0.call == call }.count == 1)
    }

    @Test func `an acknowledgement counts from the node that was asked only`() {
        var story = BackendStory()
        story.holdsAnswer = isStore
        #expect(story.put(chunk) == nil)
        let call = story.requests.last?.call ?? .none
        for _ in 0..<3 { story.hear(.stored(chunk.id, .stored), from: Peers.stranger, call: call) }
        #expect(story.inbox.isEmpty)
        #expect(story.holders(of: chunk).isEmpty)
    }

    @Test func `an acknowledgement of another chunk counts as none`() {
        var story = BackendStory()
        for index in story.nodes.indices {
            story.nodes[index].rule = { request in
                if case .store = request { .stored(TestChunk(2).id, .stored) } else { nil }
            }
        }
        #expect(story.put(chunk) == .unavailable)
        #expect(story.holders(of: chunk).isEmpty)
    }

    @Test(arguments: [StoreOutcome.full, .refused, .busy, .mismatched])
    func `a node that does not store is replaced by another`(outcome: StoreOutcome) {
        var story = BackendStory()
        for index in 0..<3 {
            story.nodes[index].rule = { request in
                if case .store(let request) = request {
                    .stored(request.chunk, outcome)
                } else {
                    nil
                }
            }
        }
        #expect(story.put(chunk) == .stored)
        #expect(story.holders(of: chunk) == [3, 4, 5])
    }

    @Test func `a node that is full is not asked again for a while`() throws {
        var story = BackendStory(nodes: 3)
        story.nodes[0].rule = { request in
            if case .store(let request) = request { .stored(request.chunk, .full) } else { nil }
        }
        story.put(TestChunk(1))
        #expect(asked(story).contains(0))
        let start = story.requests.count
        for number in 2..<20 { story.put(TestChunk(number)) }
        #expect(!asked(story, from: start).contains(0))

        story.nodes[0].rule = { _ in nil }
        story.advance(by: .minutes(2))
        story.put(TestChunk(20))
        #expect(asked(story, from: start).contains(0))
    }

    @Test func `a slow node is hedged: another is asked alongside, and the user waits no longer`() {
        var story = BackendStory()
        story.nodes[0].isSilent = true
        story.nodes[1].isSilent = true
        story.nodes[2].isSilent = true
        // Some seed's first choice has two silent nodes, and then the quorum needs a hedge.
        var hedged = 0
        for number in 0..<30 {
            let before = asked(story).count
            let chunk = TestChunk(number)
            let call = story.open(
                .putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)))
            let silent = asked(story).dropFirst(before).count { $0 < 3 }
            guard silent >= 2 else { continue }
            hedged += 1
            #expect(story.answer(to: call) == nil)
            story.advance(by: story.settings.hedgeAfter * 4)
            guard case .putChunk(.stored)? = story.answer(to: call) else {
                Issue.record("chunk \(number) was not stored after a hedge")
                continue
            }
        }
        #expect(hedged > 5)
    }

    @Test func `a node that never answers is given up, and the chunk is whole elsewhere`() {
        var story = BackendStory()
        story.nodes[0].isSilent = true
        for number in 0..<10 { story.put(TestChunk(number)) }
        story.advance(by: .minutes(2))
        for number in 0..<10 {
            let holders = story.holders(of: TestChunk(number))
            #expect(holders.count >= 3)
            #expect(!holders.contains(0))
        }
        #expect(story.notes { if case .requestTimedOut = $0 { true } else { nil } }.count > 0)
    }

    @Test func `an upload that nobody takes ends as unavailable after a bounded number of tries`() {
        var story = BackendStory(nodes: 40, domains: 40)
        for index in story.nodes.indices {
            story.nodes[index].rule = { request in
                if case .store(let request) = request { .stored(request.chunk, .busy) } else { nil }
            }
        }
        #expect(story.put(chunk) == .unavailable)
        let settings = story.settings
        #expect(asked(story).count == settings.replicas * (1 + settings.attempts))
        #expect(Set(asked(story)).count == asked(story).count)
    }

    @Test func `an upload is unavailable where there are no nodes, or too few`() {
        var empty = BackendStory(nodes: 0)
        #expect(empty.put(chunk) == .unavailable)
        var one = BackendStory(nodes: 1)
        #expect(one.put(chunk) == .unavailable)
        var two = BackendStory(nodes: 2)
        #expect(two.put(chunk) == .stored)
    }

    @Test func `a chunk that failed can be put again, and what it had counts`() {
        var story = BackendStory(nodes: 3)
        story.nodes[1].isSilent = true
        story.nodes[2].isSilent = true
        let call = story.open(.putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)))
        story.advance(by: .minutes(1))
        guard case .putChunk(.unavailable)? = story.answer(to: call) else {
            Issue.record("expected an unavailable answer")
            return
        }
        story.nodes[1].isSilent = false
        story.nodes[2].isSilent = false
        let start = story.requests.count
        #expect(story.put(chunk) == .stored)
        #expect(!asked(story, from: start).contains(0))
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `bytes under another name are mismatched and go nowhere`() {
        var story = BackendStory()
        let request = PutChunkRequest(chunk: chunk.id, payload: chunk.corrupt)
        guard case .putChunk(.mismatched)? = story.ask(.putChunk(request)) else {
            Issue.record("expected a mismatch")
            return
        }
        #expect(asked(story).isEmpty)
    }

    @Test func `uploads beyond the bound are refused as busy`() {
        var story = BackendStory(nodes: 1)
        story.nodes[0].isSilent = true
        var number = 0
        while number < 10_000 {
            guard story.put(TestChunk(number)) == nil else { break }
            number += 1
        }
        #expect(number == 4096)
        #expect(story.put(TestChunk(number)) == .busy)
        // They end, and then there is room again.
        story.advance(by: .minutes(2))
        #expect(story.put(TestChunk(number)) == nil)
    }

    @Test func `stores of one chunk bear different stamps, later ones later stamps`() {
        var story = BackendStory()
        story.put(TestChunk(1))
        story.put(TestChunk(2))
        let stamps = story.requests(\.storeRequest).map(\.request.stamp)
        #expect(stamps.count == 6)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(stamps[0] >= story.drive.now)
    }

    @Test(arguments: [-1, 0, Int.max, Int.min])
    func `a size that no chunk has is refused`(byteCount: Int) {
        var story = BackendStory()
        let payload = Payload(bytes: chunk.payload.bytes, byteCount: byteCount)
        let request = PutChunkRequest(chunk: chunk.id, payload: payload)
        guard case .putChunk(.mismatched)? = story.ask(.putChunk(request)) else {
            Issue.record("\(byteCount) bytes were not refused")
            return
        }
        #expect(asked(story).isEmpty)
    }

    @Test func `a replica on a node that is leaving counts towards no quorum`() {
        var story = BackendStory(nodes: 9)
        story.holdsAnswer = isStore
        let call = story.open(
            .putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)))
        let stores = story.requests.filter(isStore)
        for store in stores.prefix(2) { story.tell(.leave, from: store.to) }
        for store in stores.prefix(2) {
            story.hear(.stored(chunk.id, .stored), from: store.to, call: store.call)
        }
        #expect(story.answer(to: call) == nil)
        // Others take their place.
        #expect(asked(story).count == 5)
        story.hear(.stored(chunk.id, .stored), from: stores[2].to, call: stores[2].call)
        #expect(story.answer(to: call) == nil)
        story.release()
        #expect(story.put(chunk) == .stored)
    }
}
