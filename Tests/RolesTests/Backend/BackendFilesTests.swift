import Files
import Ledger
import Merkle
import Primitives
import Testing

@testable import Roles

@Suite struct BackendFilesTests {
    private let chunks = [TestChunk(1), TestChunk(2), TestChunk(3)]
    private let file = FileID(high: 0, low: 1)

    private func putAll(in story: inout BackendStory, by user: PeerID = Peers.user) {
        for chunk in chunks { #expect(story.put(chunk, by: user) == .stored) }
    }

    private func record(
        of file: FileID, for user: PeerID, in story: inout BackendStory
    ) -> FileRecord? {
        if case .getFile(.found(let record))? = story.ask(
            .getFile(GetFileRequest(file: file)), from: user)
        {
            record
        } else {
            nil
        }
    }

    // MARK: Committing

    @Test func `a commit is acknowledged once its block is durable, not before`() throws {
        var story = BackendStory()
        putAll(in: &story)
        story.drive.disk.holding = .syncs
        let call = story.open(.commit(BackendStory.commit(chunks, as: 1)))
        #expect(story.answer(to: call) == nil)
        #expect(story.drive.disk.durable.log.count < story.drive.disk.state.log.count)
        story.releaseDisk()
        guard case .commit(.committed)? = story.answer(to: call) else {
            Issue.record("the commit was not acknowledged")
            return
        }
        let files = try story.records().compactMap { record -> FileRecord? in
            if case .file(let file) = record { file } else { nil }
        }
        #expect(files.map(\.file) == [file])
        #expect(files.first?.root == MerkleTree.root(ofChunks: chunks.map(\.id)))
        #expect(files.first?.chunkCount == 3)
        for chunk in chunks {
            #expect(
                try story.placement(of: chunk)?.nodes
                    == story.holders(of: chunk).map { story.nodes[$0].id })
        }
    }

    @Test func `chunks that were not put are named, by index`() {
        var story = BackendStory()
        story.put(chunks[1])
        #expect(story.commit(chunks, as: 1) == .unknownChunks([0, 2]))
        #expect(story.backend.files.isEmpty)
    }

    @Test func `a chunk short of the write quorum is not there yet`() {
        var story = BackendStory()
        story.holdsAnswer = { $0.storeRequest != nil }
        story.put(chunks[0])
        #expect(story.commit([chunks[0]], as: 1) == .unknownChunks([0]))
        story.release()
        #expect(story.commit([chunks[0]], as: 1) == .committed)
    }

    @Test func `a chunk of another file, or one twice, is a conflict`() throws {
        var story = BackendStory()
        try story.store([chunks[0]], as: 1)
        story.put(chunks[1])
        #expect(story.commit([chunks[1], chunks[0]], as: 2) == .conflict)
        #expect(story.commit([chunks[1], chunks[1]], as: 2) == .conflict)
        #expect(story.commit([], as: 2) == .conflict)
        #expect(story.commit([chunks[1]], as: 2) == .committed)
    }

    @Test func `a chunk that somebody else put is a conflict`() {
        var story = BackendStory()
        putAll(in: &story, by: Peers.user)
        #expect(story.commit(chunks, as: 1, by: Peers.otherUser) == .conflict)
        #expect(story.commit(chunks, as: 1, by: Peers.user) == .committed)
    }

    @Test func `a file id that is taken is a conflict, for anybody`() throws {
        var story = BackendStory()
        try story.store([chunks[0]], as: 1)
        story.put(chunks[1])
        #expect(story.commit([chunks[1]], as: 1) == .conflict)
        story.put(chunks[2], by: Peers.otherUser)
        #expect(story.commit([chunks[2]], as: 1, by: Peers.otherUser) == .conflict)
        // The very same commit of somebody else is none of theirs either.
        #expect(story.commit([chunks[0]], as: 1, by: Peers.otherUser) == .conflict)
    }

    @Test func `the same commit again is acknowledged again, and recorded once`() throws {
        var story = BackendStory()
        putAll(in: &story)
        story.drive.disk.holding = .syncs
        let request = FileRequest.commit(BackendStory.commit(chunks, as: 1))
        let first = story.open(request)
        let second = story.open(request)
        // While the block is in flight neither try may be told that it is durable.
        #expect(story.answer(to: first) == nil)
        #expect(story.answer(to: second) == nil)
        story.releaseDisk()
        for call in [first, second] {
            guard case .commit(.committed)? = story.answer(to: call) else {
                Issue.record("a try was not acknowledged")
                continue
            }
        }
        #expect(story.commit(chunks, as: 1) == .committed)
        let files = try story.records().count { if case .file = $0 { true } else { false } }
        #expect(files == 1)
    }

    @Test
    func `a manifest or key that no such file can have is refused, and stays out of the ledger`()
        throws
    {
        var story = BackendStory()
        putAll(in: &story)
        let largest = Manifest.largestSealedCount(chunks: chunks.count)
        var request = BackendStory.commit(chunks, as: 1)
        for (manifest, key) in [
            (largest + 1, MasterKey.wrappedCount), (1, MasterKey.wrappedCount + 1),
            (1, MasterKey.wrappedCount - 1), (1, 0), (40 << 20, 40 << 20),
        ] {
            request.sealedManifest = [UInt8](repeating: 1, count: manifest)
            request.wrappedKey = [UInt8](repeating: 2, count: key)
            #expect(story.commit(request) == .implausible, "\(manifest) and \(key) bytes")
        }
        #expect(story.backend.files.isEmpty)
        request.sealedManifest = [UInt8](repeating: 1, count: largest)
        request.wrappedKey = BackendStory.wrappedKey
        #expect(story.commit(request) == .committed)
        let files = try story.records().count { if case .file = $0 { true } else { false } }
        #expect(files == 1)
    }

