/// How often a request is tried, and how long a client waits in between: twice as long each time, by
/// chance somewhat less, so that many clients do not come back at once.
package struct RetryPolicy: Hashable, Sendable {
    /// All tries, the first included.
    package var tries = 12
    package var firstDelaySeconds = 0.1
    package var longestDelaySeconds = 5.0
    /// What a server may ask to wait at most; beyond it the user is told instead.
    package var longestAskedSeconds = 30.0

    /// Seconds to wait after the `tried`th try, from 1; nil when it was the last. `chance` is uniform
    /// in 0...1; `asked` is what the server asks for.
    package func delay(afterTry tried: Int, asked: Double?, chance: Double) -> Double? {
        guard tried < tries, asked ?? 0 <= longestAskedSeconds else { return nil }
        var delay = firstDelaySeconds
        for _ in 1..<tried where delay < longestDelaySeconds { delay *= 2 }
        let own = min(delay, longestDelaySeconds) * (0.5 + 0.5 * chance)
        return max(own, asked ?? 0)
    }
}
