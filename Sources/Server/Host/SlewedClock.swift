import Primitives
import Synchronization

/// Follows the system's clock, which may be wrong when a server starts and be set right later, without
/// ever going back or jumping: roles count silences by it. Where the system's clock is ahead, it runs
/// at up to twice the speed until it has caught up, and at no less than half of it where it is behind.
final class SlewedClock: Sendable {
    /// A moment at which the system's clock was looked at.
    private struct Look {
        /// Nanoseconds that only ever grow.
        var uptime: Int64
        var time: Instant
        /// What there was to catch up.
        var behind: Duration
    }

    private let uptime: @Sendable () -> Int64
    private let system: @Sendable () -> Instant
    private let last: Mutex<Look>

    /// Between two looks.
    private static let interval = Duration.seconds(1)

    init(
        uptime: @escaping @Sendable () -> Int64, system: @escaping @Sendable () -> Instant
    ) {
        self.uptime = uptime
        self.system = system
        last = Mutex(Look(uptime: uptime(), time: system(), behind: .zero))
    }

    var now: Instant {
        last.withLock { last in
            let uptime = max(uptime(), last.uptime)
            let elapsed = Duration(nanoseconds: uptime - last.uptime)
            let caughtUp = min(max(last.behind, .zero - elapsed / 2), elapsed)
            let time = last.time + elapsed + caughtUp
            if elapsed >= Self.interval {
                last = Look(uptime: uptime, time: time, behind: system() - time)
            }
            return time
        }
    }
}
