package import Observation
package import Primitives
package import Simulation

/// What the runner needs of a world.
package protocol RunnableWorld: Sendable {
    /// Simulated time.
    var now: Instant { get }
    /// Events delivered so far.
    var events: UInt64 { get }
    /// When the world will be done.
    var end: Instant { get }
    /// Whether duration, settling and the last reads are over.
    var isFinished: Bool { get }
    /// The state now, for a progress line.
    var latest: Sample { get }
    /// The time series so far.
    var samples: [Sample] { get }

    /// Runs until the instant or until `limit` events were delivered, whichever comes first. What
    /// happens does not depend on how a run is cut into such slices.
    mutating func run(until: Instant, limit: UInt64)
    /// The last checks of a finished world.
    mutating func finish()
    /// What was measured so far.
    func measurements() -> Measurements
}

extension World: RunnableWorld {}
