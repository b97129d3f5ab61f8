package import Primitives

/// Everything that is counted, by topic: each meter is fed by events and declares the metrics that are
/// read off it. Small enough to be copied when the measured time ends.
package struct Meters: Sendable {
    package internal(set) var run = RunMeter()
    package internal(set) var durability = DurabilityMeter()
    package internal(set) var availability = AvailabilityMeter()
    package internal(set) var redundancy: RedundancyMeter
    package internal(set) var repair = RepairMeter()
    package internal(set) var merkle = MerkleMeter()
    package internal(set) var latency = LatencyMeter()
    package internal(set) var storage = StorageMeter()
    package internal(set) var ledger = LedgerMeter()
    package var control = ControlMeter()
    package internal(set) var churn = ChurnMeter()
    package internal(set) var liars = LiarMeter()

    init(target: Int) { redundancy = RedundancyMeter(target: target) }

    /// Brings what accrues with time up to the present.
    mutating func advance(to now: Instant, events: UInt64) {
        run.now = now
        run.events = events
        redundancy.advance(to: now)
        churn.advance(to: now)
    }
}

/// The meters as metrics read them.
@dynamicMemberLookup
package struct Reading: Sendable {
    /// As they stood when the measured time ended, or stand if it has not: what a figure covers unless
    /// it says otherwise.
    let measured: Meters
    /// As they stand: of the whole run.
    let whole: Meters
    /// Whether the measured time has ended.
    let isSettled: Bool

    package subscript<Meter>(dynamicMember meter: KeyPath<Meters, Meter>) -> Meter {
        measured[keyPath: meter]
    }
}

/// How long a run lasted.
package struct RunMeter: Sendable {
    /// Delivered: messages, timers, disk completions, the run's own.
    package internal(set) var events: UInt64 = 0
    package internal(set) var now = Instant.origin

    var seconds: Double { now.seconds }

    static let metrics = [
        Metric("events", "Events delivered in the whole run.", .count(\.whole.run.events)),
        Metric(
            "simulatedSeconds", "Simulated time of the whole run, settling included.",
            .number(\.whole.run.seconds, in: .seconds)),
    ]
}
