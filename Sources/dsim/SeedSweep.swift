import Foundation
import Simulation
import Synchronization
import Workbench

/// The same scenario with many seeds, as many at a time as there are cores.
struct SeedSweep: Sendable {
    let scenario: Scenario
    let file: String
    /// Where each seed's results go, into a folder of its own; nil: nothing is written.
    let out: String?
    let isQuiet: Bool

    /// Prints a line a seed, in order, and the details of those that were not fine.
    func run(_ range: SeedRange, _ cancel: CancelFlag) throws -> ExitStatus {
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        var statuses: [ExitStatus] = []
        var next: UInt64? = range.seeds.lowerBound
        while let first = next, !cancel.isSet {
            let last = min(range.seeds.upperBound, first &+ UInt64(width - 1))
            for run in runTogether(Array(first...last), cancel) {
                try write(run)
                statuses.append(ExitStatus(run.result.verdict))
                show(run)
            }
            next = last < range.seeds.upperBound ? last + 1 : nil
        }
        let fine = statuses.filter { $0 == .fine }.count
        if cancel.isSet { statuses.append(.interrupted) }
        if !isQuiet { Output.standard("\(fine) of \(range.seeds.count) seeds fine\n") }
        return ExitStatus.worst(statuses)
    }

    private struct Run: Sendable {
        var result: RunResult
        var timing: RunTiming
    }

    private func runTogether(_ seeds: [UInt64], _ cancel: CancelFlag) -> [Run] {
        let runs = Mutex<[Int: Run]>([:])
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            var scenario = scenario
            scenario.configuration.seed = seeds[index]
            var world = World(scenario.configuration)
            let (result, timing) = Runner(scenario: scenario, cancel: cancel).run(&world)
            runs.withLock { $0[index] = Run(result: result, timing: timing) }
        }
        return runs.withLock { runs in seeds.indices.compactMap { runs[$0] } }
    }

    private func write(_ run: Run) throws {
        guard let out else { return }
        let seed = run.result.scenario.configuration.seed
        try ResultsFolder("\(out)/seed-\(seed)").write(
            run.result, run.timing, command: ScenarioFile.command(path: file, seed: seed))
    }

    private func show(_ run: Run) {
        guard !isQuiet else { return }
        Output.standard(
            Summary.line(of: run.result, run.timing) + "\n"
                + Summary.details(of: run.result.verdict))
    }
}
