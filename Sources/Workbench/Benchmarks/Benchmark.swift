/// One thing that is measured, and what it is to reach.
package struct Benchmark: Sendable {
    /// Short and unique, to choose it by.
    package let name: String
    /// What is done, in words.
    package let work: String
    package let unit: String
    /// The figure to reach, in `unit`.
    package let reach: Double
    package var isMoreBetter = true
    /// Does the work and returns the figure. Throws when the work cannot be done here.
    package let measure: @Sendable () throws -> Double

    /// All benchmarks: those of memory first, while the process is fresh, and then cheap ones before
    /// dear ones. `churn` is the scenario to time.
    package static func all(churn: Scenario) -> [Benchmark] {
        memoryBenchmarks + dataBenchmarks + worldBenchmarks + [churnBenchmark(churn)]
    }
}

/// What a benchmark measured.
package struct BenchmarkResult: Sendable {
    package let benchmark: Benchmark
    /// In the benchmark's unit.
    package let figure: Double

    package init(of benchmark: Benchmark) throws {
        self.benchmark = benchmark
        figure = try benchmark.measure()
    }

    package var isReached: Bool {
        benchmark.isMoreBetter ? figure >= benchmark.reach : figure <= benchmark.reach
    }

    /// One row: name, work, figure, what it is to reach, and whether it does.
    package var row: [String] {
        let sign = benchmark.isMoreBetter ? "≥" : "≤"
        return [
            benchmark.name, benchmark.work, "\(Format.number(figure)) \(benchmark.unit)",
            "\(sign) \(Format.number(benchmark.reach))", isReached ? "yes" : "no",
        ]
    }

    /// Results as a Markdown table.
    package static func table(_ results: [BenchmarkResult]) -> String {
        MarkdownTable.text(
            ["name", "work", "measured", "reach", "reached"], rows: results.map(\.row))
    }

    package var json: JSONOutput {
        .object([
            .init("name", .string(benchmark.name)), .init("work", .string(benchmark.work)),
            .init("figure", .number(figure)), .init("unit", .string(benchmark.unit)),
            .init("reach", .number(benchmark.reach)),
            .init("moreIsBetter", .bool(benchmark.isMoreBetter)),
            .init("reached", .bool(isReached)),
        ])
    }
}
