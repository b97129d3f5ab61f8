package import Primitives
package import Roles

/// What roles note.
extension Observer {
    package mutating func noted(_ note: Note, by actor: UInt32, at now: Instant) {
        switch note {
        case .requestTimedOut: meters.control.requestsTimedOut += 1
        case .declaredDead(let peer):
            meters.churn.declaredDead += 1
            backends[slot(actor)].dead.insert(peer)
            found(peer, at: now)
        case .deadReturned(let peer):
            meters.churn.deadReturned += 1
            backends[slot(actor)].dead.remove(peer)
        case .doubted(let peer): doubted(peer, at: now)
        case .repairStarted, .blockWritten, .clockDiffers: break
        case .audited: meters.merkle.audits += 1
        case .recovered(let blocks, let fetched):
            if blocks > 0 { meters.churn.backendRestarts += 1 }
            meters.ledger.blocksFetched += fetched
        case .ledgerUnkept: meters.ledger.blocksUnkept += 1
        case .ledgerCopyDamaged: meters.ledger.copiesDamaged += 1
        case .ledgerBehind: meters.ledger.backendsBehind += 1
        case .ledgerRefused(let error):
            oracles.check(
                .ledger, at: now, false, "backend \(actor) cannot read its own ledger: \(error)")
        case .repairFinished(let chunk, let peer, let byteCount, .copied):
            // The new replica counts already; it was needless where the target stood without it, in
            // enough failure domains.
            meters.repair.copied(
                bytes: byteCount,
                isNeedless: census.durableReplicas(of: chunk) > settings.replicas
                    && !spreads(chunk, by: peer))
        case .repairFinished: meters.repair.transfersFailed += 1
        case .replicaMissing(let chunk, let peer, let finding):
            found(missing: chunk, on: peer, finding, at: now)
        case .surplusFound: meters.merkle.surplusFound += 1
        case .comparisonFinished(_, let isEqual, let inventoryCount, let statistics):
            meters.merkle.compared(isEqual: isEqual, inventoryCount: inventoryCount, statistics)
        case .comparisonFailed: meters.merkle.comparisonsFailed += 1
        case .collecting: meters.storage.chunksCollected += 1
        case .collectionStopped: meters.storage.collectionsStopped += 1
        }
    }

    private mutating func doubted(_ peer: PeerID, at now: Instant) {
        meters.churn.doubted += 1
        found(peer, at: now)
        if isHonestAmongLiars(peer) { meters.liars.honestDoubted += 1 }
    }

    private mutating func found(
        missing chunk: ChunkID, on peer: PeerID, _ finding: Note.Finding, at now: Instant
    ) {
        guard let actor = actor(peer) else { return }
        let wasInjected = census.found(chunk, on: actor, finding, at: now, &meters)
        if !wasInjected, nodes[slot(actor)].replicas.contains(chunk) {
            meters.merkle.falselyFound += 1
            if isHonestAmongLiars(peer) { meters.liars.honestStripped += 1 }
        }
        if finding == .comparison {
            meters.merkle.bytesMended += UInt64(census.byteCount(of: chunk))
        }
    }

    private func isHonestAmongLiars(_ peer: PeerID) -> Bool {
        guard !liars.isEmpty, let actor = actor(peer) else { return false }
        return liars[actor] == nil
    }

    /// So many repairs of a backend wait.
    package mutating func queued(repairs: Int, by backend: UInt32) {
        meters.repair.queued += repairs - backends[slot(backend)].repairsQueued
        backends[slot(backend)].repairsQueued = repairs
    }
}
