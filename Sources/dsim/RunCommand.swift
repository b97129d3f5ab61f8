import ArgumentParser
import Simulation
import Workbench

struct RunCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a scenario and write what it found.",
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
        try require(seed == nil || seeds == nil, "--seed and --seeds exclude each other.")
        try require(seeds == nil || !real, "--seeds and --real exclude each other.")
        if let speed {
            try require(real, "--speed needs --real.")
            try require(0.1...1_000 ~= speed, "--speed is \(speed), not from 0.1 to 1000.")
        }
        try require(out?.isEmpty != true, "--out needs the path of a folder.")
    }

    func report() async throws -> ExitStatus {
        let scenario = try Scenario(json: ScenarioFile.read(file), file: file)
        let cancel = CancelFlag.whenInterrupted()
        if let seeds {
            let sweep = SeedSweep(scenario: scenario, file: file, out: out, isQuiet: quiet)
            return try sweep.run(seeds, cancel)
        }
        return try await runOnce(scenario, cancel)
    }

    /// Runs the scenario in the simulator, or on real servers and beside that in the simulator.
    private func runOnce(_ original: Scenario, _ cancel: CancelFlag) async throws -> ExitStatus {
        var scenario = real ? try original.reality(file: file) : original
        if let seed { scenario.configuration.seed = seed }
        let folder = ResultsFolder(out ?? "Results/\(scenario.name)\(real ? "-real" : "")")
        // Before the run, so that nobody waits for what cannot be written.
        try folder.create()
        var display = ProgressDisplay()
        func show(_ progress: RunProgress) {
            guard !quiet else { return }
            display.show(
                ProgressLine.text(progress, name: scenario.name), wallSeconds: progress.wallSeconds)
        }
        let outcome: (result: RunResult, timing: RunTiming, reality: Reality?)
        if real {
            let runner = RealRunner(scenario: scenario, speed: speed ?? 1, cancel: cancel)
            let seen = try await runner.run(observe: show)
            outcome = (seen.result, seen.timing, seen.reality)
        } else {
            var world = World(scenario.configuration)
            let runner = Runner(scenario: scenario, cancel: cancel)
            let (result, timing) = runner.run(&world, observe: show)
            outcome = (result, timing, nil)
        }
        display.clear()
        let pace = speed.map { " --speed \(Format.number($0))" } ?? ""
        let command = ScenarioFile.command(
            path: file, seed: scenario.configuration.seed, options: real ? " --real" + pace : "")
        try folder.write(outcome.result, outcome.timing, command: command, reality: outcome.reality)
        if !quiet {
            Output.standard(
                Summary.text(of: outcome.result, outcome.timing, isReal: real)
                    + "\nRead \(folder.path)/report.md\n")
        }
        return ExitStatus(outcome.result.verdict)
    }
}
