import CoreFoundation
import Foundation
import Glibc
package import Primitives

/// What a live role takes for the time: nanoseconds since 1970 by the system's clock, which it follows
/// without going back or jumping.
///
/// Where a scenario runs on real servers it begins at an origin instead, and passes by a factor quicker or
/// slower.
package struct Clock: Sendable {
    private let source: Source
    private let speed: Double
    /// How a scenario has it go wrong.
    private var shown: (@Sendable (Instant) -> Instant)?
    private var taken: (@Sendable (Duration) -> Duration)?

    private enum Source: Sendable {
        case system(SlewedClock)
        /// The time at a moment, from which it passes by a factor.
        case scenario(origin: Instant, start: Int64)
    }

    /// The system's.
    package init() {
        source = .system(SlewedClock(uptime: Self.uptime, system: Self.systemTime))
        speed = 1
    }

    /// A scenario's.
    package init(origin: Instant, speed: Double) {
        source = .scenario(origin: origin, start: Self.uptime())
        self.speed = speed
    }

    package var now: Instant {
        let time =
            switch source {
            case .system(let clock): clock.now
            case .scenario(let origin, let start):
                origin + Duration(nanoseconds: Self.uptime() - start).scaled(by: speed)
            }
        return shown?(time) ?? time
    }

    private static let processStart = ContinuousClock.now

    /// Nanoseconds that pass whatever the system's clock is set to.
    private static func uptime() -> Int64 {
        Int64(processStart.duration(to: .now) / .nanoseconds(1))
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
