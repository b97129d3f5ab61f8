import Primitives
import Roles
import Testing

@Suite struct StorageNodeCopyTests {
    private let chunk = TestChunk(1)
    private let source = Peers.node(2)

    /// The fetch that a copy made the node send to the source.
    private func fetch(in sends: [Effects.Send]) throws -> Effects.Send {
        let fetch = try #require(sends.first { $0.retrieveRequest != nil })
        #expect(fetch.to == source)
        return fetch
    }

    @Test func `a copy is fetched with the capability, and acknowledged once durable`() throws {
        var drive = NodeDrive.node()
        let fetch = try fetch(in: drive.copy(chunk, stamp: 4, call: CallID(3)))
        #expect(fetch.retrieveRequest?.chunk == chunk.id)
        #expect(fetch.retrieveRequest?.capability?.bearer == NodeDrive.nodeID)

        drive.disk.holding = .syncs
        let found = Answer.node(.retrieve(.found(chunk.payload)))
        #expect(drive.hear(found, from: source, call: fetch.call).isEmpty)
        let answers = drive.releaseDisk()
        #expect(answers.map(\.copyOutcome) == [.copied])
        #expect(answers.first?.to == Peers.backend)
        #expect(answers.first?.call == CallID(3))
        #expect(drive.role.index[chunk.id]?.stamp == Instant(nanoseconds: 4))
        #expect(drive.role.index[chunk.id]?.owner == Peers.backend)
    }

    @Test func `a copy fails when the source has no intact replica`() throws {
        let answers: [RetrieveAnswer] = [.missing, .found(chunk.corrupt)]
        for answer in answers {
            var drive = NodeDrive.node()
            let fetch = try fetch(in: drive.copy(chunk))
            let outcome = drive.hear(.node(.retrieve(answer)), from: source, call: fetch.call)
            #expect(outcome.map(\.copyOutcome) == [.sourceMissing])
            #expect(drive.role.index.isEmpty)
        }
    }

    @Test func `a copy fails when the source is silent, and its late answer means nothing`() throws
    {
        var drive = NodeDrive.node()
        let fetch = try fetch(in: drive.copy(chunk))
        let answers = drive.advance(by: .minutes(1)).filter { $0.to == Peers.backend }
        #expect(answers.map(\.copyOutcome) == [.sourceSilent])
        let found = Answer.node(.retrieve(.found(chunk.payload)))
        #expect(drive.hear(found, from: source, call: fetch.call).isEmpty)
        #expect(drive.role.index.isEmpty)
    }

    @Test func `only the source may answer a fetch`() throws {
        var drive = NodeDrive.node()
        let fetch = try fetch(in: drive.copy(chunk))
        let found = Answer.node(.retrieve(.found(chunk.payload)))
        #expect(drive.hear(found, from: Peers.stranger, call: fetch.call).isEmpty)
        #expect(drive.hear(found, from: source, call: CallID(1)).isEmpty)
        #expect(drive.role.index.isEmpty)
    }

    @Test func `copies beyond the bound are refused as busy until others are done`() throws {
        var settings = ProtocolSettings()
        settings.copiesPerNode = 2
        var drive = NodeDrive.node(settings: settings)
        let fetch = try fetch(in: drive.copy(TestChunk(1)))
        drive.copy(TestChunk(2))
        #expect(drive.copy(TestChunk(3)).map(\.copyOutcome) == [.busy])
        drive.hear(.node(.retrieve(.missing)), from: source, call: fetch.call)
        #expect(drive.copy(TestChunk(3)).compactMap(\.retrieveRequest).count == 1)
        #expect(drive.copy(TestChunk(4)).map(\.copyOutcome) == [.busy])
        // Silence frees the places too.
        drive.advance(by: .minutes(1))
        #expect(drive.copy(TestChunk(4)).compactMap(\.retrieveRequest).count == 1)
    }

    @Test func `a copy that does not fit is refused before it is fetched`() throws {
        var drive = NodeDrive.node(capacityBytes: 100)
        #expect(drive.copy(TestChunk(1, byteCount: 101)).map(\.copyOutcome) == [.full])
        // Room that was there may be gone once the bytes are.
        let large = TestChunk(1, byteCount: 100)
        let fetch = try fetch(in: drive.copy(large))
        drive.store(TestChunk(2, byteCount: 50))
        let answers = drive.hear(
            .node(.retrieve(.found(large.payload))), from: source, call: fetch.call)
        #expect(answers.map(\.copyOutcome) == [.full])
    }

    @Test func `only backends that the node knows may have it copy`() {
        var drive = NodeDrive.node()
        #expect(drive.copy(chunk, from: Peers.stranger).map(\.copyOutcome) == [.refused])
    }

    @Test func `bytes of another length than the backend named are not kept`() throws {
        var drive = NodeDrive.node()
        let fetch = try fetch(in: drive.copy(chunk, byteCount: 63))
        let answers = drive.hear(
            .node(.retrieve(.found(chunk.payload))), from: source, call: fetch.call)
        #expect(answers.map(\.copyOutcome) == [.sourceMissing])
    }

    @Test(arguments: [RetrieveAnswer.refused, .unavailable])
    func `a source that refuses or cannot read is not taken for one without the chunk`(
        _ answer: RetrieveAnswer
    ) throws {
        var drive = NodeDrive.node()
        let fetch = try fetch(in: drive.copy(chunk))
        let answers = drive.hear(.node(.retrieve(answer)), from: source, call: fetch.call)
        #expect(answers.map(\.copyOutcome) == [.sourceSilent])
    }

    @Test(arguments: [-1, 0, Int.max, Int.min])
    func `a copy of a size that no chunk has is refused`(byteCount: Int) {
        var drive = NodeDrive.node()
        #expect(drive.copy(chunk, byteCount: byteCount).map(\.copyOutcome) == [.refused])
    }

    @Test func `a copy request that comes twice is written once and answered once`() throws {
        var drive = NodeDrive.node()
        let first = try fetch(in: drive.copy(chunk, call: CallID(3)))
        let second = try fetch(in: drive.copy(chunk, call: CallID(3)))
        drive.disk.holding = .syncs
        let found = Answer.node(.retrieve(.found(chunk.payload)))
        #expect(drive.hear(found, from: source, call: first.call).isEmpty)
        #expect(drive.hear(found, from: source, call: second.call).isEmpty)
        #expect(drive.releaseDisk().map(\.copyOutcome) == [.copied])
        #expect(drive.disk.writeCount == 1)
    }
}
