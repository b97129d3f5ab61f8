import Dispatch
import Synchronization

/// Runs the scenarios of one seed after the other, several at a time, and takes down what fails in the
/// order of their seeds: the same seeds give the same report.
package struct Fuzzer: Sendable {
    package let jobs: Int
    package let cancel: CancelFlag
    /// Runs a scenario in one of the slots, of which there are as many as jobs; nil when cancelled.
    package let run: @Sendable (FuzzRequest, _ slot: Int) throws -> FuzzOutcome?

    package init(
        jobs: Int, cancel: CancelFlag,
        run: @escaping @Sendable (FuzzRequest, _ slot: Int) throws -> FuzzOutcome?
    ) {
        self.jobs = jobs
        self.cancel = cancel
        self.run = run
    }

    private struct State {
        var report: FuzzReport
        /// The next seed that nobody runs yet.
        var next: UInt64
        /// Outcomes of seeds after one that is still under way.
        var early: [UInt64: FuzzOutcome] = [:]
        var failure: (any Error)?
    }

    private enum Turn {
        case run(UInt64, Drawing)
        /// What is drawn next depends on scenarios that others run.
        case wait
        case over
    }

    /// Goes on from where a report ends, until its last seed is done, `seconds` are over or the run is
    /// cancelled. `observe` is told of every scenario that is taken down; what it throws ends the run.
    package func run(
        _ report: FuzzReport, seconds: Double = .infinity,
        observe: @Sendable (FuzzReport) throws -> Void = { _ in }
    ) throws -> FuzzReport {
        let start = DispatchTime.now().uptimeNanoseconds
        let before = report.wallSeconds
        @Sendable func passed() -> Double {
            Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        }
        let state = Mutex(State(report: report, next: report.next))
        let hasAdvanced = DispatchSemaphore(value: 0)
        DispatchQueue.concurrentPerform(iterations: jobs) { slot in
            while true {
                switch state.withLock({ take(&$0, isLate: passed() >= seconds) }) {
                case .run(let seed, let drawing):
                    let result = Result { try run(FuzzRequest(drawing), slot) }
                    state.withLock { state in
                        takeDown(result, of: seed, &state) { report in
                            report.wallSeconds = before + passed()
                            hasAdvanced.signal()
                            try observe(report)
                        }
                    }
                case .wait: _ = hasAdvanced.wait(timeout: .now() + 0.1)
                case .over: return
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.report
        }
    }

    /// Takes down what came of a seed, and of those after it that came earlier.
    private func takeDown(
        _ result: Result<FuzzOutcome?, any Error>, of seed: UInt64, _ state: inout State,
        observe: (inout FuzzReport) throws -> Void
    ) {
        do {
            guard let outcome = try result.get() else { return }
            state.early[seed] = outcome
            while let outcome = state.early.removeValue(forKey: state.report.next) {
                state.report.take(outcome)
                try observe(&state.report)
            }
        } catch {
            state.failure = state.failure ?? error
        }
    }

    private func take(_ state: inout State, isLate: Bool) -> Turn {
        guard !cancel.isSet, !isLate, state.failure == nil, state.next <= state.report.last else {
            return .over
        }
        guard let drawing = state.report.drawing(for: state.next) else { return .wait }
        defer { state.next += 1 }
        return .run(state.next, drawing)
    }

    /// Does something for each of so many, several at a time, until it is cancelled.
    func forEach(of count: Int, _ body: @Sendable (_ index: Int, _ slot: Int) -> Void) {
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: min(jobs, count)) { slot in
            while !cancel.isSet {
                let index = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard index < count else { return }
                body(index, slot)
            }
        }
    }

    // MARK: Shrinking

    /// Shrinks the first scenario of each group, several at a time; `keep` is handed what is left of it.
    package func shrink(
        _ groups: [FuzzReport.Group], keep: @Sendable (Scenario, FuzzReport.Group) throws -> Void
    ) throws {
        let failure = Mutex<(any Error)?>(nil)
        forEach(of: groups.count) { index, slot in
            let shrinker = Shrinker { try run(.scenario($0), slot) }
            let scenario = ScenarioDrawer.scenario(groups[index].drawing)
            do {
                try keep(shrinker.shrink(scenario, groups[index].finding), groups[index])
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
