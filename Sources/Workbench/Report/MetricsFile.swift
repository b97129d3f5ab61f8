import Observation
import Simulation

/// `metrics.json`: every metric of a run, for programs.
package enum MetricsFile {
    package static func text(of result: RunResult) -> String {
        let head: [JSONOutput.Member] = [
            .init("scenario", .string(result.scenario.name)),
            .init("seed", .unsigned(result.scenario.configuration.seed)),
            .init("digest", .string(result.digest)),
            .init("complete", .bool(result.isComplete)),
        ]
        let tail: [JSONOutput.Member] = [
            .init("oracles", .array(result.measurements.oracles.map(json))),
            .init("faults", .array(result.measurements.faults.map(json))),
            .init("expectations", .array(result.verdict.expectations.map(json))),
        ]
        return JSONOutput.object(head + MetricCatalogue.json(result.measurements) + tail).text
    }

    private static func json(_ oracle: OracleOutcome) -> JSONOutput {
        .object([
            .init("name", .string(oracle.name)), .init("checks", .unsigned(oracle.checks)),
            .init("violations", .unsigned(oracle.violations)),
            .init("examples", .array(oracle.examples.map { .string($0) })),
        ])
    }

    private static func json(_ fault: FaultOutcome) -> JSONOutput {
        .object([
            .init("name", .string(fault.name)), .init("effects", .unsigned(fault.effects)),
            .init("unit", .string(fault.unit)),
        ])
    }

    private static func json(_ outcome: Expectation.Outcome) -> JSONOutput {
        func json(_ value: Double?) -> JSONOutput { value.map { .number($0) } ?? .null }
        return .object([
            .init("metric", .string(outcome.expectation.path)),
            .init("min", json(outcome.expectation.minimum)),
            .init("max", json(outcome.expectation.maximum)),
            .init("actual", json(outcome.actual)), .init("met", .bool(outcome.isMet)),
        ])
    }
}
