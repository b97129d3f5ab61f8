import CoreFoundation
import Foundation
import Glibc
package import Primitives

/// What a live role takes for the time: nanoseconds since 1970 by the system's clock at the start,
/// advancing with the monotonic clock, so that it never goes back while a process runs.
///
/// A factor other than 1 makes time pass quicker or slower, as for a scenario that runs on real servers.
package struct Clock: Sendable {
    private let start: ContinuousClock.Instant
    private let origin: Instant
    private let speed: Double
    /// How a scenario has it go wrong.
    private var shown: (@Sendable (Instant) -> Instant)?
    private var taken: (@Sendable (Duration) -> Duration)?

    package init(origin: Instant? = nil, speed: Double = 1) {
        start = .now
        self.origin = origin ?? Self.systemTime()
        self.speed = speed
    }

    package var now: Instant {
        let nanoseconds = start.duration(to: .now) / .nanoseconds(1)
        let time = origin + Duration(nanoseconds: Int64(nanoseconds * speed))
        return shown?(time) ?? time
    }

    /// The same clock gone wrong: what it shows for what it ought to show, and how long a wait by it takes
    /// for what it ought to take.
    package func showing(
        _ shown: @escaping @Sendable (Instant) -> Instant,
        taking taken: @escaping @Sendable (Duration) -> Duration
    ) -> Clock {
        var clock = self
        (clock.shown, clock.taken) = (shown, taken)
        return clock
    }

    /// How long the process waits for a duration of this clock, in nanoseconds.
    package func nanosecondsToWait(_ duration: Duration) -> Int64 {
        let duration = taken?(duration) ?? duration
        return max(0, Int64(Double(duration.nanoseconds) / speed))
    }

    /// The system's clock.
    package static func systemTime() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
