import Observation
import Primitives
import Simulation

/// `report.md`: what a run found, for people. The verdict comes first, then what was simulated, then
/// the figures with what they mean.
///
/// Like `metrics.json` a function of the result alone, so that `git diff` of two reports shows what
/// a change of the code did.
package struct MarkdownReport {
    let result: RunResult
    /// What somebody types to get the same report.
    let command: String
    /// Of a run on sockets.
    var reality: Reality?

    var measurements: Measurements { result.measurements }
    var configuration: WorldConfiguration { result.scenario.configuration }

    package var text: String {
        let description = result.scenario.description
        return [
            "# \(result.scenario.name)\n", result.isComplete ? "" : incomplete,
            description.isEmpty ? "" : description + "\n",
            reality.map { RealityReport(result: result, reality: $0).introduction } ?? "",
            "## Verdict\n", verdict,
            reality.map { RealityReport(result: result, reality: $0).comparison } ?? "",
            reality == nil ? "## What was simulated\n" : "## What was run\n",
            WorldInWords(world: configuration).text,
            "## Timeline\n", timeline,
            findings,
            "## Oracles\n", oracles,
            "## Faults\n", faults,
            "## Expectations\n", expectations,
            "## Reproduce\n", reproduction,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var incomplete: String {
        """
        > **Incomplete.** The run was stopped after \(Format.seconds(result.stoppedAt.seconds)) of \
        simulated time. The figures cover what ran; faults and expectations are not judged.

        """
    }

    // MARK: Verdict

    private var verdict: String {
        Verdict.lines(result).map { "- **\($0.title)** \($0.text)\n" }.joined()
    }

    // MARK: Timeline

    /// Rows that a person takes in at once.
    private static let mostRows = 16

    private var timeline: String {
        let samples = result.samples
        guard !samples.isEmpty else { return "No samples were taken.\n" }
        let columns = Sample.columns.filter { $0.label != nil }
        let count = min(Self.mostRows, samples.count)
        let rows = (0..<count).map { row in
            // The first and the last are among them.
            let sample = samples[count == 1 ? 0 : row * (samples.count - 1) / (count - 1)]
            return [Format.seconds(sample.at.seconds)]
                + columns.map { $0.unit.text(Double(sample[$0.name])) }
        }
        let table = MarkdownTable.text(
            ["time"] + columns.compactMap(\.label), right: Set(0...columns.count), rows: rows)
        return table + "\n" + worst(samples) + "Every sample is in `timeseries.csv`, one each "
            + "\(Format.duration(configuration.sampleInterval)).\n"
    }

    private func worst(_ samples: [Sample]) -> String {
        let below = samples.map { $0["chunksBelowTarget"] }
        guard let most = below.max(), most > 0, let index = below.firstIndex(of: most),
            samples[index]["chunks"] > 0
        else { return "" }
        let sample = samples[index]
        let share = Double(most) / Double(sample["chunks"])
        return "At the worst sample, after \(Format.seconds(sample.at.seconds)), "
            + "\(Format.plural(Int(most), "chunk")) of \(Format.count(sample["chunks"])) "
            + "(\(Format.share(share))) had fewer replicas than the target.\n\n"
    }

    // MARK: Checks

    private var oracles: String {
        let outcomes = measurements.oracles
        guard !outcomes.isEmpty else { return "None looked.\n" }
        let rows = outcomes.map { oracle in
            [
                oracle.name,
                result.blindOracles.contains(oracle.name)
                    ? "never could fail" : Format.count(oracle.checks),
                oracle.violations == 0 ? "0" : "**\(Format.count(oracle.violations))**",
            ]
        }
        let examples = outcomes.flatMap { oracle in
            oracle.examples.map { "- \(oracle.name): \($0)\n" }
        }
        return "Checks from outside the system, which know what must be true.\n\n"
            + MarkdownTable.text(["oracle", "checks", "violations"], right: [1, 2], rows: rows)
            + (examples.isEmpty ? "" : "\nThe first violations:\n\n" + examples.joined())
    }

    private var faults: String {
        guard !configuration.faults.isEmpty else { return "None were declared.\n" }
        let outcomes = Dictionary(
            measurements.faults.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let rows = configuration.faults.map { fault in
            let effects = outcomes[fault.name].map { "\(Format.count($0.effects)) \($0.unit)" }
            return [fault.name, effects ?? "–", fault.kind.inWords]
        }
        return MarkdownTable.text(["fault", "effects", "what"], right: [1], rows: rows)
    }

    private var expectations: String {
        let outcomes = result.verdict.expectations
        guard !outcomes.isEmpty else { return "The scenario declares none.\n" }
        let rows = outcomes.map { outcome in
            [
                "`\(outcome.expectation.path)`", outcome.expectation.bounds,
                outcome.actual.map(Expectation.text) ?? "not measured",
                result.isComplete ? (outcome.isMet ? "yes" : "**no**") : "not judged",
            ]
        }
        return MarkdownTable.text(["metric", "expected", "actual", "met"], right: [2], rows: rows)
    }

    // MARK: Reproduction

    private var reproduction: String {
        if reality != nil {
            return """
                ```
                \(command)
                ```

                A run in real time is not deterministic: another one gives other figures. Those of this \
                one, with more digits, are in `metrics.json`.

                """
        }
        return """
            ```
            \(command)
            ```

            The same scenario, seed and code give the same world, event for event, in debug and in \
            release. The digest over all \(Format.count(measurements.count("events"))) events of this run is \
            `\(result.digest)`. Every figure, with more digits, is in `metrics.json`.

            """
    }
}
