import DequeModule
import Ledger
import Merkle
import Primitives

/// Keeping account of who holds what, and letting go of what is too much.
extension Backend {
    /// Where replicas that count stand or are about to. A dead member's domain is free again.
    func domainsInUse(by id: ChunkID) -> [UInt32] {
        guard let chunk = chunks[id] else { return [] }
        return (chunk.holders.map(\.member) + chunk.underWay)
            .filter { members[$0].standing.countsForRedundancy }.map { members[$0].domain }
    }

    // MARK: Holders

    mutating func addHolder(_ member: Int, to id: ChunkID, at now: Instant) {
        guard chunks[id]?.isHeld(by: member) == false, members[member].standing != .left else {
            return
        }
        chunks[id]?.holders.append(PlacedChunk.Holder(member: member, since: now))
        chunks[id]?.deleting.removeAll { $0 == member }
        if chunks[id]?.isCommitted == true {
            members[member].expected.insert(id)
            markDirty(id)
        }
    }

    mutating func removeHolder(_ member: Int, from id: ChunkID) {
        chunks[id]?.holders.removeAll { $0.member == member }
        if chunks[id]?.isCommitted == true {
            members[member].expected.remove(id)
            markDirty(id)
        }
    }

    mutating func markDirty(_ id: ChunkID) {
        guard chunks[id]?.commitment?.isDirty == false else { return }
        chunks[id]?.commitment?.isDirty = true
        journal.dirty.append(id)
    }

    /// Whether its replicas that count stand in fewer failure domains than as many could.
    func isCrowded(_ chunk: PlacedChunk) -> Bool {
        let most = min(settings.replicas, members.domains.count)
        guard most > 1 else { return false }
        var domains: [UInt32] = []
        for holder in chunk.holders where members[holder.member].standing.countsForRedundancy {
            let domain = members[holder.member].domain
            if !domains.contains(domain) { domains.append(domain) }
        }
        return domains.count < most
    }

    func redundancy(of chunk: PlacedChunk) -> Int {
        chunk.holders.count { members[$0.member].standing.countsForRedundancy }
    }

    /// Holders known to be there and to stay: only these count when something is to be deleted.
    func presentHolders(of chunk: PlacedChunk) -> [Int] {
        chunk.holders.map(\.member).filter { members[$0].standing.acceptsChunks }
    }

    /// Brings a chunk's placement in line with what is known of its holders: too few, and it is
    /// queued for repair; enough, and holders that do not count are let go; too many, and the excess
    /// is deleted once the ledger no longer names it; all in too few failure domains, and it is queued
    /// as well.
    mutating func reconcile(_ id: ChunkID, at now: Instant, effects: inout Effects) {
        guard let chunk = chunks[id], chunk.isCommitted else { return }
        let redundancy = redundancy(of: chunk)
        guard redundancy >= settings.replicas else {
            enqueueIfNeeded(id)
            return
        }
        if !isCrowded(chunk) { chunks[id]?.commitment?.repairTicket = nil }
        for holder in chunk.holders.map(\.member) {
            switch members[holder].standing {
            case .leaving(.alive): letGo(of: id, by: holder, at: now, effects: &effects)
            case let standing where standing.countsForRedundancy: break
            case .staying, .doubted, .leaving, .left: removeHolder(holder, from: id)
            }
        }
        trim(id, of: chunk, effects: &effects)
        enqueueIfNeeded(id)
    }

    /// Nothing is let go for a member that proves nothing now: the excess waits for it.
    private mutating func trim(_ id: ChunkID, of chunk: PlacedChunk, effects: inout Effects) {
        let present = presentHolders(of: chunk)
        guard present.count > settings.replicas else { return }
        var proving = present.filter { members[$0].trust.unmet == 0 }
        if proving.count < present.count { repairs.retryLater(id) }
        while proving.count > settings.replicas {
            let excess =
                proving.lastIndex { member in
                    proving.contains {
                        $0 != member && members[$0].domain == members[member].domain
                    }
                } ?? proving.count - 1
            let member = proving.remove(at: excess)
            effects.mark(.excessTrimmed)
            removeHolder(member, from: id)
            journal.whenDurable(.delete(id, member: member))
        }
    }

    /// A replica that was counted on is gone.
    mutating func replicaMissing(
        _ id: ChunkID, on member: Int, _ finding: Note.Finding, at now: Instant,
        effects: inout Effects
    ) {
        guard let chunk = chunks[id], chunk.isHeld(by: member) else { return }
        effects.note(.replicaMissing(id, on: members[member].peer, finding))
        removeHolder(member, from: id)
        if chunk.holders.count == 1 { effects.mark(.nobodyHolds) }
        reconcile(id, at: now, effects: &effects)
    }

