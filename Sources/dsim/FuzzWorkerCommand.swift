import ArgumentParser
import Foundation
import Workbench

/// What `dsim fuzz` starts: runs the scenarios that it is asked for on standard input, a line each, and
/// answers on standard output.
struct FuzzWorkerCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: FuzzWorkers.command, shouldDisplay: false)

    /// Tests have the scenario of this seed trap.
    private static let trapVariable = "DSIM_FUZZ_TRAP"
    /// Scenarios run with this bug of the past.
    private static let bugVariable = "DSIM_FUZZ_BUG"

    func report() async throws -> ExitStatus {
        let trap = ProcessInfo.processInfo.environment[Self.trapVariable]
            .flatMap { UInt64($0) }.map { FuzzRequest.seed($0) }
        let bug = ProcessInfo.processInfo.environment[Self.bugVariable]
            .flatMap { PastBug(rawValue: $0) }
        while let line = readLine() {
            guard let request = FuzzRequest(line: line) else { return .usage }
            if request == trap { fatalError("\(Self.trapVariable) asks for it") }
            Output.standard(try request.answer(planting: bug) + "\n")
        }
        return .fine
    }
}
