import ArgumentParser

/// The command line: runs scenarios in the simulator and reports on them.
@main
struct Dsim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dsim",
        abstract: "A decentralized file store and the laboratory that it is studied in.",
        discussion: ExitStatus.help,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, ScenarioCommand.self, BenchCommand.self, ServeCommand.self,
        ])
}
