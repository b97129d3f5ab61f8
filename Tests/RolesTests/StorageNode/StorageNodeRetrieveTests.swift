import Merkle
import Primitives
import Testing

@testable import Roles

@Suite struct StorageNodeRetrieveTests {
    private let chunk = TestChunk(1)
    private let bearer = Peers.node(2)

    /// A node that holds the chunk.
    private func holder() -> NodeDrive {
        var drive = NodeDrive.node()
        drive.store(chunk)
        return drive
    }

    private func capability(
        issuer: PeerID = Peers.backend, bearer: PeerID = Peers.node(2), chunk: TestChunk? = nil,
        expires: Instant = .distantFuture
    ) -> Capability {
        Capability(
            issuer: issuer, bearer: bearer, chunk: (chunk ?? self.chunk).id, expires: expires)
    }

    @Test func `a backend reads its own without further ado, a stranger nothing at all`() {
        var drive = holder()
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
        #expect(drive.retrieve(chunk, from: Peers.stranger) == .refused)
        #expect(drive.disk.readCount == 1)
    }

    @Test func `of another backend's chunk a backend learns nothing, unless it shows a capability`()
    {
        var drive = holder()
        #expect(drive.retrieve(chunk, from: Peers.otherBackend) == .missing)
        #expect(drive.disk.readCount == 0)
        let given = capability(bearer: Peers.otherBackend)
        #expect(
            drive.retrieve(chunk, from: Peers.otherBackend, capability: given)
                == .found(chunk.payload))
    }

    @Test func `a capability lets its bearer read its chunk until it expires`() {
        var drive = holder()
        drive.advance(by: .seconds(10))
        let valid = capability(expires: drive.now + .nanoseconds(1))
        #expect(drive.retrieve(chunk, from: bearer, capability: valid) == .found(chunk.payload))
        let expired = capability(expires: drive.now)
        #expect(drive.retrieve(chunk, from: bearer, capability: expired) == .refused)
        #expect(drive.retrieve(chunk, from: Peers.node(3), capability: valid) == .refused)
    }

    @Test func `a capability for another chunk or of an unknown issuer opens nothing`() {
        var drive = holder()
        let wrongChunk = capability(chunk: TestChunk(2))
        #expect(drive.retrieve(chunk, from: bearer, capability: wrongChunk) == .refused)
        let unknown = capability(issuer: Peers.stranger)
        #expect(drive.retrieve(chunk, from: bearer, capability: unknown) == .refused)
        // Who issues a capability to themselves is no backend either.
        let own = capability(issuer: bearer)
        #expect(drive.retrieve(chunk, from: bearer, capability: own) == .refused)
        #expect(drive.disk.readCount == 0)
    }

    @Test func `a capability opens only what its issuer stored, whoever shows it`() {
        var drive = holder()
        for shower in [bearer, Peers.otherBackend, Peers.backend] {
            let given = capability(issuer: Peers.otherBackend, bearer: shower)
            #expect(drive.retrieve(chunk, from: shower, capability: given) == .missing)
        }
        #expect(drive.disk.readCount == 0)
    }

    @Test func `a refusal does not tell whether the chunk is there`() {
        var drive = holder()
        #expect(drive.retrieve(chunk, from: Peers.stranger) == .refused)
        #expect(drive.retrieve(TestChunk(2), from: Peers.stranger) == .refused)
    }

    @Test func `a chunk that the node does not hold is missing`() {
        var drive = holder()
        #expect(drive.retrieve(TestChunk(2)) == .missing)
    }

    @Test func `rotten bytes are never served: the replica goes, and its backend is told`() {
        var drive = holder()
        drive.disk.rot(chunk.id)
        let request = RetrieveRequest(
            chunk: chunk.id, capability: capability(bearer: Peers.otherBackend))
        let sends = drive.receive(.node(.retrieve(request)), from: Peers.otherBackend)
        #expect(sends.compactMap(\.retrieveAnswer) == [.missing])
        let report = sends.first { $0.damagedChunk != nil }
        #expect(report?.damagedChunk == chunk.id)
        // To the backend whose chunk it is, not to the one that asked.
        #expect(report?.to == Peers.backend)
        #expect(drive.role.index.isEmpty)
        #expect(drive.role.usedBytes == 0)
        #expect(drive.role.inventories.allSatisfy { $0.isEmpty })
        #expect(drive.disk.state.chunks.isEmpty)
    }

    @Test func `a chunk that the disk has lost is missing, and its backend is told`() {
        var drive = holder()
        drive.disk.lose(chunk.id)
        let request = RetrieveRequest(chunk: chunk.id, capability: nil)
        let sends = drive.receive(.node(.retrieve(request)), from: Peers.backend)
        #expect(sends.compactMap(\.retrieveAnswer) == [.missing])
        #expect(sends.compactMap(\.damagedChunk) == [chunk.id])
    }

    @Test func `a chunk that the disk cannot read now stays, is unavailable, and is served later`()
    {
        var drive = holder()
        drive.disk.refusesReads = true
        let request = RetrieveRequest(chunk: chunk.id, capability: nil)
        let sends = drive.receive(.node(.retrieve(request)), from: Peers.backend)
        #expect(sends.map(\.retrieveAnswer) == [.unavailable])
        #expect(drive.role.index.count == 1 && drive.disk.state.chunks.count == 1)
        drive.disk.refusesReads = false
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
    }

    @Test func `a chunk that was deleted while it was read is no damage`() {
        var drive = holder()
        drive.disk.lose(chunk.id)
        drive.disk.holding = .reads
        #expect(drive.retrieve(chunk) == nil)
        #expect(drive.delete(chunk, stamp: 2) == .deleted)
        let sends = drive.releaseDisk()
        #expect(sends.compactMap(\.retrieveAnswer) == [.missing])
        #expect(sends.compactMap(\.damagedChunk).isEmpty)
    }

    // MARK: Scrubbing

    private var quickScrub: ProtocolSettings {
        var settings = ProtocolSettings()
        settings.scrubInterval = .minutes(60)
        return settings
    }

    @Test func `a scrub reads every chunk of every backend once a round, in order`() {
        var drive = NodeDrive.node(settings: quickScrub)
        let chunks = (0..<30).map { TestChunk($0) }
        for (number, chunk) in chunks.enumerated() {
            drive.store(chunk, from: number % 2 == 0 ? Peers.backend : Peers.otherBackend)
        }
        // Rot found by the scrub tells in which order it reads.
        for chunk in chunks { drive.disk.rot(chunk.id) }
        let sends = drive.advance(by: .minutes(100))
        let found = sends.compactMap(\.damagedChunk)
        #expect(found == chunks.map(\.id).sorted())
        #expect(drive.role.index.isEmpty)
    }

    @Test func `a scrub starts over after the last chunk, and keeps to its pace`() {
        var drive = NodeDrive.node(settings: quickScrub)
        for number in 0..<30 { drive.store(TestChunk(number)) }
        drive.advance(by: .hours(10))
        // Thirty chunks an hour, give or take the jitter.
        #expect((280...320).contains(drive.disk.readCount))
    }

    @Test func `a scrub leaves intact chunks alone and bothers nobody`() {
        var drive = NodeDrive.node(settings: quickScrub)
        for number in 0..<30 { drive.store(TestChunk(number)) }
        let sends = drive.advance(by: .hours(3))
        #expect(drive.disk.readCount > 60)
        #expect(sends.allSatisfy { $0.damagedChunk == nil && $0.retrieveAnswer == nil })
        #expect(drive.role.index.count == 30)
    }

    @Test func `a scrub that the disk refuses finds nothing damaged, and goes on`() {
        var drive = NodeDrive.node(settings: quickScrub)
        for number in 0..<30 { drive.store(TestChunk(number)) }
        drive.disk.refusesReads = true
        let sends = drive.advance(by: .hours(2))
        #expect(drive.disk.readCount > 40)
        #expect(sends.compactMap(\.damagedChunk).isEmpty)
        #expect(drive.role.index.count == 30)
        drive.disk.refusesReads = false
        drive.disk.rot(TestChunk(7).id)
        #expect(
            drive.advance(by: .hours(2)).compactMap(\.damagedChunk) == [TestChunk(7).id])
    }

    @Test func `a node without chunks goes on scrubbing once it has some`() {
        var drive = NodeDrive.node(settings: quickScrub)
        drive.advance(by: .hours(2))
        drive.store(chunk)
        drive.disk.rot(chunk.id)
        let sends = drive.advance(by: .minutes(10))
        #expect(sends.compactMap(\.damagedChunk) == [chunk.id])
    }
}
