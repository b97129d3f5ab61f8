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
    private var error: Error?

    /// How a scenario has the clock of a server go wrong.
    package struct Error: Sendable {
        /// What it shows for what it ought to show.
        package let shown: @Sendable (Instant) -> Instant
        /// How long a wait by it takes for what it ought to take.
        package let taken: @Sendable (Duration) -> Duration

        package init(
            shown: @escaping @Sendable (Instant) -> Instant,
            taken: @escaping @Sendable (Duration) -> Duration
        ) {
            self.shown = shown
            self.taken = taken
        }
    }

    package init(origin: Instant? = nil, speed: Double = 1) {
        start = .now
        self.origin = origin ?? Self.systemTime()
        self.speed = speed
    }

    package var now: Instant {
        let nanoseconds = start.duration(to: .now) / .nanoseconds(1)
        let time = origin + Duration(nanoseconds: Int64(nanoseconds * speed))
        return error?.shown(time) ?? time
    }

    /// The same clock gone wrong.
    package func with(_ error: Error) -> Clock {
        var clock = self
        clock.error = error
        return clock
    }

    /// How long the process waits for a duration of this clock, in nanoseconds.
    package func nanosecondsToWait(_ duration: Duration) -> Int64 {
        let duration = error?.taken(duration) ?? duration
        return max(0, Int64(Double(duration.nanoseconds) / speed))
    }

    /// The system's clock.
    package static func systemTime() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
