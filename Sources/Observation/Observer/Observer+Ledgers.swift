import Ledger
package import Primitives

/// What ledgers say, and whether it is so.
extension Observer {
    /// A block became durable on a backend's disk.
    mutating func read(_ block: [UInt8], of slot: Int, at now: Instant) {
        if now > backends[slot].durable.last {
            backends[slot].durable = (now, backends[slot].durable.last)
        }
        do {
            if comesBack(block, to: slot) {
                _ = try backends[slot].ledger?.read(block)
                return
            }
            meters.ledger.bytes += UInt64(block.count)
            let changes = try backends[slot].ledger?.read(block) ?? LedgerReplay.Changes()
            meters.ledger.read(
                records: changes.recordCount, ofAll: backends[slot].ledger?.recordCount ?? 0)
            oracles.check(.ledger, at: now, true, "")
            if !liars.isEmpty { countPlacements(changes, at: now) }
            for (chunk, node) in changes.dropped {
                if let actor = actor(node) { census.moot(chunk, on: actor, &meters) }
            }
            for (chunk, node) in changes.named {
                let holder = actor(node)
                if let holder, isExcused(holder, of: chunk, in: slot) { continue }
                oracles.check(
                    .ledger, at: now,
                    holder.map { nodes[self.slot($0)].disk.isDurable(chunk) } ?? false,
                    "backend \(slot) counts on chunk \(chunk) on \(node), which does not hold it")
            }
        } catch {
            oracles.check(.ledger, at: now, false, "backend \(slot): \(error)")
        }
    }

    /// Whether a block is one that the disk had before it was exchanged: what it says was looked at then, and
    /// later blocks may say otherwise.
    private func comesBack(_ block: [UInt8], to slot: Int) -> Bool {
        guard let height = backends[slot].ledger?.blockCount else { return false }
        return backends[slot].former.indices.contains(height)
            && backends[slot].former[height] == block
    }

    private mutating func countPlacements(_ changes: LedgerReplay.Changes, at now: Instant) {
        for (chunk, node) in changes.named { placed(chunk, on: node) }
        for (chunk, node) in changes.dropped { gaveUp(chunk, on: node, at: now) }
    }

    /// Whether a node may well lack a chunk that it said to hold: it is gone, or lies, or a fault struck.
    /// Or its disk took what the node acknowledged to the backend, whose own disk has taken nothing since.
    private func isExcused(_ actor: UInt32, of chunk: ChunkID, in slot: Int) -> Bool {
        if let struck = nodes[self.slot(actor)].struck[chunk],
            struck >= backends[slot].durable.before
        {
            return true
        }
        return self[actor].isGone || self[actor].isLiar || census.isDivergent(chunk, on: actor)
    }

    /// Whether a ledger says that the node holds the chunk.
    package func isCountedOn(_ chunk: ChunkID, on actor: UInt32) -> Bool {
        let peer = peer(of: actor)
        return backends.contains { $0.ledger?.placements[chunk]?.contains(peer) ?? false }
    }

    /// Looks at every ledger: whether it verifies, and is as long as its disk says.
    package mutating func inspectLedgers(at now: Instant) {
        for slot in backends.indices {
            guard let ledger = backends[slot].ledger else { continue }
            do {
                try ledger.checkTip()
                oracles.check(
                    .ledger, at: now, ledger.blockCount == backends[slot].log.durableCount,
                    "backend \(slot): the ledger shrank")
            } catch {
                oracles.check(.ledger, at: now, false, "backend \(slot): \(error)")
            }
        }
    }
}
