import Dispatch
import Observation
package import Primitives
package import Simulation
import Synchronization

/// A search for the moments at which a disk must not lose its power: the world is copied before every
/// change and every sync of that disk, the power fails there, the node or backend starts again, and the
/// oracles look on.
package struct CrashPoints: Sendable {
    package let scenario: Scenario
    package let owner: DiskOwner
    /// Moments to try at most; drawn where there are more.
    package var sample = 1_000
    /// How often at each moment, each time with other unsynced blocks and names that last.
    package var draws = 1
    /// How long a world goes on afterwards.
    package var goingOn = Duration.hours(1)
    package var jobs = 1
    package var cancel = CancelFlag()
    /// What is planted in a world before it begins.
    var prepare: @Sendable (inout World) -> Void = { _ in }

    /// To have a node fail, nodes keep their chunks in the chunk store, whatever the scenario says.
    package init(_ scenario: Scenario, of owner: DiskOwner = .node(0)) {
        var scenario = scenario
        if case .node = owner { scenario.configuration.nodes.disk.store = .segments }
        self.scenario = scenario
        self.owner = owner
    }

    /// A change that is the first not to happen.
    package struct Point: Equatable, Sendable {
        /// Events of the world before the one that makes it.
        package var event: UInt64
        /// Changes of the disk before it.
        package var change: Int
    }

    /// Runs all of it; `observe` is told how far it is.
    package func run(observe: (CrashPointsReport) -> Void = { _ in }) -> CrashPointsReport {
        let start = DispatchTime.now().uptimeNanoseconds
        var report = CrashPointsReport(search: self, points: findPoints())
        let chosen = choose(report.points)
        report.chosen = chosen.count
        var world = makeWorld()
        var next = 0
        while next < chosen.count, !cancel.isSet {
            var batch: [(point: Point, world: World)] = []
            while next < chosen.count, batch.count < jobs * 8 {
                let point = chosen[next]
                world.run(until: world.settleStart, limit: point.event - world.events)
                batch.append((point, world))
                next += 1
            }
            for findings in tryAll(batch) {
                report.tried += 1
                report.findings += findings
            }
            report.wallSeconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            observe(report)
        }
        return report
    }

    private func makeWorld() -> World {
        var world = World(scenario.configuration)
        prepare(&world)
        return world
    }

    // MARK: Points

    /// Every change of the disk as long as faults, churn and workload last.
    private func findPoints() -> [Point] {
        var world = makeWorld()
        var points: [Point] = []
        while world.now < world.settleStart, !cancel.isSet {
            let before = (event: world.events, change: world.changes(of: owner))
            world.run(until: world.settleStart, limit: 1)
            guard world.events > before.event else { break }
            // Fewer where its disk was exchanged for another.
            for change in before.change..<max(before.change, world.changes(of: owner)) {
                points.append(Point(event: before.event, change: change))
            }
        }
        return points
    }

    /// As many as are to be tried, in order.
    private func choose(_ points: [Point]) -> [Point] {
        guard points.count > sample else { return points }
        var random = RandomSource(seed: scenario.configuration.seed, who: 0, purpose: 0)
        var indices = Array(points.indices)
        random.shuffle(&indices)
        return indices.prefix(sample).sorted().map { points[$0] }
    }

    // MARK: Trying

    private func tryAll(_ batch: [(point: Point, world: World)]) -> [[CrashPointsReport.Finding]] {
        let found = Mutex([[CrashPointsReport.Finding]](repeating: [], count: batch.count))
        let share = (batch.count + jobs - 1) / jobs
        DispatchQueue.concurrentPerform(iterations: jobs) { job in
            for index in (job * share..<(job + 1) * share).clamped(to: batch.indices) {
                let findings = (0..<draws).flatMap {
                    attempt(batch[index].point, draw: $0, in: batch[index].world)
                }
                found.withLock { $0[index] = findings }
            }
        }
        return found.withLock { $0 }
    }

    private func attempt(
        _ point: Point, draw: Int, in original: World
    ) -> [CrashPointsReport.Finding] {
        var world = original
        var random = RandomSource(
            seed: scenario.configuration.seed, who: UInt64(point.change), purpose: UInt64(draw))
        world.failPower(of: owner, afterChanges: point.change, keeping: random.next())
        world.run(until: world.now + goingOn)
        world.inspectDisks()
        guard world.violations > original.violations else { return [] }
        let before = original.oracleOutcomes
        return zip(world.oracleOutcomes, before).compactMap { after, before in
            guard after.violations > before.violations else { return nil }
            return .init(
                point: point, at: original.now, draw: draw, oracle: after.name,
                example: after.examples.last ?? "")
        }
    }
}
