import Merkle
package import Primitives
package import Roles

/// What real disks give back: of those it is not known what a crash takes from them.
extension Observer {
    /// A node's disk was read back after a start.
    package mutating func recovered(chunks found: [StoredChunk], by actor: UInt32, at now: Instant)
    {
        let slot = slot(actor)
        let pending = nodes[slot].writes.values.map { $0 }
        nodes[slot].writes = [:]
        let present = Set(found.map(\.chunk))
        for chunk in nodes[slot].replicas where !present.contains(chunk) {
            oracles.check(
                .durableAcknowledgement, at: now, false,
                "the disk of node \(actor) lost chunk \(chunk), which it had reported as synced")
            replicaGone(chunk, actor, isFault: true, at: now)
        }
        oracles.check(.durableAcknowledgement, at: now, true, "")
        let unknown = nodes[slot].disk.reconcile(with: found, pending: pending)
        // Also what was deleted, where the deletion did not last.
        for stored in found { gained(stored.chunk, slot, at: now) }
        for chunk in unknown {
            oracles.check(
                .inventoryTruth, at: now, false,
                "the disk of node \(actor) gave back chunk \(chunk), which it was not given")
        }
    }

    /// A backend's ledger was read back after a start, or at the end of a run.
    package mutating func recovered(blocks: [[UInt8]], by actor: UInt32, at now: Instant) {
        let slot = slot(actor)
        let fresh = backends[slot].log.reconcile(with: blocks)
        oracles.check(
            .ledger, at: now, fresh != nil,
            "backend \(slot): a block that its disk had reported as synced is gone or differs")
        for block in fresh ?? [] { read(block, of: slot, at: now) }
    }

    /// What a node's disk holds once the node has stopped.
    package mutating func audit(_ actor: UInt32, found: [DiskContents.Replica], at now: Instant) {
        let node = nodes[slot(actor)]
        let present = Set(found.filter(\.isIntact).map(\.stored.chunk))
        for chunk in node.replicas {
            oracles.check(
                .inventoryTruth, at: now, present.contains(chunk),
                "the disk of node \(actor) does not hold chunk \(chunk), which it reported as synced"
            )
        }
        // Of what a fault damaged before it was deleted, more or less may be there.
        for chunk in found.lazy.filter(\.isIntact).map(\.stored.chunk) {
            oracles.check(
                .inventoryTruth, at: now,
                node.disk.replicas[chunk] != nil
                    || node.writes.values.contains { $0.stored.chunk == chunk },
                "the disk of node \(actor) holds chunk \(chunk), which was deleted or never written"
            )
        }
    }
}
