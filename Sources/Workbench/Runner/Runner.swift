import Foundation
import Primitives

/// Runs a scenario's world to its end, or until it is asked to stop.
package struct Runner {
    package let scenario: Scenario
    package let cancel: CancelFlag
    /// Seconds of a clock that only goes forward.
    let clock: () -> Double

    package init(
        scenario: Scenario, cancel: CancelFlag = CancelFlag(),
        clock: @escaping () -> Double = Self.systemSeconds
    ) {
        self.scenario = scenario
        self.cancel = cancel
        self.clock = clock
    }

    /// Wall time between two looks at the cancel flag and two calls of the observer.
    private static let sliceSeconds = 0.05
    private static let sliceLimits: ClosedRange<Double> = 1_000...20_000_000

    /// Runs the world, telling the observer a few times a second how far it is.
    package func run<World: RunnableWorld>(
        _ world: inout World, observe: (RunProgress) -> Void = { _ in }
    ) -> (result: RunResult, timing: RunTiming) {
        let start = clock()
        var pace = Pace()
        var limit = 10_000.0
        while !world.isFinished && !cancel.isSet {
            let before = (wall: clock(), events: world.events, now: world.now)
            world.run(until: world.end, limit: UInt64(limit))
            precondition(
                world.isFinished || world.events > before.events || world.now > before.now,
                "a world that is not finished must go on")
            let wall = clock() - before.wall
            pace.note(
                wall: wall, events: world.events - before.events,
                simulated: (world.now - before.now).seconds)
            // At most twice as long as the last: one slow slice must not be followed by a huge one.
            let wanted = wall > 0 ? limit * min(2, Self.sliceSeconds / wall) : limit * 2
            limit = min(max(wanted, Self.sliceLimits.lowerBound), Self.sliceLimits.upperBound)
            observe(
                pace.progress(
                    at: world.now, of: world.end, wallSeconds: clock() - start,
                    latest: world.latest))
        }
        let isComplete = world.isFinished
        if isComplete { world.finish() }
        let result = RunResult(
            scenario: scenario, isComplete: isComplete, stoppedAt: world.now,
            measurements: world.measurements(), samples: world.samples)
        let timing = RunTiming(
            wallSeconds: clock() - start, events: world.events,
            peakMemoryBytes: Self.peakMemoryBytes())
        return (result, timing)
    }

    package static func systemSeconds() -> Double {
        Double(DispatchTime.now().uptimeNanoseconds) / 1e9
    }

    /// The most memory that the process ever had resident.
    static func peakMemoryBytes() -> UInt64 {
        var usage = rusage()
        // Darwin counts in bytes, Linux in kibibytes.
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
            return UInt64(usage.ru_maxrss)
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return UInt64(usage.ru_maxrss) * 1_024
        #endif
    }
}

/// What a run cost: depends on the machine, and so stands apart from the results.
package struct RunTiming: Equatable, Sendable {
    package var wallSeconds: Double
    package var events: UInt64
    package var peakMemoryBytes: UInt64

    package var eventsPerSecond: Double { wallSeconds > 0 ? Double(events) / wallSeconds : 0 }

    /// The text of `timing.json`.
    package var json: String {
        JSONOutput.object([
            .init("wallSeconds", .number(wallSeconds)),
            .init("eventsPerSecond", .number(eventsPerSecond)),
            .init("peakMemoryBytes", .unsigned(peakMemoryBytes)),
        ]).text
    }
}
