import Observation
import Primitives
import Roles

/// Carrying out disk requests.
extension World {
    mutating func applyDisk(_ actor: UInt32) {
        let slot = Int(environment[actor].slot)
        let isNode = environment[actor].kind == .node
        for index in effects.disk.indices {
            let request = effects.disk[index]
            // Its disk may have lost power over what it was asked before.
            guard environment[actor].isUp else { break }
            environment.observer.requested(request, by: actor, at: now)
            if isNode, keepsSegments {
                applySegmentDisk(request, actor, slot)
            } else if isNode {
                applyChunkDisk(request, actor, slot)
            } else {
                applyLogDisk(request, actor, slot)
            }
        }
    }

    mutating func complete(_ event: DiskEvent, of actor: UInt32, at instant: Instant) {
        environment.queue.schedule(
            EventQueue.Completion(actor: actor, epoch: environment[actor].epoch, event: event),
            at: max(instant, environment.diskHangsUntil(actor) ?? instant))
    }

    private mutating func applyChunkDisk(_ request: DiskRequest, _ actor: UInt32, _ slot: Int) {
        chunkDisks[slot].factor = environment.diskFactor(of: actor)
        switch request {
        case .recoverChunks:
            let inventory = chunkDisks[slot].contents.inventory()
            // Reading the index back: some microseconds a chunk.
            let done =
                chunkDisks[slot].finish(bytes: 0, at: now) + .microseconds(10) * inventory.count
            complete(.recoveredChunks(inventory), of: actor, at: done)
        case .write(let token, let stored, let payload):
            let done = chunkDisks[slot].finish(bytes: payload.byteCount, at: now)
            let outcome =
                environment.refusedWrite(actor)
                ?? (chunkDisks[slot].contents.write(.init(stored: stored, payload: payload))
                    ? .written : .full)
            environment.observer.wrote(token: token, outcome, by: actor, at: now)
            if outcome == .written { misplace(stored.chunk, on: actor, slot) }
            complete(.wrote(token: token, outcome), of: actor, at: done)
        case .read(let token, let chunk):
            let keeper = keeper(of: chunk, for: actor)
            let payload = chunkDisks[keeper].contents.replicas[chunk]?.payload
            let done = chunkDisks[slot].finish(bytes: payload?.byteCount ?? 0, at: now)
            let isRefused =
                environment.refusesRead(actor) || !environment[environment.nodeIndices[keeper]].isUp
            let outcome: ReadOutcome =
                isRefused ? .unavailable : payload.map { .bytes($0) } ?? .damaged
            complete(.read(token: token, outcome), of: actor, at: done)
        case .delete(let chunk): chunkDisks[slot].contents.delete(chunk)
        case .setTrashed(let chunk, let since):
            chunkDisks[slot].contents.setTrashed(chunk, since: since)
        case .sync(let token):
            complete(.synced(token: token), of: actor, at: chunkDisks[slot].startSync(at: now))
        case .append, .recoverLog, .readBlock: break
        }
    }

    /// On whose disk a node reads a chunk: its own, unless it is one of liars that keep one replica
    /// among them.
    mutating func keeper(of chunk: ChunkID, for actor: UInt32) -> Int {
        let own = Int(environment[actor].slot)
        guard environment[actor].isAfflicted else { return own }
        for sharer in environment.sharers(with: actor) {
            let slot = Int(environment[sharer].slot)
            guard slot != own else { return own }
            if holds(chunk, slot) {
                environment.feltLie(of: actor)
                return slot
            }
        }
        return own
    }

    private mutating func holds(_ chunk: ChunkID, _ slot: Int) -> Bool {
        keepsSegments
            ? segmentDisks[slot].holds(chunk) : chunkDisks[slot].contents.replicas[chunk] != nil
    }

    private mutating func applyLogDisk(_ request: DiskRequest, _ actor: UInt32, _ slot: Int) {
        logDisks[slot].factor = environment.diskFactor(of: actor)
        switch request {
        case .recoverLog:
            guard !environment.refusesRead(actor) else { return askAgain(request, actor) }
            complete(
                .recoveredLog(logDisks[slot].contents.blocks), of: actor,
                at: now + logDisks[slot].recoveryTime())
        case .readBlock(let height):
            guard !environment.refusesRead(actor) else { return askAgain(request, actor) }
            complete(
                .readBlock(height: height, logDisks[slot].contents.block(height)), of: actor,
                at: now + logDisks[slot].readTime(of: height))
        case .append(let block):
            guard logDisks[slot].begin() else { return losePower(actor) }
            logDisks[slot].contents.append(block)
        case .sync(let token):
            guard environment.refusedWrite(actor) == nil else { return askAgain(request, actor) }
            guard logDisks[slot].begin() else {
                logDisks[slot].contents.startSync()
                return losePower(actor)
            }
            complete(.synced(token: token), of: actor, at: logDisks[slot].startSync(at: now))
        case .write, .read, .delete, .setTrashed, .recoverChunks: break
        }
    }

    /// What a ledger's disk refused is asked of it again, until it is done.
    private mutating func askAgain(_ request: DiskRequest, _ actor: UInt32) {
        environment.queue.schedule(
            .diskGoesOn(actor, epoch: environment[actor].epoch, .ledger(request)),
            at: now + LogDisk.retryDelay)
    }

    mutating func diskGoesOn(_ actor: UInt32, _ step: DiskStep) {
        let slot = Int(environment[actor].slot)
        switch step {
        case .chunks(let step): chunksGoOn(actor, step, slot)
        case .ledger(let request): applyLogDisk(request, actor, slot)
        }
    }

    /// A sync finished.
    mutating func synced(_ actor: UInt32) {
        let slot = Int(environment[actor].slot)
        if environment[actor].kind == .node {
            if !keepsSegments, !errs(configuration.nodes.disk.lyingSyncs, actor) {
                chunkDisks[slot].contents.finishSync()
            }
        } else if !errs(configuration.backends.lyingCommits, actor) {
            logDisks[slot].contents.finishSync()
        }
        environment.observer.synced(by: actor, at: now)
    }
}
