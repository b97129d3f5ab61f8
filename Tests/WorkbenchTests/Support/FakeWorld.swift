import Observation
import Primitives
import Simulation
import Workbench

/// A world of evenly spaced events, for tests of what drives worlds.
struct FakeWorld: RunnableWorld {
    var now = Instant.origin
    var events: UInt64 = 0
    var end: Instant
    var spacing: Duration
    var samples: [Sample] = []
    var finishes = 0
    /// Limits of the slices that were asked for.
    var limits: [UInt64] = []
    var results = Measurements()
    var onSlice: (@Sendable (Int) -> Void)?

    init(end: Duration, spacing: Duration) {
        self.end = .origin + end
        self.spacing = spacing
    }

    var isFinished: Bool { now >= end }

    var latest: Sample {
        var sample = Sample()
        sample.at = now
        sample["nodesUp"] = 7
        return sample
    }

    mutating func run(until: Instant, limit: UInt64) {
        limits.append(limit)
        onSlice?(limits.count)
        let possible = UInt64((until - now).nanoseconds / spacing.nanoseconds)
        let delivered = min(limit, possible)
        events += delivered
        now += spacing * Int(delivered)
        if delivered < limit { now = max(now, until) }
    }

    mutating func finish() { finishes += 1 }

    func measurements() -> Measurements {
        var results = results
        results["events"] = .count(events)
        results["simulatedSeconds"] = .number(now.seconds)
        return results
    }
}
