import Merkle
import Primitives
import Roles

/// Carrying out disk requests, and keeping the census of what is durable.
extension World {
    mutating func applyDisk(_ actor: UInt32) {
        let slot = Int(participants[Int(actor)].slot)
        for index in effects.disk.indices {
            let request = effects.disk[index]
            if participants[Int(actor)].kind == .node {
                applyChunkDisk(request, actor, slot)
            } else {
                applyLogDisk(request, actor, slot)
            }
        }
    }

    private mutating func complete(_ event: DiskEvent, of actor: UInt32, at instant: Instant) {
        queue.schedule(
            EventQueue.Completion(
                actor: actor, epoch: participants[Int(actor)].epoch, event: event),
            at: instant)
    }

    private mutating func applyChunkDisk(
        _ request: DiskRequest, _ actor: UInt32, _ slot: Int
    ) {
        switch request {
        case .recoverChunks:
            let inventory = chunkDisks[slot].inventory()
            // Reading the index back: some microseconds a chunk.
            let done =
                chunkDisks[slot].finish(bytes: 0, at: now) + .microseconds(10) * inventory.count
            complete(.recoveredChunks(inventory), of: actor, at: done)
        case .write(let token, let stored, let payload):
            let done = chunkDisks[slot].finish(bytes: payload.byteCount, at: now)
            let fits = chunkDisks[slot].write(.init(stored: stored, payload: payload))
            complete(.wrote(token: token, fits ? .written : .full), of: actor, at: done)
        case .read(let token, let chunk):
            let payload = chunkDisks[slot].replicas[chunk]?.payload
            let done = chunkDisks[slot].finish(bytes: payload?.byteCount ?? 0, at: now)
            complete(
                .read(token: token, payload.map { .bytes($0) } ?? .damaged), of: actor, at: done)
        case .delete(let chunk):
            delete(chunk, actor, slot)
        case .sync(let token):
            complete(
                .synced(token: token), of: actor, at: chunkDisks[slot].startSync(at: now))
        case .append, .recoverLog: break
        }
    }

    mutating func delete(_ chunk: ChunkID, _ actor: UInt32, _ slot: Int) {
        checkDeletion(of: chunk, by: actor, slot)
        if chunkDisks[slot].isDurable(chunk) { replicaGone(chunk, actor, isFault: false) }
        chunkDisks[slot].delete(chunk)
    }

    private mutating func applyLogDisk(
        _ request: DiskRequest, _ actor: UInt32, _ slot: Int
    ) {
        switch request {
        case .recoverLog:
            complete(
                .recoveredLog(logDisks[slot].blocks), of: actor,
                at: now + logDisks[slot].recoveryTime())
        case .append(let block):
            checkCanary(block, "ledger")
            logDisks[slot].append(block)
        case .sync(let token):
            complete(.synced(token: token), of: actor, at: logDisks[slot].startSync(at: now))
        case .write, .read, .delete, .recoverChunks: break
        }
    }

    /// A sync finished: takes what became durable into the books.
    mutating func synced(_ actor: UInt32) {
        let slot = Int(participants[Int(actor)].slot)
        if participants[Int(actor)].kind == .backend {
            for block in logDisks[slot].finishSync() { readBlock(block, slot) }
            return
        }
        for chunk in chunkDisks[slot].finishSync() {
            guard let replica = chunkDisks[slot].replicas[chunk], replica.isIntact,
                !durableReplicas[slot].contains(chunk)
            else { continue }
            durableReplicas[slot].insert(chunk)
            census.forget(chunk, on: actor)
            census.gained(
                chunk, byteCount: replica.payload.byteCount, isReachable: true, at: now)
        }
    }

    /// A durable, intact replica ceased to be: rotten, vanished, deleted, or with its disk.
    mutating func replicaGone(_ chunk: ChunkID, _ actor: UInt32, isFault: Bool) {
        let slot = Int(participants[Int(actor)].slot)
        guard durableReplicas[slot].remove(chunk) else { return }
        let wasLast = census.lost(
            chunk, wasReachable: participants[Int(actor)].isUp, isFault: isFault, at: now)
        if wasLast, !isFault {
            oracles.check(
                .durability, at: now, isSpare(chunk, on: actor),
                "node \(actor) deleted the last replica of chunk \(chunk)")
        }
    }
}
