import DequeModule
import Primitives

/// One replica being made from another.
package struct RepairTransfer: Sendable {
    let chunk: ChunkID
    let target: Int
    let source: Int
    let byteCount: Int
}

/// Chunks that wait for repair, by the number of replicas that they have left; on the last level those
/// that have enough, in fewer failure domains than there could be.
///
/// One that found no target waits apart, and is tried again once a member became able to take a
/// replica, a bounded number at a time: a round costs what changed, however many wait.
package struct RepairQueue: Sendable {
    /// A chunk's place in the queue. Entries under another number are outdated.
    struct Ticket: Sendable {
        let level: UInt32
        let number: UInt32
    }

    private struct Entry: Sendable {
        let chunk: ChunkID
        let number: UInt32
    }

    /// Tries that may find no target before the next round of maintenance.
    static let fruitlessTriesPerRound = 256
    /// Chunks of each level that are tried in a round in which nothing changed.
    static let probesPerRound = 4

    private var levels: [Deque<Entry>]
    /// Chunks that found no target, by level.
    private var waiting: [Deque<Entry>]
    /// How many of those, from the front, are to be tried again.
    private var due: [Int]
    private var fruitlessTriesLeft = fruitlessTriesPerRound
    /// The candidates as of the last time that all were to be tried again.
    private var candidates: UInt64 = 0
    private var lastNumber: UInt32 = 0
    /// Chunks whose transfer failed, or of which too little is proven; they wait for the next round of maintenance.
    private var failed: [ChunkID] = []
    package internal(set) var underWay = 0
    /// When the next transfer may start, so that repair keeps to its bandwidth.
    var nextStart = Instant.origin
    var timerIsSet = false
    /// How often no target was found since the start.
    package private(set) var fruitlessTries = 0

    init(replicas: Int) {
        levels = Array(repeating: [], count: replicas + 1)
        waiting = levels
        due = Array(repeating: 0, count: replicas + 1)
    }

    /// Entries of chunks that lack replicas, outdated ones included.
    package var count: Int {
        (levels.dropLast() + waiting.dropLast()).reduce(failed.count) { $0 + $1.count }
    }

    /// Whether there is something to try now.
    var isEmpty: Bool {
        levels.allSatisfy(\.isEmpty) && (fruitlessTriesLeft <= 0 || due.allSatisfy { $0 == 0 })
    }

    mutating func push(_ chunk: ChunkID, level: Int) -> Ticket {
        let ticket = makeTicket(level)
        levels[level].append(Entry(chunk: chunk, number: ticket.number))
        return ticket
    }

    /// Has a chunk wait until somebody may be able to take a replica.
    mutating func wait(_ chunk: ChunkID, level: Int) -> Ticket {
        fruitlessTries += 1
        fruitlessTriesLeft -= 1
        let ticket = makeTicket(level)
        waiting[level].append(Entry(chunk: chunk, number: ticket.number))
        return ticket
    }

    private mutating func makeTicket(_ level: Int) -> Ticket {
        lastNumber &+= 1
        return Ticket(level: UInt32(level), number: lastNumber)
    }

    /// The timer has waited for the next transfer, whatever a clock shows that stands still.
    mutating func waited(until now: Instant) {
        timerIsSet = false
        nextStart = min(nextStart, now)
    }

    mutating func retryLater(_ chunk: ChunkID) { failed.append(chunk) }

    mutating func takeFailed() -> [ChunkID] {
        defer { failed = [] }
        return failed
    }

    /// A new round: once all that were to be tried again were, all that lack replicas are if somebody
    /// became a candidate since, else a few.
    mutating func startRound(candidates: UInt64) {
        fruitlessTriesLeft = Self.fruitlessTriesPerRound
        guard due.allSatisfy({ $0 == 0 }) else { return }
        let limit = candidates == self.candidates ? Self.probesPerRound : .max
        due = waiting.map { min($0.count, limit) }
        due[due.count - 1] = min(waiting[due.count - 1].count, Self.probesPerRound)
        self.candidates = candidates
    }

    /// One that stands in too few failure domains found another, and so may all of those.
    mutating func foundDomain() { due[due.count - 1] = waiting[due.count - 1].count }

    /// The next entry of the least redundant level.
    mutating func pop() -> (chunk: ChunkID, number: UInt32)? {
        for level in levels.indices {
            if let entry = levels[level].popFirst() { return (entry.chunk, entry.number) }
            if due[level] > 0, fruitlessTriesLeft > 0, let entry = waiting[level].popFirst() {
                due[level] -= 1
                return (entry.chunk, entry.number)
            }
        }
        return nil
    }
}

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
        let request = CopyRequest(
            chunk: id, byteCount: chunk.byteCount, source: members[source].peer,
            stamp: stamp(at: now),
            capability: Capability(
                issuer: self.id, bearer: peer, chunk: id,
                expires: end(of: settings.capabilityLifetime, at: now, on: source)))
        effects.note(.repairStarted(id, to: peer))
        calls.ask(
            .node(.copy(request)), of: peer, for: .copy(transfer),
            timeout: settings.timeout(forBytes: chunk.byteCount) * 2, effects: &effects)
        // One chunk may lack more than one replica.
        enqueueIfNeeded(id)
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
