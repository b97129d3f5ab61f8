import Primitives

/// What a role that counts time takes for it: what it is told, but that it never goes back. A clock that
/// was ahead and is set right would else leave all that is due, and all that was heard, in the future.
struct SteadyClock: Sendable {
    private var latest = Instant.origin
    /// How far the clock was set back since the start, in all.
    private var setBack = Duration.zero

    /// The time when the clock shows `shown`.
    mutating func time(showing shown: Instant) -> Instant {
        if shown + setBack < latest { setBack = latest - shown }
        latest = shown + setBack
        return latest
    }

    /// What the clock shows, and with it others' clocks, at a time.
    func shown(at time: Instant) -> Instant { time - setBack }
}
