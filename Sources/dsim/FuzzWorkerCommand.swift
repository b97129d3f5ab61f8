import ArgumentParser
import Foundation
import Workbench

/// What `dsim fuzz` starts: runs the scenarios that it is asked for on standard input, a line each, and
/// answers on standard output.
struct FuzzWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: FuzzWorkers.command, shouldDisplay: false)

    /// Tests have the scenario of this seed trap.
    private static let trapVariable = "DSIM_FUZZ_TRAP"

    func run() async throws {
        try await reporting {
            let trap = ProcessInfo.processInfo.environment[Self.trapVariable]
                .flatMap { UInt64($0) }.map { FuzzRequest.seed($0) }
            while let line = readLine() {
                guard let request = FuzzRequest(line: line) else { return .usage }
                if request == trap { fatalError("\(Self.trapVariable) asks for it") }
                Output.standard(try request.answer() + "\n")
            }
            return .fine
        }
    }
}
