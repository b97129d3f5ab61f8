import Observation
import Primitives
import Simulation

/// What a run found, in the ten lines that a person reads when it ends.
package enum Summary {
    package static func text(
        of result: RunResult, _ timing: RunTiming, isReal: Bool = false
    ) -> String {
        let head =
            "\(result.scenario.name), seed \(result.scenario.configuration.seed): "
            + "\(Format.seconds(result.stoppedAt.seconds)) \(isReal ? "run" : "simulated") in "
            + "\(Format.seconds(timing.wallSeconds)) (\(Format.compact(timing.eventsPerSecond)) events/s)"
        let lines =
            [
                ("files", files(result.measurements)), ("reads", reads(result.measurements)),
                ("redundancy", redundancy(result.measurements)),
                ("repair", repair(result.measurements)), ("merkle", merkle(result.measurements)),
                ("oracles", oracles(result)), ("faults", faults(result)),
                ("expected", expectations(result)),
            ] + (isReal ? [] : [("digest", result.digest)])
        return head + "\n\n" + lines.map { "  \(pad($0.0, to: 10))  \($0.1)\n" }.joined() + "\n"
            + "\(word(result.verdict.kind))\n" + details(of: result.verdict)
    }

    /// One line, for a run among many.
    package static func line(of result: RunResult, _ timing: RunTiming) -> String {
        let measurements = result.measurements
        let violations = measurements.oracles.reduce(UInt64(0)) { $0 &+ $1.violations }
        return "seed \(result.scenario.configuration.seed): \(word(result.verdict.kind)), "
            + "\(Format.count(measurements.count("durability.filesLost"))) of "
            + "\(Format.count(measurements.count("durability.filesAcknowledged"))) files lost, "
            + "\(Format.count(violations)) violations, digest \(result.digest), "
            + Format.seconds(timing.wallSeconds)
    }

    // MARK: Lines

    private static func files(_ measurements: Measurements) -> String {
        let rate = measurements["durability.lossRatePerFileYear"].interval
        return "\(Format.count(measurements.count("durability.filesLost"))) of "
            + "\(Format.count(measurements.count("durability.filesAcknowledged"))) lost"
            + (rate.map {
                "; per file-year \(Format.number($0.estimate)) (95 %: \(Format.number($0.low)) to \(Format.number($0.high)))"
            } ?? "")
    }

    private static func reads(_ measurements: Measurements) -> String {
        guard let first = measurements["availability.firstTry"].single else { return "none" }
        let latency = measurements["latency.readSeconds"]
        return
            "\(Format.share(first)) of \(Format.count(measurements.count("availability.reads"))) at the first try, "
            + "\(Format.count(measurements.count("availability.readsFailed"))) failed; "
            + "p50 \(Format.seconds(latency["p50"] ?? 0)), p99 \(Format.seconds(latency["p99"] ?? 0))"
    }

    private static func redundancy(_ measurements: Measurements) -> String {
        let below = measurements.count("redundancy.chunksBelowTargetAtEnd")
        let settled = measurements["redundancy.chunksBelowTargetAfterSettling"].single
        return "\(Format.plural(below, "chunk")) below "
            + "\(measurements.count("redundancy.target")) replicas at the end"
            + (settled.map { ", \(Format.number($0)) after settling" } ?? "")
    }

    private static func repair(_ measurements: Measurements) -> String {
        let times = measurements["repair.secondsToRepair"]
        let took = times["p50"].map { p50 in
            "; back at target p50 \(Format.seconds(p50)), max \(Format.seconds(times["max"] ?? 0))"
        }
        return "\(Format.plural(measurements.count("repair.transfers"), "copy", "copies")), "
            + Format.bytes(measurements["repair.bytesMoved"].single ?? 0) + (took ?? "")
    }

    private static func merkle(_ measurements: Measurements) -> String {
        let took = measurements["merkle.secondsToFind"]["p50"].map {
            "; p50 \(Format.seconds($0))"
        }
        let injected = measurements.count("merkle.divergencesInjected")
        return "\(Format.count(measurements.count("merkle.divergencesFound"))) of "
            + "\(Format.plural(injected, "divergence")) found, "
            + "\(Format.count(measurements.count("merkle.divergencesMooted"))) ended unseen"
            + (took ?? "")
    }

    private static func oracles(_ result: RunResult) -> String {
        let oracles = result.measurements.oracles
        let checks = oracles.reduce(UInt64(0)) { $0 &+ $1.checks }
        let violations = oracles.reduce(UInt64(0)) { $0 &+ $1.violations }
        return "\(Format.count(violations)) violations in \(Format.count(checks)) checks of "
            + Format.plural(oracles.count, "oracle")
            + (result.blindOracles.isEmpty
                ? "" : "; never could fail: \(result.blindOracles.joined(separator: ", "))")
    }

    private static func faults(_ result: RunResult) -> String {
        let faults = result.measurements.faults
        let working = faults.filter { $0.effects > 0 }.count
        return "\(working) of \(faults.count) had an effect"
    }

    private static func expectations(_ result: RunResult) -> String {
        let outcomes = result.verdict.expectations
        guard !outcomes.isEmpty else { return "nothing declared" }
        guard result.isComplete else { return "not judged" }
        return "\(outcomes.count - result.verdict.unmet.count) of \(outcomes.count) met"
    }

    /// What went wrong, a line each, with examples; empty when nothing did.
    package static func details(of verdict: Verdict) -> String {
        let oracles = verdict.violated.map { oracle in
            "  oracle \(oracle.name): \(Format.count(oracle.violations)) violations\n"
                + oracle.examples.map { "    \($0)\n" }.joined()
        }
        let faults = verdict.idleFaults.map { "  fault \($0.name) had no effect\n" }
        let expectations = (verdict.isComplete ? verdict.unmet : []).map { outcome in
            "  expected \(outcome.expectation.path) \(outcome.expectation.bounds), "
                + "got \(outcome.actual.map(Expectation.text) ?? "nothing measured")\n"
        }
        return (oracles + faults + expectations).joined()
    }

    private static func word(_ kind: Verdict.Kind) -> String {
        switch kind {
        case .fine: "fine"
        case .violated: "VIOLATED"
        case .expectationsNotMet: "EXPECTATIONS NOT MET"
        case .interrupted: "INTERRUPTED"
        }
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
