import Cryptography
import Ledger
import Merkle
import Primitives
import Roles

/// What the oracles look at: every message, every deletion, every block, every read, and at
/// intervals every disk.
extension World {
    /// Looks at a message as it is sent.
    @inline(__always)
    mutating func observe(_ message: Message, from: UInt32, to: UInt32) {
        switch message {
        case .request(.file(let request)): observe(request, from: from)
        case .request(.node(.store(let request))):
            checkCanary(request.payload.bytes, "chunk sent to a node")
        case .answer(.node(let answer)): observe(answer, from: from)
        case .answer(.file(let answer)): observe(answer, to: to)
        case .request(.discovery), .request(.backend), .answer(.discovery), .answer(.backend),
            .request(.node(.retrieve)), .request(.node(.copy)), .request(.node(.delete)),
            .request(.node(.inventory)), .request(.node(.audit)):
            break
        }
    }

    private mutating func observe(_ request: FileRequest, from: UInt32) {
        switch request {
        case .putChunk(let request):
            if chunkOwners[request.chunk] == nil { chunkOwners[request.chunk] = from }
            checkCanary(request.payload.bytes, "chunk sent to a backend")
        case .commit(let request):
            checkCanary(request.sealedManifest, "manifest sent to a backend")
            checkCanary(request.wrappedKey, "key sent to a backend")
        case .getFile, .getChunk, .delete: break
        }
    }

    private mutating func observe(_ answer: NodeAnswer, from: UInt32) {
        switch answer {
        case .retrieve(.found(let payload)): checkCanary(payload.bytes, "chunk sent by a node")
        case .store(let answer):
            if answer.outcome == .stored { checkDurable(answer.chunk, on: from) }
        case .copy(let answer):
            if answer.outcome == .copied { checkDurable(answer.chunk, on: from) }
        case .retrieve(.missing), .retrieve(.refused), .retrieve(.unavailable), .delete, .inventory,
            .audit:
            break
        }
    }

    /// A node acknowledges a chunk.
    private mutating func checkDurable(_ chunk: ChunkID, on node: UInt32) {
        let slot = Int(participants[Int(node)].slot)
        let isDurable =
            participants[Int(node)].kind == .node
            && (chunkDisks[slot].isDurable(chunk) || census.isDivergent(chunk, on: node))
        oracles.check(
            .durableAcknowledgement, at: now, isDurable,
            "node \(node) acknowledged chunk \(chunk), which a crash would lose")
    }

    private mutating func observe(_ answer: FileAnswer, to: UInt32) {
        switch answer {
        case .getFile(.found(let record)):
            oracles.check(
                .ownerOnly, at: now, fileOwners[record.file] == to,
                "user \(to) was given the record of file \(record.file)")
        case .getChunk(.found(let payload)):
            let chunk = ChunkID(SHA256.hash(payload.bytes))
            oracles.check(
                .ownerOnly, at: now, chunkOwners[chunk].map { $0 == to } ?? true,
                "user \(to) was given chunk \(chunk) of user \(chunkOwners[chunk] ?? 0)")
        case .getFile(.notFound), .getChunk(.notFound), .getChunk(.unavailable), .putChunk,
            .commit, .delete:
            break
        }
    }

    mutating func checkCanary(_ bytes: [UInt8], _ place: @autoclosure () -> String) {
        oracles.check(
            .noPlaintext, at: now, !Self.holdsCanary(bytes), "plaintext in a \(place())")
    }

