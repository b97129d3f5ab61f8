import Merkle
package import Primitives
import Roles

/// A chunk that a backend knows to lack replicas.
struct Shortage: Sendable {
    var since: Instant
    /// Those that count, all the while.
    let holders: [PeerID]
    /// How long it may take to mend.
    var patience: Duration
}

/// Whether chunks have the replicas that they should have, in as many failure domains as they could.
extension Observer {
    // MARK: At the end

    /// Each chunk that survives is at its target, in as many failure domains as there could be, unless
    /// nobody could take another replica.
    mutating func checkRedundancy(at now: Instant) {
        let domains = domainsHeld()
        for (chunk, facts) in census.survivors {
            let isShort = facts.durable < census.target
            let isCrowded = !isShort && isCrowded(chunk, in: domains[chunk] ?? [])
            if isShort,
                !canTakeAnother(ofChunk: chunk) || mustBelieveLiars(about: chunk)
                    || !isHonestlyHeld(chunk) || isMisled
            {
                continue
            }
            let held = isShort || isCrowded ? countedOn(chunk) : ""
            let domainCount = domains[chunk]?.count ?? 0
            oracles.check(
                .redundancyRestored, at: now, !isShort && !isCrowded,
                isShort
                    ? "chunk \(chunk) has \(facts.durable) replicas\(held)"
                    : "chunk \(chunk) stands in \(domainCount) failure domains\(held)")
        }
    }

    /// Whether nobody can know that a chunk lacks replicas: nodes say that they have it, and nobody is to
    /// challenge them, or each of them can have the proof from another one.
    private func mustBelieveLiars(about chunk: ChunkID) -> Bool {
        let holders = holders(of: chunk)
        guard holders.count >= census.target, settings.auditInterval == .zero else {
            return isShared(chunk)
        }
        return holders.contains { self[$0].isLiar || self[$0].isUnfit }
    }

    /// Whether enough nodes prove that they have a chunk, some of which have the proof from each other.
    func isShared(_ chunk: ChunkID) -> Bool {
        let holders = holders(of: chunk)
        return holders.count >= census.target && holders.contains { self[$0].sharesReplicas }
    }

    /// The nodes that ledgers count on for a chunk.
    private func holders(of chunk: ChunkID) -> [UInt32] {
        backends.flatMap { $0.ledger?.placements[chunk] ?? [] }.compactMap(actor)
    }

    /// Whether all who could tell backends of nodes lie.
    private var isMisled: Bool {
        let discoveries = participants.filter { $0.kind == .discovery && $0.isUp }
        return !discoveries.isEmpty && discoveries.allSatisfy(\.isLiar)
    }

    /// By chunk: the failure domains that its replicas stand in.
    private func domainsHeld() -> [ChunkID: Set<UInt32>] {
        var held: [ChunkID: Set<UInt32>] = [:]
        for node in nodes {
            let domain = self[node.actor].domain
            for chunk in node.replicas where census.isReferenced(chunk) {
                held[chunk, default: []].insert(domain)
            }
        }
        return held
    }

    /// Whether a chunk stands in fewer failure domains than it could. Where somebody lies, the backends
    /// may not know of it.
    private func isCrowded(_ chunk: ChunkID, in domains: Set<UInt32>) -> Bool {
        domains.count < census.target && !participants.contains { $0.isLiar && $0.kind != .user }
            && isWell(chunk) && canTakeAnother(ofChunk: chunk, outside: domains)
    }

    /// Chunks that stand in fewer failure domains than both their replicas and the nodes that exist.
    func crowdedChunks() -> Int {
        let all = domainCount
        guard all > 1 else { return 0 }
        return domainsHeld().count {
            $0.value.count < min(census.target, census.durableReplicas(of: $0.key), all)
        }
    }

    private var domainCount: Int {
        Set(participants.filter { $0.kind == .node && !$0.isGone }.map(\.domain)).count
    }

    /// Whether a replica stands in a failure domain that the others of its chunk, which are in too few,
    /// lack.
    func spreads(_ chunk: ChunkID, by peer: PeerID) -> Bool {
        guard let actor = actor(peer) else { return false }
        let others = nodes.filter { $0.actor != actor && $0.replicas.contains(chunk) }
        let domains = Set(others.map { self[$0.actor].domain })
        return domains.count < min(census.target, domainCount)
            && !domains.contains(self[actor].domain)
    }

