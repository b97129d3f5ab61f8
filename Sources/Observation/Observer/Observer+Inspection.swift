import Merkle
package import Primitives
package import Roles

/// What the oracles look at from time to time, and at the end.
extension Observer {
    /// Looks at a node that runs, as it is between two inputs, and at its disk; at the model of that
    /// where the disk itself cannot be seen.
    package mutating func inspect(
        _ node: StorageNode, _ actor: UInt32, holding contents: DiskContents? = nil, at now: Instant
    ) {
        guard self[actor].isUp, node.isServing, !self[actor].isLiar else { return }
        let disk = contents ?? nodes[slot(actor)].disk
        for chunk in node.index.keys.sorted() {
            let replica = disk.replicas[chunk]
            if replica == nil, census.isDivergent(chunk, on: actor) { continue }
            let isThere = replica?.stored.byteCount == node.index[chunk]?.byteCount
            oracles.check(
                .inventoryTruth, at: now, isThere,
                "node \(actor) counts a chunk that its disk does not hold")
        }
        for (chunk, replica) in disk.replicas.sorted(by: { $0.key < $1.key }) {
            oracles.check(
                .inventoryTruth, at: now,
                node.index[chunk] != nil || !disk.isDurable(chunk) || node.isWriting(chunk)
                    || replica.stored.trashed != nil,
                "node \(actor) holds a durable chunk that it does not count")
            checkCanary(replica.payload.bytes, "chunk on a node's disk", at: now)
        }
        for (backend, tree) in zip(node.backends, node.inventories) {
            let own = node.index.values.filter { $0.owner == backend }.map(\.chunk)
            oracles.check(
                .inventoryTruth, at: now, InventoryTree(own) == tree,
                "node \(actor) reports an inventory that is not what it counts")
        }
    }

    /// The last checks, once the run is over. `underWay`: by user, what has not ended, in words.
    package mutating func finish(underWay: [[String]], at now: Instant) {
        inspectLedgers(at: now)
        for (user, operations) in underWay.enumerated() {
            oracles.check(
                .liveness, at: now, operations.isEmpty,
                "user \(user) still waits for \(operations.count) operations: "
                    + (operations.first ?? ""))
        }
        checkRedundancy(at: now)
        meters.redundancy.chunksCrowded = crowdedChunks()
    }
}
