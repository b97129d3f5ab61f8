import Primitives

/// Heartbeats, registration, and leaving for good.
extension StorageNode {
    /// Tells every discovery that the node is there. A beat that is lost is made good by the next.
    mutating func beat(effects: inout Effects) {
        guard isServing else { return }
        for (slot, discovery) in discoveries.enumerated() {
            if let lease = leases[slot] {
                effects.tell(
                    .discovery(.heartbeat(Heartbeat(lease: lease, freeBytes: freeBytes))),
                    to: discovery)
            } else {
                register(with: discovery, effects: &effects)
            }
        }
        effects.schedule(Timer(.heartbeat), after: heartbeatInterval)
    }

    /// A discovery's answer told what its clock shows.
    mutating func heard(
        clock time: Instant?, of discovery: PeerID, at now: Instant, effects: inout Effects
    ) {
        guard let time, let slot = discoveries.firstIndex(of: discovery),
            let ahead = clocks[slot].showed(time, at: now)
        else { return }
        effects.note(.clockDiffers(discovery, ahead: ahead))
    }

    /// Introduces the node. Lost or unanswered, it is repeated at the next beat.
    mutating func register(with discovery: PeerID, effects: inout Effects) {
        guard isServing, let slot = discoveries.firstIndex(of: discovery) else { return }
        leases[slot] = nil
        let registration = Registration(
            node: identity.id, publicKey: identity.publicKey, incarnation: incarnation,
            domain: identity.domain,
            capacityBytes: identity.capacityBytes, freeBytes: freeBytes)
        effects.tell(.discovery(.register(registration)), to: discovery)
    }

    /// Starts to leave: the node goes on serving reads until every backend has its chunks elsewhere. It
    /// waits for those too that it has not met in this run and that stored what it holds.
    mutating func startLeaving(effects: inout Effects) {
        guard phase == .serving else {
            isToLeave = phase == .recovering
            if isToLeave { effects.mark(.leaveBeforeIndex) }
            return
        }
        phase = .leaving
        let strangers = Set(index.values.lazy.map(\.owner)).subtracting(backends)
            .subtracting(ledgers.map(\.owner))
        leaveAwaits = (backends + strangers.sorted()).filter { !forgotten.contains($0) }
        askToLeave(effects: &effects)
        leaveIfGranted(effects: &effects)
    }

    /// Asks the backends that have not agreed yet, over and over: a backend may restart meanwhile and
    /// forget the first request.
    mutating func askToLeave(effects: inout Effects) {
        guard phase == .leaving else { return }
        for backend in leaveAwaits {
            effects.tell(.backend(.leave(LeaveRequest())), to: backend)
        }
        effects.schedule(Timer(.leave), after: settings.heartbeatInterval)
    }

    mutating func leaveGranted(by backend: PeerID, effects: inout Effects) {
        guard phase == .leaving else { return }
        leaveAwaits.removeAll { $0 == backend }
        leaveIfGranted(effects: &effects)
    }

    /// Nobody but its operator can tell a backend that is no more from one that will be back, and counts
    /// on what it stored.
    mutating func forget(backend: PeerID, effects: inout Effects) {
        guard phase != .left, !forgotten.contains(backend) else { return }
        forgotten.append(backend)
        leaveGranted(by: backend, effects: &effects)
    }

    /// Who asks for something is there: a node that leaves waits for it whatever the operator said.
    mutating func livesAfterAll(_ backend: PeerID) {
        guard let index = forgotten.firstIndex(of: backend) else { return }
        forgotten.remove(at: index)
        if phase == .leaving { leaveAwaits.append(backend) }
    }

    private mutating func leaveIfGranted(effects: inout Effects) {
        guard leaveAwaits.isEmpty else { return }
        phase = .left
        for discovery in discoveries {
            effects.tell(.discovery(.unregister(Unregister())), to: discovery)
        }
        effects.stops = true
    }
}
