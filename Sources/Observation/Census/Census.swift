package import Primitives
import Roles

/// The truth about every chunk: how many intact, durable replicas it has, on disks that still exist
/// and on nodes that are up. No role can see it. The meters are told of what changes.
package struct Census: Sendable {
    package struct Facts: Sendable {
        var byteCount: Int
        /// On disks that still exist.
        package internal(set) var durable = 0
        /// On nodes that are up.
        package internal(set) var reachable = 0
        /// How often a replica became durable.
        var gains = 0
        /// Part of a file that was acknowledged and not deleted.
        package internal(set) var isReferenced = false
        /// Which acknowledged file; −1 for none.
        package internal(set) var file = -1
        /// When destructions took it below target that no repair has made good yet.
        var deficits: [Instant] = []
    }

    /// A fault's damage to one replica that a backend counts on. Kept for as long as the node counts a
    /// replica that its disk does not hold intact.
    struct Divergence: Sendable {
        var at: Instant
        /// A backend found it, or counts on the replica no longer.
        var isSettled = false
    }

    struct ReplicaKey: Hashable, Sendable {
        var chunk: ChunkID
        var node: UInt32
    }

    let target: Int
    package private(set) var facts: [ChunkID: Facts] = [:]
    /// Replicas that a fault damaged or removed.
    private(set) var divergences: [ReplicaKey: Divergence] = [:]

    init(target: Int) { self.target = target }

    // MARK: Files

    /// A file was acknowledged: its chunks count from now on.
    mutating func reference(
        _ chunks: [ChunkID], file: Int, at now: Instant, _ meters: inout Meters
    ) {
        for chunk in chunks {
            guard var entry = facts[chunk], !entry.isReferenced else { continue }
            entry.isReferenced = true
            entry.file = file
            facts[chunk] = entry
            meters.durability.chunksAcknowledged += 1
            meters.redundancy.enter(entry, at: now)
            // Destroyed while the acknowledgement was on its way.
            if entry.durable == 0 { meters.durability.lostChunk(of: file) }
        }
    }

    /// A file is being deleted: nothing more is promised of its chunks.
    mutating func dereference(_ chunks: [ChunkID], at now: Instant, _ meters: inout Meters) {
        for chunk in chunks {
            guard var entry = facts[chunk], entry.isReferenced else { continue }
            entry.isReferenced = false
            entry.deficits = []
            facts[chunk] = entry
            meters.redundancy.leave(entry, at: now)
        }
    }

    // MARK: Replicas

    /// A replica became durable on a node.
    mutating func gained(
        _ chunk: ChunkID, byteCount: Int, isReachable: Bool, at now: Instant, _ meters: inout Meters
    ) {
        var entry = facts[chunk] ?? Facts(byteCount: byteCount)
        let before = entry
        entry.durable += 1
        if isReachable { entry.reachable += 1 }
        entry.gains += 1
        if let since = entry.deficits.first {
            entry.deficits.removeFirst()
            meters.repair.times.record(now - since)
        }
        facts[chunk] = entry
        if entry.isReferenced { meters.redundancy.change(before, to: entry, at: now) }
    }

    /// A node says that it keeps a replica, and does not.
    mutating func promised(_ chunk: ChunkID, byteCount: Int) {
        facts[chunk, default: Facts(byteCount: byteCount)].gains += 1
    }

    /// A replica went. `isFault`: it was destroyed, rather than deleted by the node itself.
    /// Returns whether that was the last replica of a chunk that an acknowledged file needs.
    mutating func lost(
        _ chunk: ChunkID, wasReachable: Bool, isFault: Bool, at now: Instant, _ meters: inout Meters
    ) -> Bool {
        guard let before = facts[chunk] else { return false }
        var entry = before
        entry.durable -= 1
        if wasReachable { entry.reachable -= 1 }
        if entry.isReferenced {
            meters.redundancy.change(before, to: entry, at: now)
            if isFault {
                meters.repair.replicasDestroyed += 1
                if entry.durable < target { entry.deficits.append(now) }
            }
        }
        let isForgotten = entry.durable == 0 && !entry.isReferenced && !isFault
        facts[chunk] = isForgotten ? nil : entry
        guard entry.durable == 0, entry.isReferenced else { return false }
        meters.durability.lostChunk(of: entry.file)
        return true
    }

    /// A node came up or went down with this chunk on its disk.
    mutating func reachabilityChanged(
        _ chunk: ChunkID, isUp: Bool, at now: Instant, _ meters: inout Meters
    ) {
        guard let before = facts[chunk] else { return }
        var entry = before
        entry.reachable += isUp ? 1 : -1
        facts[chunk] = entry
        if entry.isReferenced { meters.redundancy.change(before, to: entry, at: now) }
    }

    // MARK: Divergences

    mutating func diverged(
        _ chunk: ChunkID, on node: UInt32, at now: Instant, _ meters: inout Meters
    ) {
        divergences[ReplicaKey(chunk: chunk, node: node)] = Divergence(at: now)
        if isReferenced(chunk) { meters.merkle.divergencesInjected += 1 }
    }

    func isDivergent(_ chunk: ChunkID, on node: UInt32) -> Bool {
        divergences[ReplicaKey(chunk: chunk, node: node)] != nil
    }

    /// A backend noticed that a replica is missing. False when no fault had touched it.
    mutating func found(
        _ chunk: ChunkID, on node: UInt32, _ finding: Note.Finding, at now: Instant,
        _ meters: inout Meters
    ) -> Bool {
        let key = ReplicaKey(chunk: chunk, node: node)
        guard let divergence = divergences[key] else { return false }
        guard !divergence.isSettled else { return true }
        divergences[key]?.isSettled = true
        meters.merkle.found(finding, after: now - divergence.at)
        return true
    }

    /// No backend counts on a damaged replica any more: it is wanted elsewhere, or its file was
    /// deleted.
    mutating func moot(_ chunk: ChunkID, on node: UInt32, _ meters: inout Meters) {
        let key = ReplicaKey(chunk: chunk, node: node)
        guard divergences[key]?.isSettled == false else { return }
        divergences[key]?.isSettled = true
        meters.merkle.divergencesMooted += 1
    }

    /// A damaged replica is no more: it was stored anew, or its node no longer counts it.
    mutating func forget(_ chunk: ChunkID, on node: UInt32, _ meters: inout Meters) {
        moot(chunk, on: node, &meters)
        divergences[ReplicaKey(chunk: chunk, node: node)] = nil
    }

    /// A node is gone, and what was wrong with its disk with it.
    mutating func mootAll(on node: UInt32, _ meters: inout Meters) {
        meters.merkle.divergencesMooted +=
            divergences.count { $0.key.node == node && !$0.value.isSettled }
        divergences = divergences.filter { $0.key.node != node }
    }
}

extension Census {
    package func isReferenced(_ chunk: ChunkID) -> Bool { facts[chunk]?.isReferenced ?? false }

    func durableReplicas(of chunk: ChunkID) -> Int { facts[chunk]?.durable ?? 0 }

    func byteCount(of chunk: ChunkID) -> Int { facts[chunk]?.byteCount ?? 0 }

    /// Whether this many replicas became durable, whatever faults then did to them.
    func wereEverDurable(_ count: Int, of chunk: ChunkID) -> Bool {
        facts[chunk].map { $0.gains >= count } ?? false
    }

    /// Referenced chunks that have a replica, in order.
    var survivors: [(chunk: ChunkID, facts: Facts)] {
        facts.filter { $0.value.isReferenced && $0.value.durable > 0 }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
