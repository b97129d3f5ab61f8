import Primitives

/// How many replicas the chunks of acknowledged files had.
package struct RedundancyMeter: Sendable {
    let target: Int
    package internal(set) var chunks = 0
    /// In fewer failure domains than they could be, when that was last looked at.
    var chunksCrowded = 0
    /// By number of replicas on disks that still exist, and on nodes that are up.
    private(set) var durable: Occupancy
    private(set) var reachable: Occupancy

    init(target: Int) {
        self.target = target
        durable = Occupancy(levels: target + 4)
        reachable = Occupancy(levels: target + 4)
    }

    package var chunksBelowTarget: Int { durable.count(below: target) }
    var chunksUnreachable: Int { reachable.count(below: 1) }

    /// Time-weighted share of chunks with a reachable replica.
    var timeReadable: Double {
        let shares = reachable.shares
        return shares.reduce(0, +) > 0 ? 1 - shares[0] : 0
    }

    mutating func advance(to now: Instant) {
        durable.advance(to: now)
        reachable.advance(to: now)
    }

    mutating func enter(_ chunk: Census.Facts, at now: Instant) {
        chunks += 1
        durable.enter(chunk.durable, at: now)
        reachable.enter(chunk.reachable, at: now)
    }

    mutating func leave(_ chunk: Census.Facts, at now: Instant) {
        chunks -= 1
        durable.leave(chunk.durable, at: now)
        reachable.leave(chunk.reachable, at: now)
    }

    mutating func change(_ before: Census.Facts, to after: Census.Facts, at now: Instant) {
        durable.move(from: before.durable, to: after.durable, at: now)
        reachable.move(from: before.reachable, to: after.reachable, at: now)
    }

    static let metrics = [
        Metric(
            "redundancy.target", "Replicas that a committed chunk should have.",
            .count(\.redundancy.target)),
        Metric(
            "redundancy.shareByDurableReplicas",
            "Element k: share of chunks with k replicas on disks that still exist, reachable or not, time-weighted; the last element counts that many or more.",
            compared: ["target"], .value(in: .share) { .list($0.redundancy.durable.shares) }),
        Metric(
            "redundancy.shareByReachableReplicas", "The same for replicas on nodes that are up.",
            compared: ["target"], .value(in: .share) { .list($0.redundancy.reachable.shares) }),
        Metric(
            "redundancy.chunksBelowTargetAtEnd",
            "Chunks with fewer durable replicas than the target when the measured time ended.",
            compared: [""], .count(\.redundancy.chunksBelowTarget)),
        Metric(
            "redundancy.chunksBelowTargetAfterSettling", "The same after settling.",
            .value(in: .count) {
                .number($0.isSettled ? Double($0.whole.redundancy.chunksBelowTarget) : nil)
            }),
        Metric(
            "redundancy.chunksCrowdedAtEnd",
            "Chunks whose replicas stood in fewer failure domains than so many could when the measured time ended.",
            .count(\.redundancy.chunksCrowded)),
        Metric(
            "redundancy.chunksCrowdedAfterSettling", "The same after settling.",
            .value(in: .count) {
                .number($0.isSettled ? Double($0.whole.redundancy.chunksCrowded) : nil)
            }),
    ]
}
