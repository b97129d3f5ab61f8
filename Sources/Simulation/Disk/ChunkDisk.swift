package import Observation
import Primitives

/// A node's simulated disk: what it holds, and how long it takes.
package struct ChunkDisk: Sendable {
    package var contents: DiskContents
    private let speed: DiskSettings
    private var freeAt = Instant.origin
    /// How many times as long everything takes.
    var factor = 1.0

    init(capacityBytes: Int, speed: DiskSettings) {
        contents = DiskContents(capacityBytes: capacityBytes)
        self.speed = speed
    }

    /// When an operation that moves this many bytes and starts now will be done: one at a time.
    mutating func finish(bytes: Int, at now: Instant) -> Instant {
        freeAt =
            max(now, freeAt)
            + (speed.latency + Duration(seconds: Double(bytes) / Double(speed.bytesPerSecond)))
            .slowed(by: factor)
        return freeAt
    }

    mutating func startSync(at now: Instant) -> Instant {
        contents.startSync()
        freeAt = max(now, freeAt) + speed.syncLatency.slowed(by: factor)
        return freeAt
    }

    /// Power is cut; see `DiskContents.crash`.
    mutating func crash(keepingSome seed: UInt64? = nil) {
        contents.crash(keepingSome: seed)
        freeAt = .origin
    }
}

extension Duration {
    /// This many times as long.
    func slowed(by factor: Double) -> Duration { factor == 1 ? self : scaled(by: factor) }
}
