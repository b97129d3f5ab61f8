import Cryptography
import Ledger
import Merkle
import Primitives
import Roles
import Testing

@Suite struct BackendLedgerTests {
    /// The nodes of each chunk, as a backend believes.
    private func placements(_ backend: Backend) -> [ChunkID: [PeerID]] {
        backend.chunks.mapValues { chunk in
            chunk.holders.map { backend.members[$0.member].peer }.sorted()
        }
    }

    @Test func `a restarted backend knows the files, placements and members of its ledger`() throws
    {
        var story = BackendStory(nodes: 6, domains: 3)
        try story.store((0..<5).map { TestChunk($0) }, as: 1)
        try story.store((5..<9).map { TestChunk($0) }, as: 2, by: Peers.otherUser)
        try story.store([TestChunk(20)], as: 3)
        story.delete([TestChunk(20)], file: 3)
        story.hear(.dead, of: 0)
        story.advance(by: .minutes(2))
        let before = story.backend

        story.discoveries[0].isSilent = true
        story.restartBackend()
        story.advance(by: story.settings.requestTimeout)
        let after = story.backend
        #expect(after.isReady)
        #expect(after.files == before.files)
        #expect(after.files.count == 2)
        #expect(placements(after) == placements(before))
        #expect(after.chunks.mapValues(\.byteCount) == before.chunks.mapValues(\.byteCount))
        #expect(after.members.all.map(\.peer) == before.members.all.map(\.peer))
        #expect(after.members.all.map(\.domain) == before.members.all.map(\.domain))
        #expect(after.members.all.map(\.capacityBytes) == before.members.all.map(\.capacityBytes))
        #expect(after.members.all.map(\.expected) == before.members.all.map(\.expected))
        // Who was dead still is; of the others nothing is known until a discovery tells.
        #expect(
            after.members.all.map(\.standing.status)
                == [.dead] + Array(repeating: .suspect, count: 5))
        let recovered = story.notes {
            if case .recovered(let blocks, _) = $0 { blocks } else { nil }
        }
        #expect(recovered.last == story.drive.disk.state.log.count)

        story.discoveries[0].isSilent = false
        story.advance(by: .minutes(1))
        let chunks = (0..<5).map { TestChunk($0) }
        #expect(story.read(2, of: chunks) == .found(chunks[2].payload))
    }

    @Test func `the ledger goes on where it was after a restart`() throws {
        var story = BackendStory()
        try story.store([TestChunk(1)], as: 1)
        story.restartBackend()
        story.advance(by: .minutes(1))
        try story.store([TestChunk(2)], as: 2)
        let state = try LedgerVerifier.verifyChain(
            encodedBlocks: story.drive.disk.state.log, writer: Keys.backend.publicKey)
        #expect(state.blockCount == UInt64(story.drive.disk.state.log.count))
        #expect(state.recordCount == (try story.records().count))
    }

    @Test func `what was not durable is not there after a crash, nor was it acknowledged`() throws {
        var story = BackendStory()
        let chunk = TestChunk(1)
        story.put(chunk)
        story.drive.disk.holding = .syncs
        let call = story.open(.commit(BackendStory.commit([chunk], as: 1)))
        story.restartBackend()
        #expect(story.answer(to: call) == nil)
        #expect(story.backend.files.isEmpty)
        story.advance(by: .minutes(1))
        // The user tries again from where the answer sends them.
        #expect(story.commit([chunk], as: 1) == .unknownChunks([0]))
        try story.store([chunk])
    }

    @Test func `a tampered ledger is refused, and its backend serves nobody`() throws {
        var story = BackendStory()
        try story.store([TestChunk(1)])
        let blocks = story.drive.disk.state.log.count
        story.drive.disk.tamper(block: blocks - 1, byte: 200)
        _ = story.drive.takeNotes()
        story.restartBackend()
        let errors = story.notes { if case .ledgerRefused(let error) = $0 { error } else { nil } }
        #expect(errors.count == 1)
        #expect(errors.first?.height == UInt64(blocks - 1))
        #expect(!story.backend.isReady)

        let start = story.requests.count
        #expect(story.put(TestChunk(2)) == nil)
        #expect(story.ask(.getFile(GetFileRequest(file: FileID(high: 0, low: 1)))) == nil)
        #expect(story.leave(Peers.stranger) == nil)
        story.advance(by: .days(1))
        #expect(story.requests.count == start)
        #expect(story.drive.disk.state.log.count == blocks)
    }

    @Test func `another writer's ledger is refused`() throws {
        var writer = LedgerWriter(signingKey: Keys.stranger)
        let block = writer.append([], at: .origin)
        var drive = Drive(
            Backend(
                id: Peers.backend, settings: ProtocolSettings(), discoveries: [],
                tagKey: Keys.tag, signingKey: Keys.backend))
        drive.disk.take(.append(block.encoded()))
        drive.start()
        #expect(!drive.role.isReady)
        #expect(drive.takeNotes().contains { if case .ledgerRefused = $0 { true } else { false } })
    }

    @Test func `stamps go on increasing after a restart`() throws {
        var story = BackendStory()
        try story.store([TestChunk(1)])
        story.restartBackend()
        story.advance(by: story.settings.peersInterval)
        story.put(TestChunk(2))
        let stamps = story.requests(\.storeRequest).map(\.request.stamp)
        #expect(stamps.count == 6)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `a chunk without any replica left is not recorded as released`() throws {
        var story = BackendStory(nodes: 3)
        let chunk = TestChunk(1)
        try story.store([chunk])
        for index in story.nodes.indices { story.nodes[index].held = [:] }
        for node in story.nodes { story.tell(.damaged(chunk.id), from: node.id) }
        story.advance(by: .minutes(5))
        #expect(story.holders(of: chunk).isEmpty)
        #expect(try story.placement(of: chunk)?.isRelease == false)
        // So a replica that turns up after a restart is still somebody's.
        story.restartBackend()
        story.nodes[1].held[chunk.id] = chunk.payload
        story.advance(by: .minutes(5))
        #expect(story.read(0, of: [chunk]) == .found(chunk.payload))
    }

    @Test func `a chunk that was released and put again is not recorded before its commit`() throws
    {
        var story = BackendStory(nodes: 4)
        let chunk = TestChunk(1)
        try story.store([chunk])
        story.drive.disk.holding = .syncs
        // A block is in flight, and a change of the chunk's holders waits for the next.
        story.put(TestChunk(2))
        _ = story.open(.commit(BackendStory.commit([TestChunk(2)], as: 2)))
        story.tell(.damaged(chunk.id), from: story.nodes[story.holders(of: chunk)[0]].id)
        _ = story.open(
            .delete(DeleteFileRequest(file: FileID(high: 0, low: 1), chunks: [chunk.id])))
        #expect(story.put(chunk) == .stored)
        story.releaseDisk()
        #expect(try story.placement(of: chunk)?.isRelease == true)
    }
}
