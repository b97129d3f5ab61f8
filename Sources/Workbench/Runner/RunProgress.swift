package import Observation
package import Primitives

/// How far a run is.
package struct RunProgress: Equatable, Sendable {
    package var now: Instant
    package var end: Instant
    package var wallSeconds: Double
    /// Events a second of wall time, of late.
    package var eventsPerSecond: Double
    /// Wall time that the rest will take at the pace of late; nil while that cannot be told.
    package var secondsLeft: Double?
    package var latest: Sample

    /// Simulated time that has passed, from 0 to 1.
    package var share: Double { end > .origin ? min(1, now.seconds / end.seconds) : 1 }
}

/// Follows how fast a run goes, so that a burst does not make the forecast jump.
struct Pace {
    private(set) var eventsPerSecond = 0.0
    private(set) var simulatedPerSecond = 0.0

    /// Wall time after which the past counts for a third.
    private static let memorySeconds = 3.0

    /// Takes in a slice of the run: wall seconds, events and simulated seconds that passed in it.
    mutating func note(wall: Double, events: UInt64, simulated: Double) {
        guard wall > 0 else { return }
        let weight =
            eventsPerSecond == 0 && simulatedPerSecond == 0
            ? 1 : 1 - PortableMath.exp(-wall / Self.memorySeconds)
        eventsPerSecond += weight * (Double(events) / wall - eventsPerSecond)
        simulatedPerSecond += weight * (simulated / wall - simulatedPerSecond)
    }

    /// How far a run is whose pace this is.
    func progress(
        at now: Instant, of end: Instant, wallSeconds: Double, latest: Sample
    ) -> RunProgress {
        let left = max(0, (end - now).seconds)
        return RunProgress(
            now: now, end: end, wallSeconds: wallSeconds, eventsPerSecond: eventsPerSecond,
            secondsLeft: simulatedPerSecond > 0 ? left / simulatedPerSecond : nil, latest: latest)
    }
}
