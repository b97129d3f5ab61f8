package import Primitives

/// Keeps the registry of nodes: who there is, and who has been heard of lately.
///
/// Its state is in memory only. After a restart it knows nobody, says so in its new epoch, and nodes
/// register again at their next heartbeat.
package struct Discovery: Role {
    private let settings: ProtocolSettings
    private var clock = SteadyClock()
    private var epoch: UInt64 = 0
    /// Counts changes that backends want to hear of.
    private var version: UInt64 = 0
    /// By lease; an entry is never moved.
    private var entries: [Entry] = []
    private var leases: [PeerID: UInt32] = [:]

    private struct Entry: Sendable {
        var registration: Registration
        var status: PeerStatus
        var lastHeard: Instant
        /// The version at which its report last changed.
        var changed: UInt64
        /// It unregistered: those who knew of it are told that it is dead, others nothing.
        var isGone = false
    }

    package init(settings: ProtocolSettings) { self.settings = settings }

    package mutating func handle(
        _ input: Input, at shown: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        let now = clock.time(showing: shown)
        switch input {
        case .request(let from, let call, .discovery(let request)):
            guard var answer = serve(request, from: from, at: now) else { return }
            answer.tell(time: shown)
            effects.answer(.discovery(answer), to: from, call: call)
        case .start:
            epoch = random.next()
            effects.schedule(Timer(.sweep), after: sweepInterval)
        case .timer(let timer) where timer.kind == .sweep:
            sweep(at: now)
            effects.schedule(Timer(.sweep), after: sweepInterval)
        case .request, .answer, .timer, .disk, .leave, .forget, .undelete, .backend: break
        }
    }

    /// Nil where there is nothing to say.
    private mutating func serve(
        _ request: DiscoveryRequest, from peer: PeerID, at now: Instant
    ) -> DiscoveryAnswer? {
        switch request {
        case .heartbeat(let beat): return .heartbeat(hear(beat, from: peer, at: now))
        case .register(let registration):
            // A peer speaks for itself only.
            guard registration.node == peer else { return nil }
            return .register(register(registration, at: now))
        case .peers(let request):
            return .peers(changes(since: request.epoch == epoch ? request.since : 0))
        case .unregister:
            unregister(peer)
            return nil
        }
    }

    /// What it would say of a node; nil where it knows nothing of it.
    package func status(of node: PeerID) -> PeerStatus? {
        leases[node].map { entries[Int($0)].status }
    }

    private var sweepInterval: Duration { settings.suspectAfter / 4 }

    /// Notes a heartbeat. Where the lease is not the sender's, it must register.
    private mutating func hear(
        _ beat: Heartbeat, from peer: PeerID, at now: Instant
    ) -> HeartbeatAnswer {
        let index = Int(beat.lease)
        guard index < entries.count, entries[index].registration.node == peer,
            !entries[index].isGone
        else { return HeartbeatAnswer(isKnown: false) }
        entries[index].lastHeard = now
        if entries[index].status != .alive {
            entries[index].status = .alive
            markChanged(index)
        }
        let reported = entries[index].registration.freeBytes
        // Backends weigh nodes by free space; a change below 1 % of the capacity is not news.
        let difference = max(reported, beat.freeBytes) - min(reported, beat.freeBytes)
        if difference > entries[index].registration.capacityBytes / 100 {
            entries[index].registration.freeBytes = beat.freeBytes
            markChanged(index)
        }
        return HeartbeatAnswer(isKnown: true)
    }

    private mutating func register(_ registration: Registration, at now: Instant) -> Lease {
        if let lease = leases[registration.node] {
            let index = Int(lease)
            let isNew = entries[index].registration != registration
            entries[index].registration = registration
            entries[index].lastHeard = now
            if isNew || entries[index].status != .alive {
                entries[index].status = .alive
                markChanged(index)
            }
            return Lease(number: lease)
        }
        let lease = UInt32(entries.count)
        leases[registration.node] = lease
        entries.append(
            Entry(registration: registration, status: .alive, lastHeard: now, changed: 0))
        markChanged(Int(lease))
        return Lease(number: lease)
    }

    private mutating func unregister(_ peer: PeerID) {
        guard let lease = leases.removeValue(forKey: peer) else { return }
        entries[Int(lease)].isGone = true
        entries[Int(lease)].status = .dead
        markChanged(Int(lease))
    }

    private mutating func markChanged(_ index: Int) {
        version += 1
        entries[index].changed = version
    }

    private func changes(since: UInt64) -> PeersAnswer {
        var answer = PeersAnswer(epoch: epoch, version: version, reports: [])
        guard since != version else { return answer }
        for entry in entries where entry.changed > since && !(entry.isGone && since == 0) {
            answer.reports.append(
                PeerReport(registration: entry.registration, status: entry.status))
        }
        return answer
    }

    /// Turns silence into suspicion and death.
    private mutating func sweep(at now: Instant) {
        for index in entries.indices where !entries[index].isGone {
            let silence = now - entries[index].lastHeard
            let status: PeerStatus =
                silence >= settings.deadAfter
                ? .dead : silence >= settings.suspectAfter ? .suspect : .alive
            // Only a heartbeat makes a node alive again.
            if status > entries[index].status {
                entries[index].status = status
                markChanged(index)
            }
        }
    }
}