    static func holdsCanary(_ bytes: [UInt8]) -> Bool {
        let canary = FileContent.canary
        guard bytes.count >= canary.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...bytes.count - canary.count).contains { start in
                bytes[start] == canary[0]
                    && canary.indices.allSatisfy { bytes[start + $0] == canary[$0] }
            }
        }
    }

    /// A node is about to delete an intact replica.
    mutating func checkDeletion(of chunk: ChunkID, by actor: UInt32, _ slot: Int) {
        guard durableReplicas[slot].contains(chunk), census.isReferenced(chunk) else { return }
        oracles.check(
            .collection, at: now, !isCountedOn(chunk, on: actor),
            "node \(actor) deleted chunk \(chunk), which the ledger says it holds")
    }

    /// Whether a ledger says that the node holds the chunk.
    func isCountedOn(_ chunk: ChunkID, on actor: UInt32) -> Bool {
        let peer = peer(of: actor)
        return shadows.contains { $0.placements[chunk]?.contains(peer) ?? false }
    }

    /// Whether a ledger counts on other replicas instead. Deleting the last intact one is bad luck
    /// then: it was a spare one, and faults destroyed those that counted.
    func isSpare(_ chunk: ChunkID, on actor: UInt32) -> Bool {
        let peer = peer(of: actor)
        return shadows.contains { shadow in
            shadow.placements[chunk]?.contains { $0 != peer } ?? false
        }
    }

    /// Whether a node holds a chunk durably, or would but for a fault.
    private func heldOrDamaged(_ chunk: ChunkID, by actor: UInt32) -> Bool {
        let slot = Int(participants[Int(actor)].slot)
        return participants[Int(actor)].isGone || census.isDivergent(chunk, on: actor)
            || chunkDisks[slot].isDurable(chunk)
    }

    /// A block became durable on a backend's disk.
    mutating func readBlock(_ block: [UInt8], _ slot: Int) {
        do {
            let changes = try shadows[slot].read(block)
            oracles.check(.ledger, at: now, true, "")
            for (chunk, node) in changes.dropped { census.moot(chunk, on: index(of: node)) }
            for (chunk, node) in changes.named {
                oracles.check(
                    .ledger, at: now, heldOrDamaged(chunk, by: index(of: node)),
                    "backend \(slot) counts on chunk \(chunk) on \(node), which does not hold it")
            }
        } catch {
            oracles.check(.ledger, at: now, false, "backend \(slot): \(error)")
        }
    }

    /// An operation of a user's came to an end.
    mutating func judge(_ report: UserReport, _ user: Int) {
        let plan = report.operation.plan
        switch (report.operation.kind, report.outcome) {
        case (.get, .violation(.durability, _)) where isDeleting(plan): break
        case (_, .violation(let oracle, let what)):
            oracles.check(oracle, at: now, false, "user \(user), file \(plan.ordinal): \(what)")
        case (.get, .done):
            oracles.check(.readIntegrity, at: now, true, "")
            if report.operation.isFinal { oracles.check(.durability, at: now, true, "") }
        case (.get, .gaveUp):
            guard report.operation.isFinal else { return }
            oracles.check(
                .durability, at: now, census.lostFiles.contains(plan.ordinal),
                "file \(plan.ordinal) cannot be read back although its replicas survive")
        case (.put, .done):
            let quorum = configuration.settings.writeQuorum
            let kept = report.chunks.allSatisfy { census.wereEverDurable(quorum, of: $0) }
            oracles.check(
                .durability, at: now, kept,
                "file \(plan.ordinal) was acknowledged with a chunk on fewer disks than a quorum")
        case (.intrude, .done): oracles.check(.ownerOnly, at: now, true, "")
        default: break
        }
    }

    /// Whether the owner of a file has asked for its deletion: reads under way may fail from then on.
    private func isDeleting(_ plan: FilePlan) -> Bool {
        workload.acknowledged[plan.ordinal]?.deletedAt != nil
    }

    // MARK: Inspection

    /// Looks at every ledger and every disk.
    package mutating func inspect() {
        for slot in shadows.indices {
            do {
                try shadows[slot].checkTip()
                oracles.check(
                    .ledger, at: now, shadows[slot].blockCount == logDisks[slot].durableCount,
                    "backend \(slot): the ledger shrank")
            } catch {
                oracles.check(.ledger, at: now, false, "backend \(slot): \(error)")
            }
        }
        guard stage == nil else {
            stage?.orders.append(.inspect)
            return
        }
        for slot in nodes.indices { inspectNode(slot) }
    }

    mutating func inspectNode(_ slot: Int) {
        let actor = nodeIndices[slot]
        guard participants[Int(actor)].isUp, nodes[slot].isServing else { return }
        let disk = chunkDisks[slot]
        let index = nodes[slot].index
        for chunk in index.keys.sorted() {
            let isThere =
                disk.replicas[chunk].map { $0.stored.byteCount == index[chunk]?.byteCount }
                ?? census.isDivergent(chunk, on: actor)
            oracles.check(
                .inventoryTruth, at: now, isThere,
                "node \(actor) counts a chunk that its disk does not hold")
        }
        for (chunk, replica) in disk.replicas.sorted(by: { $0.key < $1.key }) {
            oracles.check(
                .inventoryTruth, at: now,
                index[chunk] != nil || !disk.isDurable(chunk) || nodes[slot].isWriting(chunk),
                "node \(actor) holds a durable chunk that it does not count")
            checkCanary(replica.payload.bytes, "chunk on a node's disk")
        }
        for (backend, tree) in zip(backendsServed(by: slot), nodes[slot].inventories) {
            let owner = peer(of: backend)
            let own = index.values.filter { $0.owner == owner }.map(\.chunk)
            oracles.check(
                .inventoryTruth, at: now, InventoryTree(own) == tree,
                "node \(actor) reports an inventory that is not what it counts")
        }
    }

    /// The last checks, once the run is over.
    package mutating func finish() {
        inspect()
        for user in users.indices {
            oracles.check(
                .durability, at: now, users[user].isIdle,
                "user \(user) still waits for \(users[user].operationsUnderWay) operations")
        }
        let short = census.chunksShort().filter { canTakeAnother(ofChunk: $0) }
        for chunk in short.prefix(5) {
            oracles.check(
                .redundancyRestored, at: now, false,
                "chunk \(chunk) has \(census.durableReplicas(of: chunk)) replicas")
        }
        oracles.tally(
            .redundancyRestored, checks: UInt64(census.referenced),
            violations: UInt64(max(0, short.count - 5)))
    }

    /// Whether some node that stays lacks a chunk and has room for it. Backends hear of free space to
    /// within 1 % of the capacity.
    private func canTakeAnother(ofChunk chunk: ChunkID) -> Bool {
        nodes.indices.contains { slot in
            let participant = participants[Int(nodeIndices[slot])]
            let disk = chunkDisks[slot]
            return participant.isUp && !faults.isDeparting(nodeIndices[slot])
                && !durableReplicas[slot].contains(chunk)
                && disk.usedBytes + census.byteCount(of: chunk) + disk.capacityBytes / 50
                    < disk.capacityBytes
        }
    }
}
