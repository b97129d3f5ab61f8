package import Cryptography
import Merkle
package import Primitives

/// Participants joining, starting, crashing, coming back and leaving for good.
extension Observer {
    /// A participant joins, with an empty disk, under the next index; nodes of one `domain` fail together.
    package mutating func joined(
        _ kind: ParticipantKind, domain: UInt32 = 0, capacityBytes: Int = 0, at now: Instant
    ) {
        let actor = UInt32(participants.count)
        let slot: Int
        switch kind {
        case .node:
            slot = nodes.count
            nodes.append(
                ObservedNode(actor: actor, disk: DiskContents(capacityBytes: capacityBytes)))
            meters.churn.nodeTurned(up: true, at: now)
        case .backend:
            slot = backends.count
            backends.append(ObservedBackend())
        case .user, .discovery: slot = 0
        }
        participants.append(
            Participant(
                kind: kind, slot: slot, domain: domain, peer: PeerID(UInt64(actor)), since: now))
    }

    /// A backend signs its ledger with this key.
    package mutating func introduce(_ actor: UInt32, asWriter key: PublicKey) {
        if backends[slot(actor)].ledger == nil {
            backends[slot(actor)].ledger = LedgerReplay(writer: key)
        }
    }

    /// Something befell a node beyond its going down or ending, which is counted.
    package mutating func suffered(_ what: WritableKeyPath<ChurnMeter, Int>) {
        meters.churn[keyPath: what] += 1
    }

    package mutating func wentDown(_ actor: UInt32, at now: Instant) {
        self[actor].isUp = false
        self[actor].since = now
        switch self[actor].kind {
        case .node: reachabilityChanged(actor, at: now)
        case .backend: queued(repairs: 0, by: actor)
        case .discovery, .user: break
        }
    }

    package mutating func cameUp(_ actor: UInt32, at now: Instant) {
        self[actor].isUp = true
        self[actor].isUnfit = false
        self[actor].since = now
        if self[actor].kind == .node { reachabilityChanged(actor, at: now) }
    }

    private mutating func reachabilityChanged(_ actor: UInt32, at now: Instant) {
        let isUp = self[actor].isUp
        meters.churn.nodeTurned(up: isUp, at: now)
        for chunk in nodes[slot(actor)].replicas {
            census.reachabilityChanged(chunk, isUp: isUp, at: now, &meters)
        }
    }

    /// A fault keeps a node's disk from taking anything until the node starts anew.
    package mutating func brokeDisk(of actor: UInt32) { self[actor].isUnfit = true }

    /// A node is to leave for good.
    package mutating func toldToLeave(_ actor: UInt32) { self[actor].isLeaving = true }

    /// A node is gone for ever, and its disk with it: by a fault, or because it left.
    package mutating func destroyed(_ actor: UInt32, isFault: Bool, at now: Instant) {
        let slot = slot(actor)
        for chunk in nodes[slot].replicas {
            if !isFault { checkDeletion(of: chunk, by: actor, at: now) }
            replicaGone(chunk, actor, isFault: isFault, at: now)
        }
        census.mootAll(on: actor, &meters)
        if self[actor].isUp { meters.churn.nodeTurned(up: false, at: now) }
        self[actor].isUp = false
        self[actor].isGone = true
        self[actor].since = now
        nodes[slot].disk = DiskContents(capacityBytes: 0)
    }
}
