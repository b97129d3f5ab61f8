import Primitives
import Testing

@testable import Roles

/// Deleted files that come back.
@Suite struct BackendUndeleteTests {
    private let chunks = [TestChunk(1), TestChunk(2)]

    private func undelete(
        _ chunks: [TestChunk], in story: inout BackendStory, by user: PeerID = Peers.user
    ) -> UndeleteFileOutcome? {
        let request = UndeleteFileRequest(
            file: FileID(high: 0, low: 1), chunks: chunks.map(\.id))
        guard case .undelete(let outcome)? = story.ask(.undelete(request), from: user) else {
            return nil
        }
        return outcome
    }

    /// A story in which a file was stored and deleted, and deletions are over.
    private func deleted() throws -> BackendStory {
        var story = BackendStory(nodes: 3)
        try story.store(chunks)
        #expect(story.delete(chunks) == .deleted)
        story.advance(by: .seconds(30))
        return story
    }

    @Test func `a deleted file comes back and can be read`() throws {
        var story = try deleted()
        #expect(story.nodesHolding(chunks[0]).isEmpty)
        #expect(undelete(chunks, in: &story) == .undeleted)
        #expect(story.nodesHolding(chunks[0]).count == 3)
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
        #expect(story.backend.removedFiles(of: Peers.user).isEmpty)
        // And stays, also over a restart.
        story.restartBackend()
        #expect(story.read(1, of: chunks) == .found(chunks[1].payload))
        #expect(undelete(chunks, in: &story) == .undeleted)
    }

    @Test func `a backend that restarted still knows what was deleted`() throws {
        var story = try deleted()
        story.restartBackend()
        story.advance(by: .seconds(30))
        #expect(story.backend.removedFiles(of: Peers.user).count == 1)
        #expect(undelete(chunks, in: &story) == .undeleted)
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
    }

    @Test func `only its owner brings a file back, and with its chunks`() throws {
        var story = try deleted()
        #expect(undelete(chunks, in: &story, by: Peers.otherUser) == .notFound)
        #expect(undelete([chunks[0]], in: &story) == .mismatched)
        #expect(story.backend.removedFiles(of: Peers.otherUser).isEmpty)
    }

    @Test func `while deletions may be under way nothing comes back`() throws {
        var story = BackendStory(nodes: 3)
        try story.store(chunks)
        story.advance(by: .seconds(30))
        story.holdsRequest = { $0.deleteRequest != nil }
        story.delete(chunks)
        #expect(undelete(chunks, in: &story) == .unavailable)
        story.release()
        #expect(undelete(chunks, in: &story) == .undeleted)
    }

    @Test func `what is on no node any more is gone`() throws {
        var story = try deleted()
        for index in story.nodes.indices { story.nodes[index].trash[chunks[1].id] = nil }
        #expect(undelete(chunks, in: &story) == .gone)
        #expect(story.backend.files.isEmpty)
        #expect(story.backend.chunks.isEmpty)
    }

    @Test func `one replica is enough, and repair makes others`() throws {
        var story = try deleted()
        for index in [0, 1] { story.nodes[index].trash = [:] }
        #expect(undelete(chunks, in: &story) == .undeleted)
        story.advance(by: .minutes(5))
        #expect(story.nodesHolding(chunks[0]).count == 3)
    }

    @Test func `what was deleted too long ago is forgotten`() throws {
        var story = try deleted()
        story.advance(by: .days(4))
        #expect(story.backend.removedFiles(of: Peers.user).isEmpty)
        #expect(undelete(chunks, in: &story) == .notFound)
    }
}
