import Merkle
package import Primitives

/// Who lies, and what becomes of them.
extension Observer {
    /// What is known of a node that lies.
    struct Liar: Sendable {
        let since: Instant
        /// Replicas here that backends count on.
        var counted: Int
        var isFound = false
    }

    /// A participant deviates from now on. What a node keeps for nobody is lost with that.
    package mutating func turnedLiar(
        _ actor: UInt32, telling lie: String, keepsNothing: Bool, sharesReplicas: Bool = false,
        at now: Instant
    ) {
        self[actor].lie = lie
        self[actor].sharesReplicas = sharesReplicas
        self[actor].keepsNothing = keepsNothing
        guard self[actor].kind == .node else { return }
        let peer = peer(of: actor)
        let counted = backends.reduce(0) { count, backend in
            count + (backend.ledger?.placements.values.count { $0.contains(peer) } ?? 0)
        }
        if liars[actor] == nil { meters.liars.nodes += 1 }
        liars[actor] = Liar(since: liars[actor]?.since ?? now, counted: counted)
        guard keepsNothing else { return }
        for chunk in nodes[slot(actor)].replicas {
            replicaGone(chunk, actor, isFault: true, at: now)
        }
    }

    /// A backend counts on a replica from now on.
    mutating func placed(_ chunk: ChunkID, on peer: PeerID) {
        guard let actor = actor(peer), liars[actor] != nil else { return }
        liars[actor]?.counted += 1
        meters.liars.replicasPlaced += 1
        meters.liars.bytesPlaced += UInt64(census.byteCount(of: chunk))
    }

    /// A backend counts on a replica no longer.
    mutating func gaveUp(_ chunk: ChunkID, on peer: PeerID, at now: Instant) {
        guard let actor = actor(peer), liars[actor] != nil else { return }
        liars[actor]?.counted -= 1
        meters.liars.replicasGivenUp += 1
        meters.liars.bytesGivenUp += UInt64(census.byteCount(of: chunk))
        if liars[actor]?.counted == 0 { found(peer, at: now) }
    }

    /// A backend no longer relies on a node.
    mutating func found(_ peer: PeerID, at now: Instant) {
        guard let actor = actor(peer), let liar = liars[actor], !liar.isFound else { return }
        liars[actor]?.isFound = true
        meters.liars.lives.record(now - liar.since)
    }
}
