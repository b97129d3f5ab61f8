import Primitives
import Roles
import Testing

@Suite struct StorageNodeMembershipTests {
    private let settings = ProtocolSettings()
    private let discoveries = [Peers.discovery(1), Peers.discovery(2)]

    private func heartbeats(in sends: [Effects.Send]) -> [(to: PeerID, lease: UInt32)] {
        sends.compactMap { send in send.heartbeat.map { (send.to, $0.lease) } }
    }

    @Test func `a node introduces itself to every discovery once it can serve`() {
        var drive = NodeDrive(NodeDrive.makeNode(capacityBytes: 500))
        drive.start()
        let introductions = drive.sent.filter { $0.registration != nil }
        #expect(introductions.map(\.to) == discoveries)
        for registration in introductions.compactMap(\.registration) {
            #expect(registration.node == NodeDrive.nodeID)
            #expect(registration.domain == 4)
            #expect(registration.capacityBytes == 500)
            #expect(registration.freeBytes == 500)
        }
    }

    @Test func `an introduction that is not answered is repeated, an answered one is not`() {
        var drive = NodeDrive.node()
        drive.hear(.lease(6), from: discoveries[0])
        let sends = drive.advance(by: settings.heartbeatInterval)
        #expect(heartbeats(in: sends).map(\.to) == [discoveries[0]])
        #expect(heartbeats(in: sends).map(\.lease) == [6])
        #expect(sends.filter { $0.registration != nil }.map(\.to) == [discoveries[1]])
    }

    @Test func `heartbeats tell the room that is left, writes under way deducted`() {
        var drive = NodeDrive.node(capacityBytes: 300)
        for discovery in discoveries { drive.hear(.lease(0), from: discovery) }
        drive.store(TestChunk(1, byteCount: 100))
        drive.disk.holding = .syncs
        drive.store(TestChunk(2, byteCount: 50))
        let told = drive.advance(by: settings.heartbeatInterval).compactMap(\.heartbeat?.freeBytes)
        #expect(told == [150, 150])
    }

    @Test func `a node whose lease is unknown registers again at once, and with that one only`() {
        var drive = NodeDrive.node()
        for discovery in discoveries { drive.hear(.lease(0), from: discovery) }
        let answers = drive.hear(.isKnown(false), from: discoveries[1])
        #expect(answers.filter { $0.registration != nil }.map(\.to) == [discoveries[1]])
        drive.hear(.lease(3), from: discoveries[1])
        let sends = drive.advance(by: settings.heartbeatInterval)
        #expect(heartbeats(in: sends).map(\.lease) == [0, 3])
        #expect(drive.hear(.isKnown(true), from: discoveries[0]).isEmpty)
    }

    @Test func `a stranger cannot make a node register, nor give it a lease`() {
        var drive = NodeDrive.node()
        #expect(drive.hear(.isKnown(false), from: Peers.stranger).isEmpty)
        drive.hear(.lease(3), from: Peers.stranger)
        #expect(heartbeats(in: drive.advance(by: settings.heartbeatInterval)).isEmpty)
    }

    @Test func `a node tells of a discovery whose clock differs from its own, once`() {
        var drive = NodeDrive.node()
        drive.advance(by: .minutes(1))
        _ = drive.takeNotes()
        for _ in 0..<3 {
            drive.hear(.isKnown(true, at: drive.now), from: discoveries[0])
            drive.hear(.isKnown(true, at: drive.now - .seconds(40)), from: discoveries[1])
        }
        let told = drive.takeNotes().compactMap { note -> PeerID? in
            if case .clockDiffers(let peer, _) = note { peer } else { nil }
        }
        #expect(told == [discoveries[1]])
        #expect(drive.role.clocks.map(\.ahead) == [.zero, .zero - .seconds(40)])
    }

    // MARK: Leaving

    /// A node that holds a chunk and was told to leave.
    private func leaving(_ chunk: TestChunk) -> NodeDrive {
        var drive = NodeDrive.node()
        drive.store(chunk)
        drive.handle(.leave)
        return drive
    }

    @Test func `a node that is to leave asks every backend, again and again`() {
        var drive = NodeDrive.node()
        let asked = drive.handle(.leave).filter(\.isLeave).map(\.to)
        #expect(asked == [Peers.backend, Peers.otherBackend])
        let again = drive.advance(by: settings.heartbeatInterval).filter(\.isLeave).map(\.to)
        #expect(again == asked)
        drive.hear(.isGranted(true), from: Peers.otherBackend)
        let rest = drive.advance(by: settings.heartbeatInterval).filter(\.isLeave).map(\.to)
        #expect(rest == [Peers.backend])
    }

