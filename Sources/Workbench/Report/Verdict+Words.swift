import Observation
import Simulation

extension Verdict {
    /// The answers that everybody asks for first, each a title and a sentence.
    static func lines(_ result: RunResult) -> [(title: String, text: String)] {
        [
            ("Files.", files(result.measurements)),
            ("Reads.", reads(result.measurements)),
            ("Redundancy.", redundancy(result.measurements)),
            ("Oracles.", oracles(result)),
            ("Faults.", faults(result)),
            ("Expectations.", expectations(result)),
        ]
    }

    private static func files(_ measurements: Measurements) -> String {
        let files = measurements.count("durability.filesAcknowledged")
        guard files > 0 else { return "None was acknowledged." }
        let acknowledged = Format.plural(files, "acknowledged file")
        let filesLost = measurements.count("durability.filesLost")
        let years = measurements["durability.fileYears"].single ?? 0
        let bound = measurements["durability.lossRatePerFileYear"].interval.map {
            filesLost == 0
                ? " Over \(Format.number(years)) file-years that puts the loss rate below \(Format.number($0.high)) per file-year (95 %)."
                : " That is \(Format.number($0.estimate)) per file-year (95 %: \(Format.number($0.low)) to \(Format.number($0.high)))."
        }
        let lost =
            filesLost == 0
            ? "None of \(acknowledged) was lost."
            : "\(Format.count(filesLost)) of \(acknowledged) were lost: every replica of a chunk was destroyed."
        return lost + (bound ?? "")
    }

    private static func reads(_ measurements: Measurements) -> String {
        guard let first = measurements["availability.firstTry"].interval
        else { return "There were none." }
        let reads = measurements.count("availability.reads")
        let failed = measurements.count("availability.readsFailed")
        return
            "\(Format.share(first.estimate)) of \(Format.count(reads)) succeeded at the first try (95 %: \(Format.share(first.low)) to \(Format.share(first.high))); \(Format.count(failed)) failed for good."
    }

    private static func redundancy(_ measurements: Measurements) -> String {
        let below = measurements.count("redundancy.chunksBelowTargetAtEnd")
        let atEnd = "\(Format.plural(below, "chunk")) below target when the measured time ended"
        return switch measurements["redundancy.chunksBelowTargetAfterSettling"].single {
        case nil: atEnd + "."
        case 0:
            atEnd
                + "; all chunks were back at \(measurements.count("redundancy.target")) replicas or more after settling."
        case let count?: atEnd + "; \(Format.number(count)) were still below it after settling."
        }
    }

    private static func oracles(_ result: RunResult) -> String {
        let oracles = result.measurements.oracles
        let checks = oracles.reduce(UInt64(0)) { $0 &+ $1.checks }
        let violations = result.verdict.violated
        let looked = "\(Format.plural(oracles.count, "oracle")), \(Format.count(checks)) checks"
        guard violations.isEmpty else {
            return "Violated: \(violations.map(\.name).joined(separator: ", ")) (\(looked))."
        }
        return "No violation (\(looked))."
    }

    private static func faults(_ result: RunResult) -> String {
        let declared = result.scenario.configuration.faults.count
        guard declared > 0 else { return "None were declared." }
        guard result.isComplete else { return "\(declared) declared; not judged." }
        let idle = result.verdict.idleFaults
        guard idle.isEmpty else {
            return "Without effect: \(idle.map(\.name).joined(separator: ", "))."
        }
        return declared == 1 ? "The one declared had an effect." : "All \(declared) had an effect."
    }

    private static func expectations(_ result: RunResult) -> String {
        let outcomes = result.verdict.expectations
        guard !outcomes.isEmpty else { return "The scenario declares none." }
        guard result.isComplete else { return "\(outcomes.count) declared; not judged." }
        let unmet = result.verdict.unmet
        guard unmet.isEmpty else {
            let names = unmet.map { "`\($0.expectation.path)` (\($0.expectation.bounds))" }
            return "Not met: \(names.joined(separator: ", "))."
        }
        return outcomes.count == 1 ? "The one declared is met." : "All \(outcomes.count) are met."
    }
}
