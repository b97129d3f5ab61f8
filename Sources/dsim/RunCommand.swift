import ArgumentParser
import Simulation
import Workbench

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and write what it found.",
        discussion: """
            Writes report.md, metrics.json, timeseries.csv and timing.json. The first three are a \
            function of scenario, seed and code. Ctrl-C stops the run and writes what is known, \
            marked incomplete; once more ends it at once.

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

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    func validate() throws {
        if seed != nil && seeds != nil {
            throw ValidationError("--seed and --seeds exclude each other.")
        }
        if out?.isEmpty == true { throw ValidationError("--out needs the path of a folder.") }
    }

    func run() throws {
        try reporting {
            let scenario = try Scenario(json: ScenarioFile.read(file), file: file)
            let cancel = CancelFlag()
            let interruptions = Interruptions(cancel)
            defer { withExtendedLifetime(interruptions) {} }
            if let seeds {
                let sweep = SeedSweep(scenario: scenario, file: file, out: out, isQuiet: quiet)
                return try sweep.run(seeds, cancel)
            }
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
}
