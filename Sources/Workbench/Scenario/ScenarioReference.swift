import Observation
import Simulation

/// The description of the scenario format in Markdown, printed from the tables that files are read
/// by, so that the two cannot part.
package enum ScenarioReference {
    package static var text: String {
        [introduction, sections, faults, laws, selections, expectations, metrics]
            .joined(separator: "\n")
    }

    private static let introduction = #"""
        # Scenario files

        A scenario is a JSON file that describes a world, what happens to it, and what is expected of
        it. Printed by `dsim scenario --reference`, from the tables that files are read by.

        ```json
        {
          "name": "example",
          "duration": "2d",
          "topology": {"nodes": 30, "failureDomains": 3},
          "workload": {"files": 60, "readsPerDay": 100},
          "churn": {
            "session": {"weibull": {"shape": 0.55, "scale": "35.3h"}},
            "downtime": {"exponential": {"mean": "1h"}}
          },
          "faults": [
            {"name": "cut", "partition": {"at": "12h", "lasting": "6h", "of": {"domain": 0}}}
          ],
          "expect": {"durability.filesLost": {"max": 0}}
        }
        ```

        - Durations are texts such as `"250ms"`, `"30s"`, `"5m"`, `"1.5h"`, `"30d"` or `"2y"` (years of
          365.25 days); also `us` and `ns`.
        - Sizes are texts such as `"256KiB"`, `"4MiB"`, `"40GiB"` (powers of 1024) or `"1GB"` (of 1000),
          or numbers of bytes. Rates are texts such as `"20MiB/s"` or `"100Mbit/s"`.
        - Unknown keys are errors. `dsim scenario FILE` checks a file without running it.

        """#

    /// The keys of the scenario: first those of its own, then a table a section.
    private static var sections: String {
        let entries = ScenarioSchema.scenario.flatMap { $0.entries($0.name, Scenario()) }
        let own = entries.filter { !isSection($0) && !$0.path.contains(".") }
        let heads = entries.filter { isSection($0) && !$0.path.contains(".") }
        return "## Keys\n\n" + table(own)
            + heads.map { head in
                let below = entries.filter {
                    $0.path.hasPrefix(head.path + ".") && !isSection($0)
                }
                return "\n## \(head.path)\n\n\(head.meaning)\n\n" + table(below)
            }.joined()
    }

    private static var faults: String {
        let draft = FaultForms.Draft()
        let name = FaultForms.name.entries("name", draft)
        return "## faults\n\nA list of objects, each with a name and one kind of fault.\n\n"
            + table(name)
            + FaultForms.kinds.map { kind in
                "\n### \(kind.name)\n\n\(kind.meaning)\n\n"
                    + table(kind.entries(kind.name, draft).filter { !isSection($0) })
            }.joined()
    }

    private static var laws: String {
        "## Laws\n\nWhat durations are drawn from: an object with one of these.\n\n"
            + table(DistributionForm.keys.flatMap { $0.entries($0.name, []) })
    }

    private static var selections: String {
        "## Selections\n\nWhom a fault concerns: an object with one of these …\n\n"
            + table(SelectionForm.keys.flatMap { $0.entries($0.name, []) })
            + "\n… or one of these words.\n\n"
            + MarkdownTable.text(
                ["word", "meaning"],
                rows: SelectionForm.words.map { ["`\"\($0.name)\"`", $0.meaning] })
    }

    private static var expectations: String {
        "## expect\n\nAn object whose keys are metrics, each with its bounds. A run that is complete "
            + "and does not keep them ends with exit code 2.\n\n"
            + table(Expectation.boundKeys.flatMap { $0.entries($0.name, .init()) })
    }

    private static var metrics: String {
        let rows = Metric.all.map { ["`\($0.path)`\(suffix($0))", $0.meaning] }
        return """
            ## Metrics

            The figures of `metrics.json`. One with an interval means its estimate when named alone, \
            and has `.low95` and `.high95`.

            \(MarkdownTable.text(["metric", "meaning"], rows: rows))
            """
    }

    private static func suffix(_ metric: Metric) -> String {
        switch Measurements()[metric.path] {
        case .count, .number: ""
        case .share, .rate: " with interval"
        case .quantiles: " `.count` `.mean` `.p50` `.p95` `.p99` `.max`"
        case .list: " `.0` `.1` …"
        }
    }

    // MARK: Tables

    private static func isSection(_ entry: ReferenceEntry) -> Bool { entry.allowed == "an object" }

    private static func table(_ entries: [ReferenceEntry]) -> String {
        MarkdownTable.text(
            ["key", "default", "allowed", "meaning"],
            rows: entries.map {
                ["`\($0.path)`", $0.fallback, code($0.allowed), $0.meaning]
            })
    }

    /// Quoted parts of what is allowed, set as code.
    private static func code(_ allowed: String) -> String {
        allowed.hasPrefix("{") || allowed.hasPrefix("\"") ? "`\(allowed)`" : allowed
    }
}
