import Primitives
import Testing

@testable import Roles

@Suite struct DiscoveryTests {
    private let settings = ProtocolSettings()
    private let node = Peers.node(1)

    private func makeDiscovery(seed: UInt64 = 1) -> Drive<Discovery> {
        var drive = Drive(Discovery(settings: settings), seed: seed)
        drive.start()
        return drive
    }

    /// Registers a node and returns its lease.
    private func register(
        _ registration: Registration, in drive: inout Drive<Discovery>
    ) throws -> UInt32 {
        try #require(
            drive.receive(.discovery(.register(registration)), from: registration.node).first?.lease
        )
    }

    private func news(
        of drive: inout Drive<Discovery>, epoch: UInt64 = 0, since: UInt64 = 0
    ) throws -> PeersAnswer {
        let answers = drive.receive(
            .discovery(.peers(PeersRequest(epoch: epoch, since: since))), from: Peers.backend)
        return try #require(answers.first?.peersAnswer)
    }

    /// What the discovery thinks of the only node that it knows.
    private func status(in drive: inout Drive<Discovery>) throws -> PeerStatus {
        try #require(try news(of: &drive).reports.first).status
    }

    @Test func `answers tell what the clock shows, which may go back`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node), in: &drive)
        for shown in [Duration.hours(2), .hours(1)] {
            var (random, effects) = (RandomSource(seed: 1, who: 1, purpose: 1), Effects())
            let requests: [Request] = [
                .heartbeat(lease: lease, freeBytes: 1),
                .discovery(.peers(PeersRequest(epoch: 0, since: 0))),
            ]
            for request in requests {
                drive.role.handle(
                    .request(from: node, call: CallID(1), request), at: .origin + shown,
                    random: &random, effects: &effects)
            }
            let times = effects.sends.map { send -> Instant? in
                switch send.answer {
                case .discovery(.heartbeat(let answer))?: answer.time
                case .discovery(.peers(let answer))?: answer.time
                default: nil
                }
            }
            #expect(times == [.origin + shown, .origin + shown])
        }
    }

    @Test func `a node that registers is reported alive, with what it said of itself`() throws {
        var drive = makeDiscovery()
        let registration = Registration.of(node, incarnation: 5, domain: 3)
        let answers = drive.receive(
            .discovery(.register(registration)), from: node, call: CallID(42))
        #expect(answers.count == 1)
        #expect(answers.first?.to == node)
        #expect(answers.first?.call == CallID(42))
        #expect(answers.first?.lease != nil)
        #expect(
            try news(of: &drive).reports == [
                PeerReport(registration: registration, status: .alive)
            ])
    }

    @Test func `registering again keeps the lease and tells the news`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node, incarnation: 1), in: &drive)
        let other = try register(.of(Peers.node(2)), in: &drive)
        #expect(other != lease)
        let before = try news(of: &drive)
        #expect(try register(.of(node, incarnation: 2), in: &drive) == lease)
        let after = try news(of: &drive, epoch: before.epoch, since: before.version)
        #expect(after.reports.map(\.registration.incarnation) == [2])
    }

    @Test func `the same registration again is no news`() throws {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        let before = try news(of: &drive)
        _ = try register(.of(node), in: &drive)
        #expect(
            try news(of: &drive, epoch: before.epoch, since: before.version).reports.isEmpty)
    }

    @Test func `nobody registers for somebody else`() throws {
        var drive = makeDiscovery()
        #expect(drive.receive(.discovery(.register(.of(node))), from: Peers.stranger).isEmpty)
        #expect(try news(of: &drive).reports.isEmpty)
    }

    @Test func `a heartbeat under a lease that is not the sender's is unknown`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node), in: &drive)
        func isKnown(_ lease: UInt32, from peer: PeerID, in drive: inout Drive<Discovery>) -> Bool?
        {
            drive.receive(.heartbeat(lease: lease, freeBytes: 1_000_000), from: peer).first?.isKnown
        }
        #expect(isKnown(lease, from: node, in: &drive) == true)
        #expect(isKnown(lease, from: Peers.stranger, in: &drive) == false)
        #expect(isKnown(lease + 1, from: node, in: &drive) == false)
        #expect(isKnown(.max, from: node, in: &drive) == false)
    }

    @Test func `silence makes a node suspect, then dead, and a heartbeat brings it back`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node), in: &drive)
        let beat = Request.heartbeat(lease: lease, freeBytes: 1_000_000)

        drive.advance(by: settings.suspectAfter - .seconds(1))
        #expect(try status(in: &drive) == .alive)
        drive.advance(by: settings.suspectAfter / 2)
        #expect(try status(in: &drive) == .suspect)
        drive.receive(beat, from: node)
        #expect(try status(in: &drive) == .alive)

        drive.advance(by: settings.deadAfter - .minutes(1))
        #expect(try status(in: &drive) == .suspect)
        drive.advance(by: .minutes(2))
        #expect(try status(in: &drive) == .dead)
        drive.receive(beat, from: node)
        #expect(try status(in: &drive) == .alive)
    }

    @Test func `a node that beats on time is never suspect`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node), in: &drive)
        let version = try news(of: &drive).version
        for _ in 0..<100 {
            drive.advance(by: settings.heartbeatInterval)
            drive.receive(.heartbeat(lease: lease, freeBytes: 1_000_000), from: node)
        }
        #expect(try news(of: &drive).version == version)
    }

    @Test func `a dead node that registers again is alive`() throws {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        drive.advance(by: settings.deadAfter + .minutes(1))
        #expect(try status(in: &drive) == .dead)
        _ = try register(.of(node), in: &drive)
        #expect(try status(in: &drive) == .alive)
    }

    @Test func `whoever knows a version hears only what changed since`() throws {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        let first = try news(of: &drive)
        _ = try register(.of(Peers.node(2)), in: &drive)
        let second = try news(of: &drive, epoch: first.epoch, since: first.version)
        #expect(second.reports.map(\.registration.node) == [Peers.node(2)])
        #expect(second.version > first.version)
        let third = try news(of: &drive, epoch: second.epoch, since: second.version)
        #expect(third.reports.isEmpty)
        #expect(third.version == second.version)
    }

    @Test func `a restarted discovery has a new epoch, and tells everything it knows by then`()
        throws
    {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        let before = try news(of: &drive)
        drive.restart(as: Discovery(settings: settings))
        let empty = try news(of: &drive, epoch: before.epoch, since: before.version)
        #expect(empty.epoch != before.epoch)
        #expect(empty.reports.isEmpty)

        // Its lease is from the former run; the node learns so at its next heartbeat.
        let answer = drive.receive(.heartbeat(lease: 0, freeBytes: 9), from: node).first
        #expect(answer?.isKnown == false)
        _ = try register(.of(node), in: &drive)
        // The version is one that the former run had too: without the epoch, nothing would be told.
        let after = try news(of: &drive, epoch: before.epoch, since: before.version)
        #expect(after.reports.map(\.registration.node) == [node])
    }

    @Test func `free space is news once it moved by a hundredth of the capacity`() throws {
        var drive = makeDiscovery()
        let lease = try register(
            .of(node, capacityBytes: 1_000_000, freeBytes: 500_000), in: &drive)
        func told(_ freeBytes: UInt64, _ drive: inout Drive<Discovery>) throws -> [UInt64] {
            let before = try news(of: &drive)
            drive.receive(.heartbeat(lease: lease, freeBytes: freeBytes), from: node)
            return try news(of: &drive, epoch: before.epoch, since: before.version)
                .reports.map(\.registration.freeBytes)
        }
        #expect(try told(490_000, &drive).isEmpty)
        #expect(try told(510_000, &drive).isEmpty)
        #expect(try told(489_999, &drive) == [489_999])
        #expect(try told(499_999, &drive).isEmpty)
        #expect(try told(.max, &drive) == [.max])
        #expect(try told(0, &drive) == [0])
    }

    @Test func `a node that unregisters is told of no more, and its lease is void`() throws {
        var drive = makeDiscovery()
        let lease = try register(.of(node), in: &drive)
        drive.receive(.unregister, from: node)
        #expect(try news(of: &drive).reports.isEmpty)
        let answer = drive.receive(.heartbeat(lease: lease, freeBytes: 9), from: node).first
        #expect(answer?.isKnown == false)
        #expect(try register(.of(node), in: &drive) != lease)
        #expect(try news(of: &drive).reports.count == 1)
    }

    @Test func `a stranger that unregisters changes nothing`() throws {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        drive.receive(.unregister, from: Peers.stranger)
        #expect(try news(of: &drive).reports.count == 1)
    }

    @Test func `whoever knew a node that unregisters hears that it is gone`() throws {
        var drive = makeDiscovery()
        _ = try register(.of(node), in: &drive)
        let before = try news(of: &drive)
        drive.receive(.unregister, from: node)
        let after = try news(of: &drive, epoch: before.epoch, since: before.version)
        #expect(after.reports.map(\.status) == [.dead])
        #expect(after.reports.map(\.registration.node) == [node])
    }
}
