import ArgumentParser
import Foundation
import Server

/// The command line: runs scenarios in the simulator and reports on them, and stores files.
@main
struct Dsim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dsim",
        abstract: "A decentralized file store and the laboratory that it is studied in.",
        discussion: ExitStatus.help, version: Version.current,
        subcommands: [
            RunCommand.self, FuzzCommand.self, CrashPointsCommand.self, ScenarioCommand.self,
            BenchCommand.self, FuzzWorkerCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "File",
                subcommands: [
                    PutCommand.self, GetCommand.self, ListCommand.self, InfoCommand.self,
                    RemoveCommand.self, UndeleteCommand.self,
                ]),
            CommandGroup(
                name: "Account",
                subcommands: [
                    RegisterCommand.self, LogInCommand.self, LogOutCommand.self,
                    PasswordCommand.self,
                ]),
            CommandGroup(
                name: "Network",
                subcommands: [
                    ServeCommand.self, NodeCommand.self, NetworkCommand.self, LedgerCommand.self,
                ]),
        ])
    /// The file of this program, for processes that it starts.
    static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}
