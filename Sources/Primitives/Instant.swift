/// A length of time in whole nanoseconds. One word, so that event queues and time sums stay cheap;
/// it spans 292 years either way.
@usableFromInline
@frozen
package struct Duration: Hashable, Comparable, Sendable {
    /// The length in nanoseconds; negative when it points to the past.
    @usableFromInline package var nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable package static var zero: Duration { Duration(nanoseconds: 0) }

    @inlinable
    package static func nanoseconds(_ n: Int64) -> Duration { Duration(nanoseconds: n) }
    @inlinable
    package static func microseconds(_ n: Int64) -> Duration { Duration(nanoseconds: n * 1_000) }
    @inlinable
    package static func milliseconds(_ n: Int64) -> Duration {
        Duration(nanoseconds: n * 1_000_000)
    }
    @inlinable
    package static func seconds(_ n: Int64) -> Duration { Duration(nanoseconds: n * 1_000_000_000) }
    @inlinable
    package static func minutes(_ n: Int64) -> Duration { .seconds(n * 60) }
    @inlinable
    package static func hours(_ n: Int64) -> Duration { .seconds(n * 3_600) }
    @inlinable
    package static func days(_ n: Int64) -> Duration { .seconds(n * 86_400) }

    /// The nearest duration to a number of seconds, which must not be NaN. Clamped to the range that
    /// fits.
    @inlinable
    package init(seconds: Double) { self.init(clamping: seconds * 1e9) }

    @inlinable
    init(clamping exactNanoseconds: Double) {
        let nanoseconds = exactNanoseconds.rounded()
        if nanoseconds >= 9.2e18 {
            self.nanoseconds = .max
        } else if nanoseconds <= -9.2e18 {
            self.nanoseconds = .min
        } else {
            self.nanoseconds = Int64(nanoseconds)
        }
    }

    /// The length in seconds, rounded to the nearest `Double`.
    @inlinable
    package var seconds: Double { Double(nanoseconds) / 1e9 }

    @inlinable
    package static func < (a: Duration, b: Duration) -> Bool { a.nanoseconds < b.nanoseconds }
    // Comparable's own versions of these are not inlined across modules.
    @inlinable
    package static func <= (a: Duration, b: Duration) -> Bool { a.nanoseconds <= b.nanoseconds }
    @inlinable
    package static func > (a: Duration, b: Duration) -> Bool { a.nanoseconds > b.nanoseconds }
    @inlinable
    package static func >= (a: Duration, b: Duration) -> Bool { a.nanoseconds >= b.nanoseconds }
    @inlinable
    package static func == (a: Duration, b: Duration) -> Bool { a.nanoseconds == b.nanoseconds }
    @inlinable
    package static func + (a: Duration, b: Duration) -> Duration {
        Duration(nanoseconds: a.nanoseconds + b.nanoseconds)
    }
    @inlinable
    package static func - (a: Duration, b: Duration) -> Duration {
        Duration(nanoseconds: a.nanoseconds - b.nanoseconds)
    }
    @inlinable
    package static func * (a: Duration, b: Int) -> Duration {
        Duration(nanoseconds: a.nanoseconds * Int64(b))
    }
    @inlinable
    package static func / (a: Duration, b: Int) -> Duration {
        Duration(nanoseconds: a.nanoseconds / Int64(b))
    }
    @inlinable
    package static func += (a: inout Duration, b: Duration) { a = a + b }

    /// The duration scaled by a factor, rounded to the nearest nanosecond. Clamped to the range that
    /// fits.
    @inlinable
    package func scaled(by factor: Double) -> Duration {
        Duration(clamping: Double(nanoseconds) * factor)
    }
}

/// A point in time in nanoseconds since an origin that the driver chooses: the start of the world
/// in the simulator, the Unix epoch when live.
@usableFromInline
@frozen
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the origin.
    @usableFromInline package var nanoseconds: Int64

    @inlinable
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable package static var origin: Instant { Instant(nanoseconds: 0) }
    @inlinable package static var distantFuture: Instant { Instant(nanoseconds: .max) }

    /// Seconds since the origin.
    @inlinable
    package var seconds: Double { Double(nanoseconds) / 1e9 }

    @inlinable
    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    // Comparable's own versions of these are not inlined across modules.
    @inlinable
    package static func <= (a: Instant, b: Instant) -> Bool { a.nanoseconds <= b.nanoseconds }
    @inlinable
    package static func > (a: Instant, b: Instant) -> Bool { a.nanoseconds > b.nanoseconds }
    @inlinable
    package static func >= (a: Instant, b: Instant) -> Bool { a.nanoseconds >= b.nanoseconds }
    @inlinable
    package static func == (a: Instant, b: Instant) -> Bool { a.nanoseconds == b.nanoseconds }
    @inlinable
    package static func + (a: Instant, b: Duration) -> Instant {
        Instant(nanoseconds: a.nanoseconds + b.nanoseconds)
    }
    @inlinable
    package static func - (a: Instant, b: Duration) -> Instant {
        Instant(nanoseconds: a.nanoseconds - b.nanoseconds)
    }
    @inlinable
    package static func - (a: Instant, b: Instant) -> Duration {
        Duration(nanoseconds: a.nanoseconds - b.nanoseconds)
    }
    @inlinable
    package static func += (a: inout Instant, b: Duration) { a = a + b }
}