    /// Whether some node that stays, up since some time, lacks a chunk, is not thought to have it, and has
    /// room for it. Backends hear of free space to within 1 % of the capacity.
    private func canTakeAnother(
        ofChunk chunk: ChunkID, outside domains: Set<UInt32> = [], besides holders: [PeerID] = [],
        since: Instant = .distantFuture
    ) -> Bool {
        nodes.contains { node in
            let participant = self[node.actor]
            return participant.isUp && !participant.isLeaving && !participant.isLiar
                && !participant.isUnfit
                && participant.since <= since && !domains.contains(participant.domain)
                && !node.replicas.contains(chunk) && !holders.contains(participant.peer)
                && node.disk.usedBytes - node.disk.trashBytes + census.byteCount(of: chunk)
                    + node.disk.capacityBytes / 50 < node.disk.capacityBytes
        }
    }

    // MARK: While everything goes on

    /// A chunk that a backend knows to lack replicas is not left so for long, while nothing disturbs it
    /// and there are nodes to copy from and to: those that are up, whoever else may come back.
    package mutating func checkRepair(at now: Instant) {
        for slot in backends.indices { checkRepair(by: slot, at: now) }
    }

    private mutating func checkRepair(by slot: Int, at now: Instant) {
        let before = backends[slot].shortages
        backends[slot].shortages = [:]
        guard let calm = calm(of: slot) else { return }
        let short = shortages(of: slot)
        let patience = repairTime(of: short.count, largest: largest(of: short.keys))
        for (chunk, holders) in short.sorted(by: { $0.key < $1.key }) {
            var shortage = Shortage(since: now, holders: holders, patience: patience)
            if let old = before[chunk], old.holders == holders, old.since >= calm {
                shortage.since = old.since
                shortage.patience = max(old.patience, patience)
            }
            backends[slot].shortages[chunk] = shortage
            guard now - shortage.since >= shortage.patience,
                canBeRepaired(chunk, since: shortage.since, from: holders)
            else { continue }
            oracles.check(
                .redundancyRestored, at: now, false,
                "backend \(slot) leaves chunk \(chunk) with \(holders.count) replicas")
        }
        for (chunk, old) in before
        where short[chunk] == nil && old.since >= calm && now - old.since >= old.patience {
            oracles.check(.redundancyRestored, at: now, true, "")
        }
    }

    /// Since when nothing has kept a backend from repairing; nil where something does.
    private func calm(of slot: Int) -> Instant? {
        let backend = participants.first { $0.kind == .backend && $0.slot == slot }
        let discoveries = participants.filter { $0.kind == .discovery && $0.isUp }
        guard disturbances == 0, settings.repairTransfers > 0, let backend, backend.isUp,
            let heard = discoveries.map(\.since).min()
        else { return nil }
        return max(calmSince, max(backend.since, heard))
    }

    /// The chunks that lack replicas by what the backend itself wrote, with the holders that count.
    private func shortages(of slot: Int) -> [ChunkID: [PeerID]] {
        let backend = backends[slot]
        return (backend.ledger?.placements ?? [:]).compactMapValues { nodes in
            let holders = nodes.filter { !backend.dead.contains($0) }
            return holders.count < settings.replicas ? holders : nil
        }
    }

    private func canBeRepaired(_ chunk: ChunkID, since: Instant, from holders: [PeerID]) -> Bool {
        let hasSource = holders.contains { peer in
            guard let actor = actor(peer) else { return false }
            let holder = self[actor]
            return holder.isUp && holder.since <= since
                && nodes[holder.slot].replicas.contains(chunk)
        }
        return hasSource && census.isReferenced(chunk)
            && canTakeAnother(ofChunk: chunk, besides: holders, since: since)
    }

    private func largest(of chunks: some Sequence<ChunkID>) -> Int {
        chunks.reduce(0) { max($0, census.byteCount(of: $1)) }
    }

    /// How long a backend may take, with so many chunks to repair: as long as it may mistrust a node that
    /// was away, and four times what the bounds of its transfers allow for, since some fail.
    private func repairTime(of backlog: Int, largest bytes: Int) -> Duration {
        let rounds = backlog / min(settings.repairTransfers, settings.copiesPerNode) + 4
        let transfers =
            settings.timeout(forBytes: bytes) * 2 * rounds
            + Duration(seconds: Double(bytes * backlog) / Double(settings.repairBytesPerSecond))
        return max(settings.deadAfter, max(.hours(1), settings.auditInterval * 2)) + transfers * 4
    }
}
