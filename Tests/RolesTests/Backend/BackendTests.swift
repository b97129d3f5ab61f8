import Primitives
import Testing

@testable import Roles

@Suite struct BackendTests {
    private let chunk = TestChunk(1)

    @Test func `a backend answers nobody before it has read its ledger`() {
        var drive = Drive(
            Backend(
                id: Peers.backend, settings: ProtocolSettings(), discoveries: [],
                tagKey: Keys.tag, signingKey: Keys.backend))
        let request = PutChunkRequest(chunk: chunk.id, payload: chunk.payload)
        #expect(drive.receive(.file(.putChunk(request)), from: Peers.user).isEmpty)
        #expect(drive.receive(.leave, from: Peers.stranger).isEmpty)
        drive.start()
        #expect(drive.receive(.leave, from: Peers.stranger).count == 1)
    }

    @Test func `answers to a former run mean nothing`() throws {
        var story = BackendStory(nodes: 3)
        story.holdsAnswer = { $0.storeRequest != nil }
        story.put(chunk)
        let calls = story.requests.map { ($0.to, $0.call) }
        story.restartBackend()
        story.advance(by: .minutes(1))
        for (peer, call) in calls { story.hear(.stored(chunk.id, .stored), from: peer, call: call) }
        #expect(story.backend.chunks.isEmpty)
    }

    /// What nodes may answer instead of what they were asked for.
    private static let nonsense: [Answer] = [
        .isKnown(true), .node(.delete(.deleted)), .node(.inventory(.refused)),
        .file(.putChunk(.stored)), .isGranted(true),
    ]

    @Test func `nonsense in answer to a store counts as a failure`() {
        for answer in Self.nonsense {
            var story = BackendStory()
            for index in 0..<3 {
                story.nodes[index].rule = { if case .store = $0 { answer } else { nil } }
            }
            story.put(chunk)
            story.advance(by: .minutes(2))
            #expect(story.put(chunk) == .stored)
            #expect(story.holders(of: chunk) == [3, 4, 5])
        }
    }

    @Test func `nonsense in answer to a retrieval counts as a failure`() throws {
        for answer in Self.nonsense {
            var story = BackendStory(nodes: 3)
            try story.store([chunk])
            for index in 0..<2 {
                story.nodes[index].rule = { if case .retrieve = $0 { answer } else { nil } }
            }
            for _ in 0..<5 { #expect(story.read(0, of: [chunk]) == .found(chunk.payload)) }
        }
    }

    @Test func `nonsense in answer to copies does not wear out repair`() throws {
        var settings = ProtocolSettings()
        settings.repairTransfers = 2
        var story = BackendStory(nodes: 6, domains: 6, settings: settings)
        let chunks = (0..<10).map { TestChunk($0) }
        try story.store(chunks)
        for index in story.nodes.indices {
            story.nodes[index].rule = {
                if case .copy = $0 { .isKnown(true) } else { nil }
            }
        }
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(10))
        for index in story.nodes.indices { story.nodes[index].rule = { _ in nil } }
        story.advance(by: .minutes(1))
        for chunk in chunks { #expect(!story.holders(of: chunk).contains(0)) }
    }

    @Test func `what no user, node or discovery says means nothing`() {
        var story = BackendStory()
        let inbox = story.inbox.count
        let strange: [Request] = [
            .discovery(.register(.of(Peers.stranger))), .heartbeat(lease: 0, freeBytes: 0),
            .unregister, .node(.retrieve(RetrieveRequest(chunk: chunk.id, capability: nil))),
            .damaged(chunk.id),
        ]
        for request in strange { story.tell(request, from: Peers.stranger) }
        story.hear(.isKnown(false), from: Peers.stranger)
        #expect(story.inbox.count == inbox)
    }
}
