import Merkle
package import Primitives
package import Roles

/// What disks are asked for, what they say, and what befalls them.
extension Observer {
    /// A server asks this of its disk.
    package mutating func requested(_ request: DiskRequest, by actor: UInt32, at now: Instant) {
        let slot = slot(actor)
        switch request {
        case .write(let token, let stored, let payload):
            nodes[slot].writes[token] = DiskContents.Replica(stored: stored, payload: payload)
        case .delete(let chunk):
            countNoLonger(chunk, actor, at: now)
            nodes[slot].disk.delete(chunk)
        case .setTrashed(let chunk, let since):
            if since != nil { countNoLonger(chunk, actor, at: now) }
            nodes[slot].disk.setTrashed(chunk, since: since)
        case .append(let block):
            checkCanary(block, "ledger", at: now)
            backends[slot].log.append(block)
        case .sync:
            if self[actor].kind == .node {
                nodes[slot].disk.startSync()
            } else {
                backends[slot].log.startSync()
            }
        case .read, .readBlock, .recoverChunks, .recoverLog: break
        }
    }

    /// A node lets go of a replica.
    private mutating func countNoLonger(_ chunk: ChunkID, _ actor: UInt32, at now: Instant) {
        checkDeletion(of: chunk, by: actor, at: now)
        if nodes[slot(actor)].disk.isDurable(chunk) {
            replicaGone(chunk, actor, isFault: false, at: now)
        }
    }

    /// A write came to its end.
    package mutating func wrote(
        token: UInt64, _ outcome: DiskOutcome, by actor: UInt32, at now: Instant
    ) {
        let slot = slot(actor)
        guard let replica = nodes[slot].writes.removeValue(forKey: token), outcome == .written,
            !nodes[slot].disk.write(replica)
        else { return }
        oracles.check(.inventoryTruth, at: now, false, "node \(actor) exceeds its capacity")
    }

    /// A sync came to its end: what it covers is durable.
    package mutating func synced(by actor: UInt32, at now: Instant) {
        let slot = slot(actor)
        guard self[actor].kind == .node else {
            for block in backends[slot].log.finishSync() { read(block, of: slot, at: now) }
            return
        }
        for chunk in nodes[slot].disk.finishSync() {
            if gained(chunk, slot, at: now) {
                census.forget(chunk, on: actor, &meters)
            } else if let replica = nodes[slot].disk.replicas[chunk], !replica.isIntact {
                // Its disk erred, and said nothing.
                census.promised(chunk, byteCount: replica.payload.byteCount)
            }
        }
    }

    /// A machine lost its power, and its disk what was not synced.
    package mutating func lostUnsynced(
        by actor: UInt32, keepingSome seed: UInt64? = nil, at now: Instant
    ) {
        let slot = slot(actor)
        switch self[actor].kind {
        case .node:
            // A deletion that was not synced may be undone, and a write have lasted.
            for chunk in nodes[slot].disk.crash(keepingSome: seed) {
                gained(chunk, slot, at: now)
            }
        case .backend:
            for block in backends[slot].log.crash(keepingSome: seed) {
                read(block, of: slot, at: now)
            }
        case .discovery, .user: break
        }
    }

    /// A chunk that its disk holds counts as a replica from now on. False where it did, or is rotten.
    @discardableResult
    mutating func gained(_ chunk: ChunkID, _ slot: Int, at now: Instant) -> Bool {
        guard let replica = nodes[slot].disk.replicas[chunk], replica.isIntact,
            replica.stored.trashed == nil
        else { return false }
        guard !self[nodes[slot].actor].keepsNothing else {
            census.promised(chunk, byteCount: replica.payload.byteCount)
            return false
        }
        guard nodes[slot].replicas.insert(chunk) else { return false }
        nodes[slot].struck[chunk] = nil
        census.gained(
            chunk, byteCount: replica.payload.byteCount,
            isReachable: self[nodes[slot].actor].isUp, at: now, &meters)
        return true
    }

    /// A durable, intact replica ceased to be: rotten, vanished, deleted, or with its disk.
    mutating func replicaGone(_ chunk: ChunkID, _ actor: UInt32, isFault: Bool, at now: Instant) {
        guard nodes[slot(actor)].replicas.remove(chunk) else { return }
        let wasLast = census.lost(
            chunk, wasReachable: self[actor].isUp, isFault: isFault, at: now, &meters)
        guard !isFault, census.isReferenced(chunk) else { return }
        let held = wasLast ? countedOn(chunk) : ""
        oracles.check(
            .durability, at: now, !wasLast || isShared(chunk),
            "node \(actor) deleted the last replica of chunk \(chunk)\(held)")
    }

    /// A node is about to delete a chunk, or to leave with it.
    mutating func checkDeletion(of chunk: ChunkID, by actor: UInt32, at now: Instant) {
        guard nodes[slot(actor)].replicas.contains(chunk), census.isReferenced(chunk) else {
            return
        }
        let isCountedOn = isCountedOn(chunk, on: actor)
        let held = isCountedOn ? countedOn(chunk) : ""
        oracles.check(
            .collection, at: now, !isCountedOn,
            "node \(actor) deleted chunk \(chunk), which the ledger says it holds\(held)")
    }

    // MARK: Faults

    /// A fault damaged a replica that counted.
    package mutating func damaged(
        _ chunk: ChunkID, on actor: UInt32, _ damage: DiskContents.Damage, at now: Instant
    ) {
        replicaGone(chunk, actor, isFault: true, at: now)
        nodes[slot(actor)].struck[chunk] = now
        census.diverged(chunk, on: actor, at: now, &meters)
        nodes[slot(actor)].disk.suffer(damage, to: chunk)
    }

    /// A node has another disk from now on, or the disk not what it said that it has.
    package mutating func exchanged(_ actor: UInt32, for contents: DiskContents, at now: Instant) {
        let slot = slot(actor)
        let before = nodes[slot].disk.replicas
        for chunk in before.keys.sorted()
        where before[chunk]?.counts == true && contents.replicas[chunk]?.counts != true {
            damaged(chunk, on: actor, .loss, at: now)
        }
        nodes[slot].disk = contents
        nodes[slot].writes = [:]
        for chunk in contents.replicas.keys.sorted() where gained(chunk, slot, at: now) {
            census.forget(chunk, on: actor, &meters)
        }
    }

    /// The same of a backend: it is its disk that says what is in its ledger.
    package mutating func exchanged(_ actor: UInt32, for log: LogContents, at now: Instant) {
        let slot = slot(actor)
        if backends[slot].log.blocks.count > backends[slot].former.count {
            backends[slot].former = backends[slot].log.blocks
        }
        backends[slot].log = log
        guard let writer = backends[slot].ledger?.writer else { return }
        var ledger = LedgerReplay(writer: writer)
        do {
            for block in log.blocks { _ = try ledger.read(block) }
        } catch {
            oracles.check(.ledger, at: now, false, "backend \(slot): \(error)")
        }
        backends[slot].ledger = ledger
    }

    /// A node no longer counts a chunk that a fault had damaged.
    package mutating func uncounted(_ chunk: ChunkID, on actor: UInt32) {
        census.forget(chunk, on: actor, &meters)
    }
}
