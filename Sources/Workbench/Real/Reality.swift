package import Observation
package import Primitives

/// What a run on sockets is told apart by, and the simulated run beside it.
package struct Reality: Sendable {
    /// Seconds of the scenario that passed in one.
    package var speed: Double
    /// The longest that anything was done after it was due, in the scenario's time.
    package var worstDelay: Duration
    /// What servers sent each other within the measured time, with all of HTTP.
    package var wireBytes: UInt64
    /// What the model charges for the same messages.
    package var modelledWireBytes: UInt64
    /// What the simulator said of the same scenario.
    package var predicted: Measurements
}
