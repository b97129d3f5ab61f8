import ArgumentParser
import Workbench

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure speed and memory on this machine.",
        subcommands: [CoreBenchCommand.self, LiveBenchCommand.self],
        defaultSubcommand: CoreBenchCommand.self)
}

struct CoreBenchCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "core", abstract: "Measure the simulator and what the store is made of.",
        discussion: """
            Prints a table, then the same as JSON; with --json the JSON alone. Each figure stands \
            beside what it is to reach. All of it takes some two minutes on one core.
            """)

    @Argument(help: "Which to run, by name. (default: all)")
    var names: [String] = []

    @Option(
        help: "The scenario that the benchmark `churn` times.",
        completion: .file(extensions: ["json"]))
    var scenario = "Scenarios/churn.json"

    @Flag(help: "Print JSON only.")
    var json = false

    func report() async throws -> ExitStatus {
        let churn = try Scenario(json: ScenarioFile.read(scenario), file: scenario)
        let all = Benchmark.all(churn: churn)
        for name in names where !all.contains(where: { $0.name == name }) {
            let known = all.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no benchmark \(name); there are \(known)")
        }
        let chosen = names.isEmpty ? all : all.filter { names.contains($0.name) }
        var results: [BenchmarkResult] = []
        for benchmark in chosen {
            let result = try BenchmarkResult(of: benchmark)
            results.append(result)
            if !json { Output.error("\(result.row.joined(separator: "  "))\n") }
        }
        if !json { Output.standard(BenchmarkResult.table(results) + "\n") }
        Output.standard(JSONOutput.array(results.map(\.json)).text)
        return .fine
    }
}
