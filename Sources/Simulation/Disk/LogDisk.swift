import Primitives

/// A backend's simulated disk: an append-only log of blocks, durable once synced.
package struct LogDisk: Sendable {
    package private(set) var blocks: [[UInt8]] = []
    /// Blocks that would survive a crash.
    package private(set) var durableCount = 0
    package private(set) var byteCount: UInt64 = 0
    private var syncing = 0
    private var freeAt = Instant.origin
    private let speed: DiskSettings

    init(speed: DiskSettings) { self.speed = speed }

    mutating func append(_ block: [UInt8]) { blocks.append(block) }

    mutating func startSync(at now: Instant) -> Instant {
        syncing = blocks.count
        let bytes = blocks[durableCount...].reduce(0) { $0 + $1.count }
        freeAt =
            max(now, freeAt) + speed.syncLatency
            + Duration(seconds: Double(bytes) / Double(speed.bytesPerSecond))
        return freeAt
    }

    /// Returns the blocks that became durable.
    mutating func finishSync() -> ArraySlice<[UInt8]> {
        let durable = blocks[durableCount..<max(syncing, durableCount)]
        durableCount = max(syncing, durableCount)
        for block in durable { byteCount += UInt64(block.count) }
        return durable
    }

    mutating func crash() {
        blocks.removeLast(blocks.count - durableCount)
        syncing = 0
        freeAt = .origin
    }

    /// Takes what a real disk gave back for the truth. Returns the blocks that were not known to be
    /// durable; nil where one that was is missing or differs.
    mutating func reconcile(with found: [[UInt8]]) -> ArraySlice<[UInt8]>? {
        guard found.count >= durableCount,
            found[..<durableCount].elementsEqual(blocks[..<durableCount])
        else { return nil }
        blocks = found
        syncing = found.count
        defer { syncing = 0 }
        return finishSync()
    }

    /// How long reading everything back takes.
    func recoveryTime() -> Duration {
        speed.latency + Duration(seconds: Double(byteCount) / Double(speed.bytesPerSecond))
    }
}
