import Ledger
import Merkle
import Primitives

/// Hearing from the discoveries, and what follows when a node's status changes.
extension Backend {
    mutating func askDiscoveries(effects: inout Effects) {
        for (slot, discovery) in discoveries.enumerated() {
            let feed = members.feeds[slot]
            calls.ask(
                .discovery(.peers(PeersRequest(epoch: feed.epoch, since: feed.version))),
                of: discovery, for: .peers(discovery: slot), timeout: settings.requestTimeout,
                effects: &effects)
        }
        effects.schedule(Timer(.peers), after: settings.peersInterval)
    }

    mutating func hear(
        _ answer: PeersAnswer, from slot: Int, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        if members.feeds[slot].lastAnswer == nil || members.feeds[slot].epoch != answer.epoch {
            if members.feeds[slot].lastAnswer != nil { effects.mark(.discoveryRestarted) }
            members.forgetViews(of: slot)
            members.feeds[slot].epoch = answer.epoch
            members.feeds[slot].since = now
        }
        members.feeds[slot].lastAnswer = now
        heard(clock: answer.time, ofDiscovery: slot, at: now, effects: &effects)
        members.feeds[slot].version = answer.version
        for report in answer.reports {
            hear(report, from: slot, at: now, random: &random, effects: &effects)
        }
        if !members.feeds[slot].wasFresh { judgeFreshness(at: now, effects: &effects) }
    }

    private mutating func hear(
        _ report: PeerReport, from slot: Int, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        let registration = report.registration
        let index =
            members.index(of: registration.node)
            ?? join(report, at: now, effects: &effects)
        guard members[index].standing != .left else { return }
        members.heard(
            freeBytes: registration.freeBytes, capacityBytes: registration.capacityBytes, of: index)
        members[index].lastSeen = members.lastSeen(index)
        members[index].views[slot] = report.status
        if report.status == .alive, members[index].incarnation != registration.incarnation {
            // It restarted: what it holds may differ from what it held, and it no longer wants to
            // leave, unless it asks again.
            members[index].incarnation = registration.incarnation
            if members[index].standing.restarted() {
                effects.mark(.leaveWithdrawn)
                members.candidateGained()
            }
            members[index].nextComparison = min(
                members[index].nextComparison, now + random.upTo(.minutes(1)))
        }
        judge(index, at: now, effects: &effects)
    }

    private mutating func join(
        _ report: PeerReport, at now: Instant, effects: inout Effects
    ) -> Int {
        let registration = report.registration
        let domains = members.domains.count
        journal.add(
            .membership(
                MembershipRecord(
                    node: registration.node,
                    event: .joined(
                        publicKey: registration.publicKey, domain: registration.domain,
                        capacityBytes: registration.capacityBytes))))
        let index = members.add(
            registration.node, domain: registration.domain,
            capacityBytes: registration.capacityBytes, at: now)
        // What stood in as many domains as there were does no longer.
        if domains + 1 == members.domains.count, members.domains.count <= settings.replicas {
            for member in members.all.indices {
                lookAnew(.enqueue, at: member, at: now, effects: &effects)
            }
        }
        return index
    }

    private func isFresh(_ slot: Int, at now: Instant) -> Bool {
        guard let lastAnswer = members.feeds[slot].lastAnswer else { return false }
        return now - lastAnswer <= settings.peersInterval * 4
    }

    /// Notices discoveries that fell silent or answer again, and judges everybody anew by those that
    /// answer.
    mutating func judgeFreshness(at now: Instant, effects: inout Effects) {
        var hasChanged = false
        for slot in members.feeds.indices {
            let isFresh = isFresh(slot, at: now)
            if members.feeds[slot].wasFresh != isFresh { hasChanged = true }
            members.feeds[slot].wasFresh = isFresh
        }
        guard hasChanged else { return }
        for index in members.all.indices where members[index].standing != .left {
            judge(index, at: now, effects: &effects)
        }
    }

    /// Judges members of whom no discovery that answers says anything, or nothing but that they are suspect,
    /// by how long that has been so.
    mutating func judgeSilence(at now: Instant, effects: inout Effects) {
        for index in members.all.indices
        where members.isUnheardOf(index) || members.all[index].standing.status == .suspect {
            judge(index, at: now, effects: &effects)
        }
    }

    /// Merges what is known of a member: the best that any discovery says which has answered lately.
    /// While none has, the backend may itself be cut off, and nobody's status changes. A member that
    /// none of them calls alive is silent since it was last seen, but for no longer than
    /// they have been there to hear it; whether it is dead by then, they need not say.
    private mutating func judge(_ index: Int, at now: Instant, effects: inout Effects) {
        var best: PeerStatus?
        var heardSince: Instant?
        for slot in members.feeds.indices where isFresh(slot, at: now) {
            let since = members.feeds[slot].since
            heardSince = min(heardSince ?? since, since)
            if let view = members[index].views[slot] { best = min(best ?? view, view) }
        }
        guard let old = members[index].standing.status else { return }
        // The dead return only when somebody has heard of them.
        guard let heardSince, best != nil || old != .dead else { return }
        let silence = now - max(members.lastSeen(index), heardSince)
        var status = best ?? .suspect
        if status == .suspect, silence >= settings.deadAfter { status = .dead }
        guard status != old else { return }
        members[index].standing.isNow(status)
        if status == .dead {
            if best == nil { effects.mark(.diedUnheard) }
            died(index, at: now, effects: &effects)
        }
        if old == .dead { returned(index, at: now, effects: &effects) }
        if status == .alive {
            members.candidateGained()
            // Repairs that found no source or no target may go on.
            lookAnew(.reconcile, at: index, at: now, effects: &effects)
        }
    }

    private mutating func died(_ index: Int, at now: Instant, effects: inout Effects) {
        let peer = members[index].peer
        effects.note(.declaredDead(peer))
        journal.add(.membership(MembershipRecord(node: peer, event: .declaredDead)))
        orphans[index] = nil
        lookAnew(.enqueue, at: index, at: now, effects: &effects)
    }

    private mutating func returned(_ index: Int, at now: Instant, effects: inout Effects) {
        let peer = members[index].peer
        effects.mark(.deadReturned)
        effects.note(.deadReturned(peer))
        journal.add(.membership(MembershipRecord(node: peer, event: .returned)))
        members[index].nextComparison = min(members[index].nextComparison, now)
    }

    // MARK: Leaving

    /// A node asks to go. It may once every chunk that it was to hold stands elsewhere, durably in
    /// the ledger; it asks again until then.
    mutating func memberLeaves(
        _ peer: PeerID, call: CallID, at now: Instant, effects: inout Effects
    ) {
        guard let index = members.index(of: peer) else {
            effects.answer(
                .backend(.leave(LeaveAnswer(isGranted: true))), to: peer, call: call)
            return
        }
        if members[index].standing.wantsToLeave() {
            lookAnew(.reconcile, at: index, at: now, effects: &effects)
        }
        guard
            members[index].standing == .left
                || members[index].expected.isEmpty && isLedgerKept(without: index)
        else { return }
        if members[index].standing != .left {
            members[index].standing = .left
            journal.add(.membership(MembershipRecord(node: peer, event: .left)))
        }
        journal.whenDurable(
            .answer(.backend(.leave(LeaveAnswer(isGranted: true))), to: peer, call: call))
        writeBlock(at: now, effects: &effects)
    }
}
