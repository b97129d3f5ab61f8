import Primitives

/// The truth about every chunk: how many intact, durable replicas it has, on disks that still exist
/// and on nodes that are up. Kept by the world as disks change; no role can see it.
package struct Census: Sendable {
    struct Facts: Sendable {
        var byteCount: Int
        /// On disks that still exist.
        var durable = 0
        /// On nodes that are up.
        var reachable = 0
        /// How often a replica became durable.
        var gains = 0
        /// Part of a file that was acknowledged and not deleted.
        var isReferenced = false
        /// Which acknowledged file; −1 for none.
        var file = -1
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
    private(set) var facts: [ChunkID: Facts] = [:]
    /// Replicas that a fault damaged or removed.
    private(set) var divergences: [ReplicaKey: Divergence] = [:]
    private(set) var referenced = 0
    private(set) var everReferenced = 0
    private(set) var chunksLost = 0
    private(set) var lostFiles: Set<Int> = []

    /// Referenced chunks by number of replicas, as a time integral.
    private(set) var durableShare: Occupancy
    private(set) var reachableShare: Occupancy
    private(set) var repairTimes = Durations()
    private(set) var replicasDestroyed = 0
    private(set) var divergencesInjected = 0
    private(set) var divergencesMooted = 0
    private(set) var foundByComparison = 0
    private(set) var foundByScrubOrRead = 0
    private(set) var findTimes = Durations()

    init(target: Int) {
        self.target = target
        durableShare = Occupancy(levels: target + 4)
        reachableShare = Occupancy(levels: target + 4)
    }

    var belowTarget: Int { durableShare.count(below: target) }
    var unreachable: Int { reachableShare.count(below: 1) }

    // MARK: Files

    /// A file was acknowledged: its chunks count from now on.
    mutating func reference(_ chunks: [ChunkID], file: Int, at now: Instant) {
        for chunk in chunks {
            guard var entry = facts[chunk], !entry.isReferenced else { continue }
            entry.isReferenced = true
            entry.file = file
            facts[chunk] = entry
            referenced += 1
            everReferenced += 1
            durableShare.enter(entry.durable, at: now)
            reachableShare.enter(entry.reachable, at: now)
            // Destroyed while the acknowledgement was on its way.
            if entry.durable == 0 { lose(file) }
        }
    }

    /// The last replica of a chunk that a file needs is gone.
    private mutating func lose(_ file: Int) {
        chunksLost += 1
        lostFiles.insert(file)
    }

    /// A file is being deleted: nothing more is promised of its chunks.
    mutating func dereference(_ chunks: [ChunkID], at now: Instant) {
        for chunk in chunks {
            guard var entry = facts[chunk], entry.isReferenced else { continue }
            entry.isReferenced = false
            entry.deficits = []
            facts[chunk] = entry
            referenced -= 1
            durableShare.leave(entry.durable, at: now)
            reachableShare.leave(entry.reachable, at: now)
        }
    }

    // MARK: Replicas

    /// A replica became durable on a node.
    mutating func gained(
        _ chunk: ChunkID, byteCount: Int, isReachable: Bool, at now: Instant
    ) {
        change(chunk, byteCount: byteCount, durable: 1, reachable: isReachable ? 1 : 0, at: now)
        facts[chunk]?.gains += 1
        if let since = facts[chunk]?.deficits.first {
            facts[chunk]?.deficits.removeFirst()
            repairTimes.record(now - since)
        }
    }

    /// A replica went. `isFault`: it was destroyed, rather than deleted by the node itself.
    /// Returns whether that was the last replica of a chunk that an acknowledged file needs.
    mutating func lost(
        _ chunk: ChunkID, wasReachable: Bool, isFault: Bool, at now: Instant
    ) -> Bool {
        guard let before = facts[chunk] else { return false }
        change(chunk, byteCount: 0, durable: -1, reachable: wasReachable ? -1 : 0, at: now)
        let durable = before.durable - 1
        if before.isReferenced, isFault {
            replicasDestroyed += 1
            if durable < target { facts[chunk]?.deficits.append(now) }
        }
        if durable == 0 && !before.isReferenced && !isFault { facts[chunk] = nil }
        guard durable == 0, before.isReferenced else { return false }
        lose(before.file)
        return true
    }

    /// A node came up or went down with this chunk on its disk.
    mutating func reachabilityChanged(_ chunk: ChunkID, isUp: Bool, at now: Instant) {
        change(chunk, byteCount: 0, durable: 0, reachable: isUp ? 1 : -1, at: now)
    }

    private mutating func change(
        _ chunk: ChunkID, byteCount: Int, durable: Int, reachable: Int, at now: Instant
    ) {
        var entry = facts[chunk] ?? Facts(byteCount: byteCount)
        if entry.isReferenced {
            durableShare.move(from: entry.durable, to: entry.durable + durable, at: now)
            reachableShare.move(from: entry.reachable, to: entry.reachable + reachable, at: now)
        }
        entry.durable += durable
        entry.reachable += reachable
        facts[chunk] = entry
    }

    // MARK: Divergences

    mutating func diverged(_ chunk: ChunkID, on node: UInt32, at now: Instant) {
        divergences[ReplicaKey(chunk: chunk, node: node)] = Divergence(at: now)
        if facts[chunk]?.isReferenced == true { divergencesInjected += 1 }
    }

    func isDivergent(_ chunk: ChunkID, on node: UInt32) -> Bool {
        divergences[ReplicaKey(chunk: chunk, node: node)] != nil
    }

    /// A backend noticed that a replica is missing. False when no fault had touched it.
    mutating func found(
        _ chunk: ChunkID, on node: UInt32, byComparison: Bool, at now: Instant
    ) -> Bool {
        let key = ReplicaKey(chunk: chunk, node: node)
        guard let divergence = divergences[key] else { return false }
        guard !divergence.isSettled else { return true }
        divergences[key]?.isSettled = true
        if byComparison { foundByComparison += 1 } else { foundByScrubOrRead += 1 }
        findTimes.record(now - divergence.at)
        return true
    }

    /// No backend counts on a damaged replica any more: it is wanted elsewhere, or its file was
    /// deleted.
    mutating func moot(_ chunk: ChunkID, on node: UInt32) {
        let key = ReplicaKey(chunk: chunk, node: node)
        guard divergences[key]?.isSettled == false else { return }
        divergences[key]?.isSettled = true
        divergencesMooted += 1
    }

    /// A damaged replica is no more: it was stored anew, or its node no longer counts it.
    mutating func forget(_ chunk: ChunkID, on node: UInt32) {
        moot(chunk, on: node)
        divergences[ReplicaKey(chunk: chunk, node: node)] = nil
    }

    /// A node is gone, and what was wrong with its disk with it.
    mutating func mootAll(on node: UInt32) {
        divergencesMooted += divergences.count { $0.key.node == node && !$0.value.isSettled }
        divergences = divergences.filter { $0.key.node != node }
    }

    mutating func closeMeasuring(at now: Instant) {
        durableShare.close(at: now)
        reachableShare.close(at: now)
    }
}

extension Census {
    func isReferenced(_ chunk: ChunkID) -> Bool { facts[chunk]?.isReferenced ?? false }

    func durableReplicas(of chunk: ChunkID) -> Int { facts[chunk]?.durable ?? 0 }
}

extension Census {
    func byteCount(of chunk: ChunkID) -> Int { facts[chunk]?.byteCount ?? 0 }

    /// Whether this many replicas became durable, whatever faults then did to them.
    func wereEverDurable(_ count: Int, of chunk: ChunkID) -> Bool {
        facts[chunk].map { $0.gains >= count } ?? false
    }

    /// Referenced chunks that survive with fewer replicas than the target, in order.
    func chunksShort() -> [ChunkID] {
        facts.filter { $0.value.isReferenced && (1..<target).contains($0.value.durable) }
            .map(\.key).sorted()
    }
}
