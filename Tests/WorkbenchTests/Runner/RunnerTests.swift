import Primitives
import Simulation
import Synchronization
import Testing

@testable import Observation
@testable import Workbench

@Suite struct RunnerTests {
    /// A clock that a test moves.
    private final class Clock: Sendable {
        private let now = Mutex(0.0)
        func advance(_ seconds: Double) { now.withLock { $0 += seconds } }
        var seconds: Double { now.withLock { $0 } }
    }

    private let clock = Clock()
    private let cancel = CancelFlag()

    private func runner(_ scenario: Scenario = Scenario()) -> Runner {
        let clock = clock
        return Runner(scenario: scenario, cancel: cancel) { clock.seconds }
    }

    /// A world of a million events whose first slice goes at this pace.
    private func world(eventsPerSecond: Double) -> FakeWorld {
        var world = FakeWorld(end: .seconds(1_000), spacing: .milliseconds(1))
        let clock = clock
        world.onSlice = { _ in clock.advance(10_000 / eventsPerSecond) }
        return world
    }

    @Test func `a run goes to the end and is checked there`() {
        var world = world(eventsPerSecond: 1e6)
        let (result, timing) = runner().run(&world)
        #expect(result.isComplete && result.verdict.kind == .fine)
        #expect(world.finishes == 1)
        #expect(result.measurements.count("events") == 1_000_000 && timing.events == 1_000_000)
        #expect(result.stoppedAt == .origin + .seconds(1_000))
        #expect(timing.wallSeconds == clock.seconds && timing.wallSeconds > 0)
        #expect(timing.peakMemoryBytes > 1_000_000)
    }

    @Test func `a cancelled run stops at the next slice and is not checked`() {
        var world = world(eventsPerSecond: 1e6)
        let (clock, cancel) = (clock, cancel)
        world.onSlice = { slice in
            clock.advance(0.05)
            if slice == 3 { cancel.set() }
        }
        let (result, _) = runner().run(&world)
        #expect(world.limits.count == 3)
        #expect(!result.isComplete && result.verdict.kind == .interrupted)
        #expect(world.finishes == 0)
        #expect(result.measurements["events"] == .count(world.events) && world.events < 1_000_000)
    }

    @Test func `slices grow until each takes a twentieth of a second`() {
        var world = FakeWorld(end: .seconds(1_000_000), spacing: .milliseconds(1))
        let clock = clock
        let cancel = cancel
        world.onSlice = { slice in
            clock.advance(0.005)
            if slice == 8 { cancel.set() }
        }
        _ = runner().run(&world)
        #expect(world.limits == (0..<8).map { 10_000 << UInt64($0) })
    }

    @Test func `slices shrink when they take too long`() {
        var world = FakeWorld(end: .seconds(1_000_000), spacing: .milliseconds(1))
        let (clock, cancel) = (clock, cancel)
        world.onSlice = { slice in
            clock.advance(0.1)
            if slice == 6 { cancel.set() }
        }
        _ = runner().run(&world)
        let expected: [UInt64] = [10_000, 5_000, 2_500, 1_250, 1_000, 1_000]
        #expect(world.limits.count == 6)
        for (limit, other) in zip(world.limits, expected) {
            #expect(max(limit, other) - min(limit, other) <= 2, "\(world.limits)")
        }
    }

    @Test func `the observer learns how far the run is`() throws {
        var world = FakeWorld(end: .seconds(100), spacing: .milliseconds(1))
        let clock = clock
        world.onSlice = { _ in clock.advance(0.05) }
        var seen: [RunProgress] = []
        _ = runner().run(&world) { seen.append($0) }
        // Ten thousand events a slice, each slice a twentieth of a second.
        #expect((10...11).contains(seen.count))
        #expect(seen[0].now == .origin + .seconds(10) && seen[0].share == 0.1)
        #expect((seen[0].eventsPerSecond - 200_000).magnitude < 1)
        #expect((try #require(seen[0].secondsLeft) - 0.45).magnitude < 1e-9)
        #expect(seen[4].latest["nodesUp"] == 7)
        #expect(seen.last?.share == 1 && seen.last?.secondsLeft == 0)
    }

    @Test func `the progress line tells what matters and fits`() {
        var sample = Sample()
        sample["nodesUp"] = 1_241
        sample["chunksBelowTarget"] = 312
        let progress = RunProgress(
            now: .origin + .hours(295), end: .origin + .days(31), wallSeconds: 20,
            eventsPerSecond: 5_130_000, secondsLeft: 18.4, latest: sample)
        let line = ProgressLine.text(progress, name: "churn")
        #expect(
            line
                == "churn 39 %: 12 d of 31 d, 5.1 M events/s, 1,241 nodes up, 312 chunks below target, 18 s left"
        )
        #expect(ProgressLine.fit(line, width: 20) == "churn 39 %: 12 d of…")
        #expect(ProgressLine.fit(line, width: 200) == line)
        #expect(ProgressLine.fit(line, width: 0) == "")
    }
}

@Suite struct VerdictTests {
    private func verdict(
        violations: UInt64 = 0, effects: UInt64 = 1, lost: UInt64 = 0, isComplete: Bool = true
    ) -> Verdict {
        var measurements = Measurements()
        measurements["durability.filesLost"] = .count(lost)
        measurements.oracles = [
            OracleOutcome(name: "o", checks: 1, violations: violations, examples: [])
        ]
        measurements.faults = [FaultOutcome(name: "f", unit: "nodes stopped", effects: effects)]
        var scenario = Scenario()
        scenario.expectations = [Workbench.Expectation(path: "durability.filesLost", maximum: 0)]
        return RunResult(
            scenario: scenario, isComplete: isComplete, stoppedAt: .origin,
            measurements: measurements, samples: []
        ).verdict
    }

    @Test func `oracles come before faults and those before expectations`() {
        #expect(verdict().kind == .fine)
        #expect(verdict(lost: 1).kind == .expectationsNotMet)
        #expect(verdict(effects: 0, lost: 1).kind == .violated)
        #expect(verdict(violations: 1, lost: 1).kind == .violated)
    }

    @Test func `an interrupted run is judged by its oracles only`() {
        #expect(verdict(effects: 0, lost: 1, isComplete: false).kind == .interrupted)
        #expect(verdict(violations: 1, isComplete: false).kind == .violated)
    }

    @Test func `expectations are met within their bounds only`() {
        func isMet(_ expectation: Workbench.Expectation, _ value: Double?) -> Bool {
            Workbench.Expectation.Outcome(expectation: expectation, actual: value).isMet
        }
        let range = Workbench.Expectation(path: "x", minimum: 1, maximum: 2)
        #expect(isMet(range, 1) && isMet(range, 2) && !isMet(range, 0.999) && !isMet(range, 2.001))
        #expect(!isMet(range, nil) && !isMet(range, .nan))
        #expect(isMet(Workbench.Expectation(path: "x", minimum: 1), 1e9))
        #expect(range.bounds == "from 1 to 2")
        #expect(Workbench.Expectation(path: "x", minimum: 3, maximum: 3).bounds == "exactly 3")
        #expect(Workbench.Expectation(path: "x", maximum: 0.5).bounds == "at most 0.5")
    }
}
