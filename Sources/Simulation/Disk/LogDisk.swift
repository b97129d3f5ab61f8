package import Observation
import Primitives

/// A backend's simulated disk: the blocks of its ledger, and how long reading and syncing them takes.
package struct LogDisk: Sendable {
    package var contents = LogContents()
    private var freeAt = Instant.origin
    private let speed: DiskSettings

    init(speed: DiskSettings) { self.speed = speed }

    mutating func startSync(at now: Instant) -> Instant {
        let bytes = contents.startSync()
        freeAt =
            max(now, freeAt) + speed.syncLatency
            + Duration(seconds: Double(bytes) / Double(speed.bytesPerSecond))
        return freeAt
    }

    mutating func crash() {
        contents.crash()
        freeAt = .origin
    }

    /// How long reading everything back takes.
    func recoveryTime() -> Duration {
        speed.latency
            + Duration(seconds: Double(contents.byteCount) / Double(speed.bytesPerSecond))
    }
}