    @Test func `a leaving node takes nothing new, and serves, deletes and beats`() {
        let chunk = TestChunk(1)
        var drive = leaving(chunk)
        #expect(drive.store(TestChunk(2)).map(\.storeOutcome) == [.refused])
        #expect(drive.copy(TestChunk(2)).map(\.copyOutcome) == [.refused])
        #expect(drive.retrieve(chunk) == .found(chunk.payload))
        for discovery in discoveries { drive.hear(.lease(0), from: discovery) }
        #expect(heartbeats(in: drive.advance(by: settings.heartbeatInterval)).count == 2)
        #expect(drive.delete(chunk, stamp: 9) == .deleted)
    }

    @Test func `a node leaves once every backend has let it go`() {
        let chunk = TestChunk(1)
        var drive = leaving(chunk)
        drive.hear(.isGranted(true), from: Peers.backend)
        drive.hear(.isGranted(true), from: Peers.backend)
        drive.hear(.isGranted(false), from: Peers.otherBackend)
        drive.hear(.isGranted(true), from: Peers.stranger)
        #expect(!drive.hasStopped)
        #expect(drive.retrieve(chunk) == .found(chunk.payload))

        let farewell = drive.hear(.isGranted(true), from: Peers.otherBackend)
        #expect(farewell.filter(\.isUnregister).map(\.to) == discoveries)
        #expect(drive.hasStopped)
        #expect(drive.retrieve(chunk) == nil)
        #expect(drive.advance(by: .hours(1)).isEmpty)
    }

    @Test func `a node does not wait for a backend that is no more, as its operator says`() {
        var drive = leaving(TestChunk(1))
        drive.hear(.isGranted(true), from: Peers.otherBackend)
        drive.advance(by: .days(30))
        #expect(!drive.hasStopped)
        #expect(
            drive.handle(.forget(Peers.backend)).filter(\.isUnregister).map(\.to) == discoveries)
        #expect(drive.hasStopped)

        // Said before it is to leave, or has its index.
        var early = NodeDrive(NodeDrive.makeNode())
        early.handle(.forget(Peers.backend))
        early.handle(.forget(Peers.otherBackend))
        #expect(!early.hasStopped)
        early.start()
        early.handle(.leave)
        #expect(early.hasStopped)
    }

    @Test func `a backend that asks for something is waited for, whatever the operator said`() {
        var drive = leaving(TestChunk(1))
        drive.handle(.forget(Peers.backend))
        #expect(drive.retrieve(TestChunk(1)) == .found(TestChunk(1).payload))
        drive.hear(.isGranted(true), from: Peers.otherBackend)
        #expect(!drive.hasStopped)
        drive.hear(.isGranted(true), from: Peers.backend)
        #expect(drive.hasStopped)
    }

    @Test func `a node waits for the backend of what it holds, met in this run or not`() {
        var drive = NodeDrive.node()
        drive.store(TestChunk(1))
        let identity = drive.role.identity
        drive.restart(
            as: StorageNode(
                identity: identity, settings: settings, discoveries: discoveries, backends: []))
        #expect(drive.handle(.leave).filter(\.isLeave).map(\.to) == [Peers.backend])
        #expect(!drive.hasStopped)
        drive.hear(.isGranted(true), from: Peers.backend)
        #expect(drive.hasStopped)
    }

    @Test func `a permission that nobody asked for does not make a node leave`() {
        var drive = NodeDrive.node()
        for backend in [Peers.backend, Peers.otherBackend] {
            drive.hear(.isGranted(true), from: backend)
        }
        #expect(!drive.hasStopped)
        #expect(drive.store(TestChunk(1)).first?.storeOutcome == .stored)
    }

    @Test func `a node that is told to leave while it starts does so once it can`() {
        var drive = NodeDrive(NodeDrive.makeNode())
        #expect(drive.handle(.leave).isEmpty)
        drive.start()
        #expect(drive.sent.filter(\.isLeave).map(\.to) == [Peers.backend, Peers.otherBackend])
    }

    @Test func `a node without backends leaves at once`() {
        let identity = NodeIdentity(
            id: NodeDrive.nodeID, publicKey: Keys.publicKey(of: NodeDrive.nodeID), domain: 0,
            capacityBytes: 1)
        var drive = NodeDrive(
            StorageNode(
                identity: identity, settings: settings, discoveries: discoveries, backends: []))
        drive.start()
        #expect(drive.handle(.leave).filter(\.isUnregister).map(\.to) == discoveries)
        #expect(drive.hasStopped)
    }
}
