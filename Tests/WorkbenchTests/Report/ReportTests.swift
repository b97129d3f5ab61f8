import Primitives
import Simulation
import Testing

@testable import Observation
@testable import Workbench

/// What people and programs read of a run, compared with files under `Tests/Golden`.
@Suite struct ReportTests {
    private func report(isComplete: Bool) throws -> String {
        let result = try SampleRun.result(isComplete: isComplete)
        return MarkdownReport(result: result, command: "Scripts/dsim run sample.json --seed 42")
            .text
    }

    @Test func `the report tells what a run found`() throws {
        try Golden.expect(report(isComplete: true), equals: "Tests/Golden/report.md")
    }

    @Test func `the report of an interrupted run says so on top and judges nothing`() throws {
        let text = try report(isComplete: false)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "# sample")
        #expect(lines[1].hasPrefix("> **Incomplete.** The run was stopped after 50 h"))
        #expect(text.contains("- **Expectations.** 3 declared; not judged."))
        #expect(text.contains("- **Faults.** 7 declared; not judged."))
    }

    @Test func `an empty run has a report too`() {
        let result = RunResult(
            scenario: Scenario(), isComplete: true, stoppedAt: .origin, measurements: .init(),
            samples: [])
        let text = MarkdownReport(result: result, command: "x").text
        #expect(text.contains("- **Files.** None was acknowledged."))
        #expect(!text.contains("nan"))
    }

    @Test func `violations stand in the verdict`() throws {
        var result = try SampleRun.result()
        result.measurements.oracles[1].violations = 2
        result.measurements.oracles[1].examples = ["at 5 s: block 3 changed"]
        result = RunResult(
            scenario: result.scenario, isComplete: true, stoppedAt: result.stoppedAt,
            measurements: result.measurements, samples: [])
        let text = MarkdownReport(result: result, command: "x").text
        #expect(text.contains("- **Oracles.** Violated: ledger (2 oracles, 1,020 checks)."))
        #expect(text.contains("- ledger: at 5 s: block 3 changed"))
    }

    @Test func `an oracle that had nothing to look at is told where the scenario gives it cause`()
        throws
    {
        var scenario = try SampleRun.result().scenario
        let names = ["durability", "collection", "ledger"]
        func text(isComplete: Bool) -> (report: String, summary: String) {
            var measurements = Measurements()
            measurements.oracles = names.map {
                OracleOutcome(name: $0, checks: 0, violations: 0, examples: [])
            }
            let result = RunResult(
                scenario: scenario, isComplete: isComplete, stoppedAt: .origin,
                measurements: measurements, samples: [])
            let timing = RunTiming(wallSeconds: 1, events: 1, peakMemoryBytes: 1)
            return (
                MarkdownReport(result: result, command: "x").text, Summary.text(of: result, timing)
            )
        }
        scenario.configuration.workload.files = 1
        scenario.configuration.faults = []
        #expect(text(isComplete: true).report.contains("| durability | never could fail |"))
        #expect(
            text(isComplete: true).summary.contains("; never could fail: durability, ledger\n"))
        #expect(!text(isComplete: false).summary.contains("never could fail"))
        scenario.configuration.workload.files = 0
        scenario.configuration.workload.writesPerDay = 0
        #expect(text(isComplete: true).summary.contains("; never could fail: ledger\n"))
    }

    @Test func `metrics are for programs`() throws {
        try Golden.expect(
            MetricsFile.text(of: SampleRun.result()), equals: "Tests/Golden/metrics.json")
    }

    @Test func `the time series has a row a sample`() throws {
        let text = TimeSeriesFile.text(of: SampleRun.samples())
        let lines = text.split(separator: "\n")
        #expect(lines.count == 41)
        #expect(
            lines[0]
                == "atSeconds,nodesUp,filesAcknowledged,filesLost,chunks,chunksBelowTarget,chunksUnreachable,storedBytes,repairBytes,reads,readsFailed,repairsQueued,events"
        )
        #expect(lines[20] == "432000,10,1001,1,4402,400,0,4831838200,106430460,2500,2,9,60000000")
    }

    @Test func `the summary fits a screen`() throws {
        let timing = RunTiming(wallSeconds: 42, events: 123_456_789, peakMemoryBytes: 1)
        let text = try Summary.text(of: SampleRun.result(), timing)
        try Golden.expect(text, equals: "Tests/Golden/summary.txt")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}
