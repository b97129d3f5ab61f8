import DequeModule
import Primitives

/// One replica being made from another.
package struct RepairTransfer: Sendable {
    let chunk: ChunkID
    let target: Int
    let source: Int
    let byteCount: Int
}

/// Chunks that wait for repair, by the number of replicas that they have left.
package struct RepairQueue: Sendable {
    private var levels: [Deque<ChunkID>]
    /// Chunks whose repair failed or found no target; they wait for the next round of maintenance.
    private var parked: [ChunkID] = []
    package internal(set) var underWay = 0
    /// When the next transfer may start, so that repair keeps to its bandwidth.
    var nextStart = Instant.origin
    var timerIsSet = false

    init(replicas: Int) { levels = Array(repeating: [], count: replicas) }

    /// Entries, outdated ones included.
    package var count: Int { levels.reduce(parked.count) { $0 + $1.count } }

    mutating func push(_ chunk: ChunkID, level: Int) { levels[level].append(chunk) }

    mutating func park(_ chunk: ChunkID) { parked.append(chunk) }

    mutating func takeParked() -> [ChunkID] {
        defer { parked = [] }
        return parked
    }

    /// The next entry of the least redundant level.
    mutating func pop() -> (chunk: ChunkID, level: Int)? {
        for level in levels.indices {
            if let chunk = levels[level].popFirst() { return (chunk, level) }
        }
        return nil
    }
}

/// Repair: makes new replicas of chunks that have too few, least redundant first, within bounds on
/// transfers and bandwidth. Members that are merely silent still count, so that a short absence costs
/// nothing.
extension Backend {
    /// Queues a chunk that has, counting transfers under way, too few replicas.
    mutating func enqueueIfNeeded(_ id: ChunkID) {
        guard let chunk = chunks[id], chunk.isCommitted else { return }
        let level = redundancy(of: chunk)
        guard level + chunk.underWay.count < settings.replicas else { return }
        if let queuedAt = chunk.queuedAt, queuedAt <= level { return }
        chunks[id]?.queuedAt = level
        repairs.push(id, level: level)
    }

    mutating func unparkRepairs() {
        for id in repairs.takeParked() { enqueueIfNeeded(id) }
    }

    /// Starts as many transfers as the bounds allow.
    mutating func pumpRepairs(
        at now: Instant, random: inout RandomSource, effects: inout Effects
    ) {
        while repairs.underWay < settings.repairTransfers {
            guard now >= repairs.nextStart else {
                if !repairs.timerIsSet, repairs.count > 0 {
                    repairs.timerIsSet = true
                    effects.schedule(Timer(.repair), after: repairs.nextStart - now)
                }
                return
            }
            guard let (id, level) = repairs.pop() else { return }
            // Queued again at another level since, or no longer in need.
            guard let chunk = chunks[id], chunk.queuedAt == level else { continue }
            chunks[id]?.queuedAt = nil
            guard redundancy(of: chunk) + chunk.underWay.count < settings.replicas else {
                continue
            }
            startRepair(of: id, chunk, at: now, random: &random, effects: &effects)
        }
    }

    private mutating func startRepair(
        of id: ChunkID, _ chunk: PlacedChunk, at now: Instant, random: inout RandomSource,
        effects: inout Effects
    ) {
        let sources = chunk.holders.map(\.member).filter { members[$0].isReachable }
        // Without a source there is nothing to do until a holder comes back; then it is reconciled.
        guard !sources.isEmpty else { return }
        let avoided = chunk.holders.map(\.member) + chunk.underWay
        guard
            let target = place(
                1, of: id, byteCount: chunk.byteCount, avoiding: avoided, random: &random
            ).first
        else {
            repairs.park(id)
            return
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
        let call = calls.open(to: peer, .copy(transfer))
        let request = CopyRequest(
            chunk: id, byteCount: chunk.byteCount, source: members[source].peer,
            stamp: stamp(at: now),
            capability: Capability(
                issuer: self.id, bearer: peer, chunk: id,
                expires: now + settings.capabilityLifetime))
        effects.note(.repairStarted(id, to: peer))
        effects.request(
            .copy(request), to: peer, call: call,
            timeout: settings.timeout(forBytes: chunk.byteCount) * 2)
        // One chunk may lack more than one replica.
        enqueueIfNeeded(id)
    }

    /// The target answered, or did not (nil).
    mutating func copyAnswered(
        _ transfer: RepairTransfer, _ outcome: CopyOutcome?, at now: Instant,
        random: inout RandomSource, effects: inout Effects
    ) {
        let id = transfer.chunk
        repairs.underWay -= 1
        chunks[id]?.underWay.removeAll { $0 == transfer.target }
        effects.note(
            .repairFinished(
                id, to: members[transfer.target].peer, byteCount: transfer.byteCount, outcome))
        switch outcome {
        case .copied:
            addHolder(transfer.target, to: id, at: now)
            reconcile(id, at: now, effects: &effects)
        case .sourceMissing:
            replicaMissing(id, on: transfer.source, .scrubOrRead, at: now, effects: &effects)
            repairs.park(id)
        case .full:
            members[transfer.target].isFull()
            repairs.park(id)
        case .refused, .busy, .sourceSilent, nil: repairs.park(id)
        }
        pumpRepairs(at: now, random: &random, effects: &effects)
    }
}