    /// A member that leaves takes its replica along: no longer counts on it once as many others as are
    /// wanted are proven to be like it.
    private mutating func letGo(
        of id: ChunkID, by leaver: Int, at now: Instant, effects: inout Effects
    ) {
        guard let chunk = chunks[id], !chunk.deleting.contains(leaver) else { return }
        let present = presentHolders(of: chunk).filter { members[$0].trust.unmet == 0 }
        guard present.count >= settings.replicas, audits.count < Self.challengeLimit else {
            return repairs.retryLater(id)
        }
        chunks[id]?.deleting.append(leaver)
        challenge([leaver] + present, id, for: .leave(of: leaver), at: now, effects: &effects)
    }

    /// A member that leaves was challenged, and others that hold the same.
    mutating func finishLeave(
        of id: ChunkID, by leaver: Int, _ audit: Audit, at now: Instant, effects: inout Effects
    ) {
        chunks[id]?.deleting.removeAll { $0 == leaver }
        guard let chunk = chunks[id], chunk.isHeld(by: leaver),
            !members[leaver].standing.countsForRedundancy
        else { return }
        guard isMatched(audit, of: leaver, in: chunk) else {
            effects.mark(.leaveUnproven)
            return repairs.retryLater(id)
        }
        removeHolder(leaver, from: id)
    }

    /// Whether as many holders as are wanted gave the same proof as somebody.
    private func isMatched(_ audit: Audit, of member: Int, in chunk: PlacedChunk) -> Bool {
        guard let proof = audit.proof(of: member) else { return false }
        let like = presentHolders(of: chunk).count { audit.proof(of: $0) == proof }
        return like >= settings.replicas
    }

    /// Has a replica deleted, unless it has become wanted there meanwhile or others have become scarce;
    /// one of a file once as many others are proven to be like it.
    mutating func deleteReplica(
        _ id: ChunkID, on member: Int, at now: Instant, effects: inout Effects
    ) {
        removals.deleted(id, on: member)
        guard let chunk = chunks[id] else {
            return askToDelete(id, on: member, at: now, effects: &effects)
        }
        guard !chunk.isHeld(by: member), !chunk.underWay.contains(member) else {
            return effects.mark(.deletionUnwanted)
        }
        guard chunk.isCommitted else {
            return askToDelete(id, on: member, at: now, effects: &effects)
        }
        guard !chunk.deleting.contains(member) else { return }
        let present = presentHolders(of: chunk)
        guard present.count >= settings.replicas else { return effects.mark(.deletionSpared) }
        chunks[id]?.deleting.append(member)
        guard audits.count < Self.challengeLimit else {
            return deletionsWaiting.append((id, member))
        }
        challenge([member] + present, id, for: .deletion(from: member), at: now, effects: &effects)
    }

    /// Challenges ended: begins those that waited for that, if they are wanted still.
    mutating func startWaitingDeletions(at now: Instant, effects: inout Effects) {
        while audits.count < Self.challengeLimit, let (id, member) = deletionsWaiting.popFirst() {
            chunks[id]?.deleting.removeAll { $0 == member }
            deleteReplica(id, on: member, at: now, effects: &effects)
        }
    }

    /// Those who hold a chunk, and one whose replica is to go, were challenged. Where too few of them
    /// have what it has, it is counted on again.
    mutating func finishDeletion(
        of id: ChunkID, on member: Int, _ audit: Audit, at now: Instant, effects: inout Effects
    ) {
        guard let chunk = chunks[id] else {
            return askToDelete(id, on: member, at: now, effects: &effects)
        }
        chunks[id]?.deleting.removeAll { $0 == member }
        // Counted on again meanwhile, it is in the ledger, or about to be.
        guard chunk.deleting.contains(member), !chunk.underWay.contains(member) else {
            return effects.mark(.deletionUnwanted)
        }
        guard audit.proof(of: member) != nil else { return }
        guard isMatched(audit, of: member, in: chunk) else {
            effects.mark(.deletionUnproven)
            repairs.retryLater(id)
            return addHolder(member, to: id, at: now)
        }
        askToDelete(id, on: member, at: now, effects: &effects)
    }

    /// Unanswered, the next comparison finds the replica again.
    private mutating func askToDelete(
        _ id: ChunkID, on member: Int, at now: Instant, effects: inout Effects
    ) {
        guard !isComingBack(id), !keepers.isBehind else { return }
        removals.deletes(id, on: member)
        comparisons[member]?.deleted.insert(id)
        chunks[id]?.deleting.append(member)
        effects.note(.collecting(id, on: members[member].peer))
        let request = DeleteRequest(
            chunk: id, stamp: stamp(at: now),
            expires: end(of: settings.requestTimeout, at: now, on: member), head: journal.head)
        calls.ask(
            .node(.delete(request)), of: members[member].peer, for: .delete(id, member: member),
            timeout: settings.requestTimeout, effects: &effects)
    }
}
