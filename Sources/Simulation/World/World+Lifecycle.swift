import Merkle
import Primitives
import Roles

/// Participants starting, crashing, coming back and leaving for good.
extension World {
    /// Starts a participant's present run.
    mutating func start(_ actor: UInt32) {
        handle(.start, by: actor)
        // Its operator has not changed their mind.
        if faults.isDeparting(actor) { handle(.leave, by: actor) }
    }

    /// A new, empty node joins.
    mutating func join(domain: UInt32, region: UInt8) {
        let index = add(.node, slot: nodes.count, region: region, domain: domain)
        nodeIndices.append(index)
        nodes.append(makeNode(index))
        chunkDisks.append(
            ChunkDisk(
                capacityBytes: configuration.nodes.capacityBytes,
                speed: configuration.nodes.disk))
        durableReplicas.append(InventoryTree())
        meters.nodeUp(at: now)
        // Nodes do not start in step: each begins somewhere within a heartbeat interval.
        queue.schedule(
            .starts(index),
            at: now
                + participants[Int(index)].latencyStream.upTo(
                    configuration.settings.heartbeatInterval))
        beginLife(of: index)
    }

    /// One more reason for a participant not to run. The first one crashes it: what its disk had not
    /// synced is lost. Returns whether that was so.
    @discardableResult
    mutating func goDown(_ actor: UInt32) -> Bool {
        let index = Int(actor)
        guard !participants[index].isGone else { return false }
        participants[index].downReasons += 1
        guard participants[index].downReasons == 1 else { return false }
        participants[index].epoch += 1
        let slot = Int(participants[index].slot)
        stage?.orders.append(.crash(actor))
        switch participants[index].kind {
        case .node:
            nodes[slot] = makeNode(actor)
            meters.nodeDown(at: now)
            for chunk in durableReplicas[slot] {
                census.reachabilityChanged(chunk, isUp: false, at: now)
            }
            // What a real disk kept shows when it is read back.
            guard stage == nil else { break }
            for chunk in chunkDisks[slot].crash() { resurrected(chunk, slot) }
        case .backend:
            if stage == nil { logDisks[slot].crash() }
            backends[slot] = makeBackend(slot)
        case .discovery:
            discoveries[slot] = Discovery(settings: configuration.settings)
        case .user: break
        }
        return true
    }

    /// A deletion that was not synced is undone by a crash.
    mutating func resurrected(_ chunk: ChunkID, _ slot: Int, isReachable: Bool = false) {
        guard let replica = chunkDisks[slot].replicas[chunk], replica.isIntact,
            durableReplicas[slot].insert(chunk)
        else { return }
        census.gained(
            chunk, byteCount: replica.payload.byteCount, isReachable: isReachable, at: now)
    }

    /// One reason less. With the last one gone, it starts again.
    mutating func comeUp(_ actor: UInt32) {
        let index = Int(actor)
        guard !participants[index].isGone, participants[index].downReasons > 0 else { return }
        participants[index].downReasons -= 1
        guard participants[index].downReasons == 0 else { return }
        let slot = Int(participants[index].slot)
        if participants[index].kind == .node {
            meters.nodeUp(at: now)
            for chunk in durableReplicas[slot] {
                census.reachabilityChanged(chunk, isUp: true, at: now)
            }
        }
        start(actor)
    }

    /// A node is gone for ever, and its disk with it.
    mutating func destroy(_ actor: UInt32, isFault: Bool) {
        let index = Int(actor)
        guard !participants[index].isGone else { return }
        let slot = Int(participants[index].slot)
        stage?.orders.append(.destroy(actor))
        for chunk in durableReplicas[slot] {
            if !isFault { checkDeletion(of: chunk, by: actor, slot) }
            replicaGone(chunk, actor, isFault: isFault)
        }
        census.mootAll(on: actor)
        if participants[index].isUp { meters.nodeDown(at: now) }
        participants[index].isGone = true
        participants[index].epoch += 1
        chunkDisks[slot] = ChunkDisk(capacityBytes: 0, speed: configuration.nodes.disk)
        nodes[slot] = makeNode(actor)
    }

    /// A node left in order, having handed over what it held.
    mutating func left(_ actor: UInt32) {
        meters.nodesLeft += 1
        faults.departed(actor)
        destroy(actor, isFault: false)
    }
}
