import ArgumentParser
import Simulation
import Workbench

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and write what it found.",
        discussion: """
            Writes report.md, metrics.json, timeseries.csv and timing.json. The first three are a \
            function of scenario, seed and code. Ctrl-C stops the run and writes what is known, \
            marked incomplete; once more ends it at once.

            With --real the scenario's servers run on loopback sockets and real disks, in real time or, \
            with --speed X, X times as fast. The same oracles watch them, and the report lays what the \
            simulator predicts beside what was seen. Such a run is not deterministic.

            \(ExitStatus.help)
            """)

    @Argument(help: "The scenario, a JSON file.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "Run with this seed instead of the scenario's.")
    var seed: UInt64?

    @Option(
        help: """
            Run with each of these seeds, such as 1..100: a line each, and results only with --out, \
            where each seed gets a folder of its own.
            """)
    var seeds: SeedRange?

    @Option(
        name: [.customLong("out"), .short], help: "The folder for results. (default: Results/NAME)",
        completion: .directory)
    var out: String?

    @Flag(help: "Run the scenario on real sockets and disks. (results: Results/NAME-real)")
    var real = false

    @Option(help: "With --real: seconds of the scenario that pass in one, 0.1 to 1000.")
    var speed: Double?

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    func validate() throws {
        if seed != nil && seeds != nil {
            throw ValidationError("--seed and --seeds exclude each other.")
        }
        if seeds != nil && real { throw ValidationError("--seeds and --real exclude each other.") }
        if let speed {
            guard real else { throw ValidationError("--speed needs --real.") }
            guard (0.1...1_000).contains(speed) else {
                throw ValidationError("--speed is \(speed), not from 0.1 to 1000.")
            }
        }
        if out?.isEmpty == true { throw ValidationError("--out needs the path of a folder.") }
    }

    func run() async throws {
        try await reporting {
            let scenario = try Scenario(json: ScenarioFile.read(file), file: file)
            let cancel = CancelFlag()
            let interruptions = Interruptions(cancel)
            defer { withExtendedLifetime(interruptions) {} }
            if let seeds {
                let sweep = SeedSweep(scenario: scenario, file: file, out: out, isQuiet: quiet)
                return try sweep.run(seeds, cancel)
            }
            if real { return try await runOnServers(scenario, cancel) }
            return try runOnce(scenario, cancel)
        }
    }

    private func runOnce(_ original: Scenario, _ cancel: CancelFlag) throws -> ExitStatus {
        var scenario = original
        if let seed { scenario.configuration.seed = seed }
        let folder = ResultsFolder(out ?? "Results/\(scenario.name)")
        // Before the run, so that nobody waits for what cannot be written.
        try folder.create()
        var display = ProgressDisplay(name: scenario.name)
        var world = World(scenario.configuration)
        let (result, timing) = Runner(scenario: scenario, cancel: cancel).run(&world) { progress in
            if !quiet { display.show(progress) }
        }
        display.clear()
        let command = ScenarioFile.command(path: file, seed: scenario.configuration.seed)
        try folder.write(result, timing, command: command)
        if !quiet {
            Output.standard(Summary.text(of: result, timing) + "\nRead \(folder.path)/report.md\n")
        }
        return ExitStatus(result.verdict)
    }

    /// Simulates the scenario, then runs it on real servers, and lays both side by side.
    private func runOnServers(_ original: Scenario, _ cancel: CancelFlag) async throws -> ExitStatus
    {
        var scenario = try original.reality(file: file)
        if let seed { scenario.configuration.seed = seed }
        let folder = ResultsFolder(out ?? "Results/\(scenario.name)-real")
        try folder.create()
        var display = ProgressDisplay(name: scenario.name)
        let outcome = try await RealRunner(scenario: scenario, speed: speed ?? 1, cancel: cancel)
            .run { if !quiet { display.show($0) } }
        display.clear()
        let options = " --real" + (speed.map { " --speed \(Format.number($0))" } ?? "")
        try folder.write(
            outcome.result, outcome.timing,
            command: ScenarioFile.command(
                path: file, seed: scenario.configuration.seed, options: options),
            reality: outcome.reality)
        if !quiet {
            Output.standard(
                Summary.text(of: outcome.result, outcome.timing, isReal: true)
                    + "\nRead \(folder.path)/report.md\n")
        }
        return ExitStatus(outcome.result.verdict)
    }
}