    @Test
    func `a file of too many chunks is refused, and the largest fits a block that nodes keep`()
        throws
    {
        var story = BackendStory()
        let chunks = (0...Manifest.chunkLimit).map { ChunkID(Hash256(UInt64($0), 0, 0, 0)) }
        var request = CommitRequest(
            file: file, chunks: chunks, sealedManifest: [], wrappedKey: BackendStory.wrappedKey)
        #expect(story.commit(request) == .implausible)
        request.chunks.removeLast()
        guard case .unknownChunks = story.commit(request) else {
            Issue.record("refused, though not for what it lacks")
            return
        }
        let record = FileRecord(
            owner: OwnerTag(.zero), file: file, root: .zero,
            chunkCount: UInt32(Manifest.chunkLimit),
            sealedManifest: [UInt8](
                repeating: 1, count: Manifest.largestSealedCount(chunks: Manifest.chunkLimit)),
            wrappedKey: BackendStory.wrappedKey)
        var journal = Journal(signingKey: Keys.backend)
        journal.add(.file(record))
        let taken = journal.takeRecords()
        #expect(journal.startBlock(taken.records, at: .origin).count <= KeepBlockRequest.bodyLimit)
    }

    // MARK: Looking up

    @Test func `a file is its owner's; to others it does not exist`() throws {
        var story = BackendStory()
        try story.store(chunks)
        let found = try #require(record(of: file, for: Peers.user, in: &story))
        #expect(found.sealedManifest == [1, 2])
        #expect(found.wrappedKey == BackendStory.wrappedKey)
        #expect(record(of: file, for: Peers.otherUser, in: &story) == nil)
        let absent = FileID(high: 9, low: 9)
        #expect(record(of: absent, for: Peers.user, in: &story) == nil)
    }

    @Test func `the ledger's owner tags are the same for one user and differ between users`() throws
    {
        var story = BackendStory()
        try story.store([chunks[0]], as: 1)
        try story.store([chunks[1]], as: 2)
        try story.store([chunks[2]], as: 3, by: Peers.otherUser)
        let tags = (1...3).compactMap {
            story.backend.files[FileID(high: 0, low: UInt64($0))]?.owner
        }
        #expect(tags.count == 3)
        #expect(tags[0] == tags[1])
        #expect(tags[0] != tags[2])
    }

    // MARK: Deleting

    @Test func `a deleted file is gone, and its replicas with it`() throws {
        var story = BackendStory()
        try story.store(chunks)
        #expect(story.delete(chunks) == .deleted)
        #expect(record(of: file, for: Peers.user, in: &story) == nil)
        #expect(story.backend.chunks.isEmpty)
        for chunk in chunks {
            #expect(story.nodesHolding(chunk).isEmpty)
            #expect(try story.placement(of: chunk)?.isRelease == true)
        }
        #expect(story.delete(chunks) == .notFound)
    }

    @Test func `replicas are deleted only once the ledger says so, durably`() throws {
        var story = BackendStory()
        try story.store(chunks)
        story.drive.disk.holding = .syncs
        #expect(story.delete(chunks) == nil)
        #expect(story.requests(\.deleteRequest).isEmpty)
        for chunk in chunks { #expect(story.nodesHolding(chunk).count == 3) }
        story.releaseDisk()
        #expect(story.requests(\.deleteRequest).count == 9)
        for chunk in chunks { #expect(story.nodesHolding(chunk).isEmpty) }
    }

    @Test func `a delete request is later than the store, and expires when nobody waits for it`()
        throws
    {
        var story = BackendStory()
        try story.store([chunks[0]])
        let stored = try #require(story.requests(\.storeRequest).map(\.request.stamp).max())
        story.delete([chunks[0]])
        for (_, request) in story.requests(\.deleteRequest) {
            #expect(request.stamp > stored)
            #expect(request.expires == story.drive.now + story.settings.requestTimeout)
        }
    }

    @Test func `only the owner deletes, and only by naming the file's chunks`() throws {
        var story = BackendStory()
        try story.store(chunks)
        #expect(story.delete(chunks, by: Peers.otherUser) == .notFound)
        #expect(story.delete(Array(chunks.reversed())) == .mismatched)
        #expect(story.delete([chunks[0]]) == .mismatched)
        #expect(story.delete([]) == .mismatched)
        #expect(story.backend.files.count == 1)
        for chunk in chunks { #expect(story.nodesHolding(chunk).count == 3) }
    }

    @Test func `a chunk that was put again since its file's deletion is not deleted under it`()
        throws
    {
        var story = BackendStory(nodes: 3)
        try story.store([chunks[0]])
        story.drive.disk.holding = .syncs
        let call = story.open(
            .delete(DeleteFileRequest(file: file, chunks: [chunks[0].id])))
        // Before the deletion is durable, the user uploads the same chunk for another file.
        #expect(story.put(chunks[0]) == .stored)
        story.releaseDisk()
        guard case .delete(.deleted)? = story.answer(to: call) else {
            Issue.record("the file was not deleted")
            return
        }
        #expect(story.nodesHolding(chunks[0]).count == 3)
        #expect(story.commit([chunks[0]], as: 2) == .committed)
    }

    @Test func `a deletion that is tried again is not confirmed before it is durable`() throws {
        var story = BackendStory()
        try story.store(chunks)
        story.drive.disk.holding = .syncs
        #expect(story.delete(chunks) == nil)
        let call = story.open(.delete(DeleteFileRequest(file: file, chunks: chunks.map(\.id))))
        #expect(story.answer(to: call) == nil)
        story.releaseDisk()
        guard case .delete(.notFound)? = story.answer(to: call) else {
            Issue.record("the second try was not answered")
            return
        }
    }
}
