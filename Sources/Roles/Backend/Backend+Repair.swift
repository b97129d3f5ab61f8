import Primitives

/// Repair: makes new replicas of chunks that have too few, least redundant first, within bounds on
/// transfers and bandwidth. Members that are merely silent still count, so that a short absence costs
/// nothing. When nothing is more urgent, what was placed badly in bad times is moved: a chunk that
/// stands in fewer failure domains than it could gets a replica in another, and the surplus goes.
extension Backend {
    /// The level on which a chunk waits: that of its replicas where it has, counting transfers under
    /// way, too few; the last where those stand in fewer failure domains than they could. Else nil.
    private func need(of chunk: PlacedChunk) -> Int? {
        let level = redundancy(of: chunk)
        if level + chunk.underWay.count < settings.replicas { return level }
        return level >= settings.replicas && chunk.underWay.isEmpty && isCrowded(chunk)
            ? settings.replicas : nil
    }

    /// Queues a chunk that has too few replicas, or has them in too few failure domains.
    mutating func enqueueIfNeeded(_ id: ChunkID) {
        guard let chunk = chunks[id], let commitment = chunk.commitment, let level = need(of: chunk)
        else { return }
        if let ticket = commitment.repairTicket, ticket.level <= level { return }
        chunks[id]?.commitment?.repairTicket = repairs.push(id, level: level)
    }

    /// Queues a chunk that may find a target now even if it found none before.
    mutating func enqueueAnew(_ id: ChunkID) {
        chunks[id]?.commitment?.repairTicket = nil
        enqueueIfNeeded(id)
    }

    mutating func startRepairRound(at now: Instant, effects: inout Effects) {
        for id in Set(repairs.takeFailed()).sorted() {
            chunks[id]?.commitment?.repairTicket = nil
            reconcile(id, at: now, effects: &effects)
        }
        repairs.startRound(candidates: members.candidates)
    }

    /// Starts as many transfers as the bounds allow.
    mutating func pumpRepairs(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        while repairs.underWay < settings.repairTransfers {
            guard now >= repairs.nextStart else {
                if !repairs.timerIsSet, !repairs.isEmpty {
                    repairs.timerIsSet = true
                    effects.schedule(Timer(.repair), after: repairs.nextStart - now)
                }
                return
            }
            guard let (id, number) = repairs.pop() else { return }
            // Queued again since, or no longer in need.
            guard let chunk = chunks[id], chunk.commitment?.repairTicket?.number == number else {
                continue
            }
            chunks[id]?.commitment?.repairTicket = nil
            guard let level = need(of: chunk) else {
                effects.mark(.repairOvertaken)
                continue
            }
            startRepair(of: id, chunk, level, at: now, random: &random, effects: &effects)
        }
    }

    private mutating func startRepair(
        of id: ChunkID, _ chunk: PlacedChunk, _ level: Int, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        let reachable = chunk.holders.map(\.member).filter { members[$0].standing.isReachable }
        let met = reachable.filter { members[$0].trust.unmet == 0 }
        let sources = met.isEmpty ? reachable : met
        // Without a source there is nothing to do until a holder comes back; then it is reconciled.
        guard !sources.isEmpty else { return effects.mark(.repairWithoutSource) }
        let avoided = chunk.holders.map(\.member) + chunk.underWay
        guard
            let target = place(
                1, of: id, byteCount: chunk.byteCount, avoiding: avoided,
                onlyElsewhere: level == settings.replicas, random: &random
            ).first
        else {
            effects.mark(.repairWithoutTarget)
            chunks[id]?.commitment?.repairTicket = repairs.wait(id, level: level)
            return
        }
        if level == settings.replicas {
            effects.mark(.chunkSpread)
            repairs.foundDomain()
        }
        let source = sources[random.below(sources.count)]
        let transfer = RepairTransfer(
            chunk: id, target: target, source: source, byteCount: chunk.byteCount)
        chunks[id]?.underWay.append(target)
        repairs.underWay += 1
        repairs.nextStart =
            max(repairs.nextStart, now)
            + Duration(seconds: Double(chunk.byteCount) / Double(settings.repairBytesPerSecond))
        let peer = members[target].peer
        effects.note(.repairStarted(id, to: peer))
        calls.ask(
            .node(.copy(request(for: transfer, at: now))), of: peer, for: .copy(transfer),
            timeout: settings.timeout(forBytes: chunk.byteCount) * 2, effects: &effects)
        // One chunk may lack more than one replica.
        enqueueIfNeeded(id)
    }

    private mutating func request(for transfer: RepairTransfer, at now: Instant) -> CopyRequest {
        CopyRequest(
            chunk: transfer.chunk, byteCount: transfer.byteCount,
            source: members[transfer.source].peer, stamp: stamp(at: now),
            capability: Capability(
                issuer: id, bearer: members[transfer.target].peer, chunk: transfer.chunk,
                expires: end(of: settings.capabilityLifetime, at: now, on: transfer.source)))
    }

    /// All copies of a chunk wait for the next round, or they would fail as fast as nodes answer.
    private mutating func repairLater(_ id: ChunkID) {
        chunks[id]?.commitment?.repairTicket = nil
        repairs.retryLater(id)
    }

    /// The target answered, or did not (nil).
    mutating func copyAnswered(
        _ transfer: RepairTransfer, _ outcome: CopyOutcome?, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        let id = transfer.chunk
        repairs.underWay -= 1
        if chunks[id] == nil { effects.mark(.repairMetRelease) }
        if outcome != .copied { chunks[id]?.underWay.removeAll { $0 == transfer.target } }
        effects.note(
            .repairFinished(
                id, to: members[transfer.target].peer, byteCount: transfer.byteCount, outcome))
        switch outcome {
        case .copied:
            challenge(
                [transfer.target, transfer.source], id, for: .credit(transfer), at: now,
                effects: &effects)
        case .sourceMissing:
            effects.mark(.sourceLackedChunk)
            // Nobody's word on another takes a replica away: the source is asked itself, for nobody.
            lastOperation += 1
            accusers[lastOperation] = transfer.target
            retrieve(id, from: transfer.source, for: lastOperation, at: now, effects: &effects)
            repairLater(id)
        case .full:
            effects.mark(.targetWasFull)
            members[transfer.target].isFull()
            repairLater(id)
        case nil:
            // Who says nothing is passed over for a while, as who says that it is full: others may be there.
            members[transfer.target].isFull()
            repairLater(id)
        case .refused, .busy, .sourceSilent: repairLater(id)
        }
        pumpRepairs(at: now, random: &random, effects: &effects)
    }

    /// The target and the source of a copy were challenged. A copy counts where the target gave a proof
    /// and the source gave no other.
    mutating func credit(
        _ transfer: RepairTransfer, _ audit: Audit, at now: Instant, effects: inout Effects
    ) {
        let (id, target) = (transfer.chunk, transfer.target)
        chunks[id]?.underWay.removeAll { $0 == target }
        guard let proof = audit.proof(of: target),
            audit.proof(of: transfer.source) ?? proof == proof
        else {
            effects.mark(.copyUnproven)
            // Who said that it copied and has nothing is given nothing more for a while.
            if audit.outcomes[target] == .missing { members[target].trust.didNotMeet(at: now) }
            return repairLater(id)
        }
        if !members[target].standing.countsForRedundancy { effects.mark(.copyOnLeaver) }
        if members[target].standing.status == .suspect { effects.mark(.copyOnSuspect) }
        addHolder(target, to: id, at: now)
        reconcile(id, at: now, effects: &effects)
    }
}
