import Primitives
import Roles
import Testing

/// Chunks that were put: trying again, and waiting for the commit.
@Suite struct BackendStagingTests {
    private let chunk = TestChunk(1)

    private func isStore(_ send: Effects.Send) -> Bool { send.storeRequest != nil }

    /// How many stores were sent.
    private func storeCount(_ story: BackendStory) -> Int { story.requests.count(where: isStore) }

    // MARK: Trying again

    @Test func `a chunk that stands already is not sent again`() {
        var story = BackendStory()
        story.put(chunk)
        let before = storeCount(story)
        #expect(story.put(chunk) == .stored)
        #expect(storeCount(story) == before)
    }

    @Test func `a user who tries again gets the answer of the upload under way`() {
        var story = BackendStory()
        story.holdsAnswer = isStore
        let request = FileRequest.putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload))
        _ = story.open(request)
        let before = storeCount(story)
        let second = story.open(request)
        #expect(storeCount(story) == before)
        story.release()
        guard case .putChunk(.stored)? = story.answer(to: second) else {
            Issue.record("the second try was not answered")
            return
        }
    }

    @Test func `a user who tries again after the quorum is answered at once`() {
        var story = BackendStory(nodes: 3)
        // One node is slow, so that the upload is still under way.
        story.holdsAnswer = { $0.to == Peers.node(0) }
        #expect(story.put(chunk) == .stored)
        let before = storeCount(story)
        #expect(story.put(chunk) == .stored)
        #expect(storeCount(story) == before)
    }

    @Test func `somebody else's try does not take the answer away`() {
        var story = BackendStory()
        story.holdsAnswer = isStore
        let request = FileRequest.putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload))
        let call = story.open(request, from: Peers.user)
        #expect(story.put(chunk, by: Peers.otherUser) == .busy)
        story.release()
        guard case .putChunk(.stored)? = story.answer(to: call) else {
            Issue.record("the first user was not answered")
            return
        }
    }

    // MARK: Staging

    @Test func `a chunk that no file takes is let go after the expiry`() throws {
        var story = BackendStory()
        story.put(chunk)
        let kept = TestChunk(2)
        try story.store([kept])
        story.advance(by: story.settings.uploadExpiry - .minutes(1))
        #expect(story.nodesHolding(chunk).count == 3)
        story.advance(by: .minutes(2))
        #expect(story.nodesHolding(chunk).isEmpty)
        #expect(story.backend.chunks[chunk.id] == nil)
        #expect(story.nodesHolding(kept).count == 3)
        #expect(story.commit([chunk], as: 2) == .unknownChunks([0]))
    }

    @Test func `a staged chunk is in no ledger`() throws {
        var story = BackendStory()
        story.put(chunk)
        story.advance(by: .minutes(10))
        #expect(try story.placement(of: chunk) == nil)
    }

    @Test func `a replica that fails after the commit is made good by repair`() throws {
        var story = BackendStory(nodes: 3)
        story.nodes[2].isSilent = true
        try story.store([chunk])
        #expect(story.holders(of: chunk) == [0, 1])
        // Nobody was left to ask when the store timed out.
        story.advance(by: .minutes(1))
        story.nodes[2].isSilent = false
        story.advance(by: .minutes(1))
        #expect(story.holders(of: chunk) == [0, 1, 2])
    }

    @Test func `replicas on nodes that died or left do not count towards a commit`() throws {
        for leaves in [true, false] {
            var story = BackendStory(nodes: 6)
            story.put(chunk)
            for holder in story.holders(of: chunk).prefix(2) {
                if leaves {
                    story.tell(.leave, from: story.nodes[holder].id)
                } else {
                    story.hear(.dead, of: holder)
                }
            }
            #expect(story.commit([chunk], as: 1) == .unknownChunks([0]))
            #expect(story.put(chunk) == .stored)
            #expect(story.commit([chunk], as: 1) == .committed)
            story.advance(by: .minutes(2))
            #expect(story.holders(of: chunk).count == 3)
        }
    }

    @Test func `a chunk that is put again is kept for the whole expiry once more`() {
        var story = BackendStory()
        story.put(chunk)
        story.advance(by: story.settings.uploadExpiry - .minutes(1))
        #expect(story.put(chunk) == .stored)
        story.advance(by: story.settings.uploadExpiry - .minutes(1))
        #expect(story.commit([chunk], as: 1) == .committed)
    }

    @Test func `an upload that goes on for three times the expiry can be committed`() {
        var story = BackendStory()
        let chunks = (0..<10).map { TestChunk($0) }
        for chunk in chunks {
            #expect(story.put(chunk) == .stored)
            story.advance(by: story.settings.uploadExpiry.scaled(by: 0.3))
        }
        #expect(story.commit(chunks, as: 1) == .committed)
        #expect(chunks.allSatisfy { story.nodesHolding($0).count == 3 })
    }

    @Test func `somebody else's upload renews nothing`() {
        var story = BackendStory()
        story.put(chunk)
        for number in 10..<14 {
            story.advance(by: story.settings.uploadExpiry.scaled(by: 0.3))
            story.put(TestChunk(number), by: Peers.otherUser)
        }
        #expect(story.backend.chunks[chunk.id] == nil)
        #expect(story.nodesHolding(chunk).isEmpty)
    }

    @Test func `what is left of an upload that went on for long goes after twice the expiry`() {
        var story = BackendStory()
        let chunks = (0..<10).map { TestChunk($0) }
        for chunk in chunks {
            story.put(chunk)
            story.advance(by: story.settings.uploadExpiry.scaled(by: 0.3))
        }
        // Of another upload of the same user's, which is over.
        story.commit(Array(chunks.suffix(2)), as: 1)
        story.advance(by: story.settings.uploadExpiry.scaled(by: 1.8))
        #expect(Set(story.backend.chunks.keys) == Set(chunks.suffix(2).map(\.id)))
        #expect(chunks.prefix(8).allSatisfy { story.nodesHolding($0).isEmpty })
    }

    @Test func `a chunk is not kept for ever for a user who always stores others`() {
        var settings = ProtocolSettings()
        settings.uploadExpiry = .minutes(2)
        settings.orphanGrace = .minutes(3)
        var story = BackendStory(settings: settings)
        story.put(chunk)
        for round in 0..<Backend.renewalLimit * 2 + 10 {
            if round == Backend.renewalLimit { #expect(story.backend.chunks[chunk.id] != nil) }
            story.put(TestChunk(10 + round))
            story.advance(by: .minutes(1))
        }
        #expect(story.backend.chunks[chunk.id] == nil)
    }
}
