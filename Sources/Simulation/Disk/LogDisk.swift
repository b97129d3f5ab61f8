package import Observation
import Primitives
package import Roles

/// A backend's simulated disk: the blocks of its ledger, and how long reading and syncing them takes.
///
/// It stands for the ledger store by its promises: a block is appended as a whole or not at all and lasts
/// once it was synced, as a transaction of SQLite with `synchronous = FULL` does, and what the disk refuses
/// is tried again until it is done. SQLite itself, on a simulated file system, would be a connection with
/// memory of its own, which cannot be copied with a world, to test what its authors test with torn pages
/// and lost syncs of their own.
package struct LogDisk: Sendable {
    /// From a refusal to the next try.
    static let retryDelay = Duration.seconds(1)

    package var contents = LogContents()
    private var freeAt = Instant.origin
    private let speed: DiskSettings
    /// How many times it was appended to or synced.
    private(set) var changes = 0
    /// It stands in the place of one that is lost for good.
    var isReplacement = false
    /// The power fails before the change after so many.
    var failsAfter = Int.max
    /// What lasts of a sync under way then.
    var failureSeed: UInt64?
    /// How many times as long everything takes.
    var factor = 1.0

    init(speed: DiskSettings) { self.speed = speed }

    mutating func startSync(at now: Instant) -> Instant {
        let bytes = contents.startSync()
        freeAt = max(now, freeAt) + time(for: UInt64(bytes), and: speed.syncLatency)
        return freeAt
    }

    /// A change begins. False where the power fails.
    mutating func begin() -> Bool {
        guard changes < failsAfter else { return false }
        changes += 1
        return true
    }

    mutating func crash(keepingSome seed: UInt64?) {
        contents.crash(keepingSome: seed)
        (failsAfter, failureSeed) = (.max, nil)
        freeAt = .origin
    }

    /// How long reading everything back takes.
    func recoveryTime() -> Duration { time(for: contents.byteCount, and: speed.latency) }

    func readTime(of height: UInt64) -> Duration {
        time(for: UInt64(contents.block(height)?.count ?? 0), and: speed.latency)
    }

    private func time(for byteCount: UInt64, and latency: Duration) -> Duration {
        (latency + Duration(seconds: Double(byteCount) / Double(speed.bytesPerSecond)))
            .slowed(by: factor)
    }
}

/// What a server's disk does of itself, once it is time.
package enum DiskStep: Sendable {
    case chunks(SegmentDisk.Step)
    /// What a ledger's disk refused is asked of it again.
    case ledger(DiskRequest)
}
