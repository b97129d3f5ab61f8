import ArgumentParser
import Client
import Foundation
import Primitives
import Server
import Workbench

/// A command whose errors become text and an exit code, which happens here and nowhere else.
protocol ReportingCommand: AsyncParsableCommand, Sendable {
    /// How to go on after Ctrl-C or SIGTERM, which cancel `report` then; a second one ends the process at
    /// once. Nil where they are left alone, or looked for by `report` itself.
    var advice: String? { get }

    func report() async throws -> ExitStatus
}

extension ReportingCommand {
    var advice: String? { nil }

    /// Prints what went wrong to standard error, and ends with the code.
    func run() async throws {
        let status: ExitStatus
        do {
            status =
                if let advice { try await reportInterruptibly(advice) } else { try await report() }
        } catch {
            status =
                switch error {
                case is SettingError: .usage
                case is ScenarioError: .wrongScenario
                case let error as SystemError: error.operation == .read ? .unreadable : .notWritten
                case is ServerFailure: .unavailable
                case let error as ClientError: ExitStatus(error.kind)
                case let error as StartError: ExitStatus(error.kind)
                case is ExitCode, is CleanExit, is ValidationError: throw error
                default: .unexpected
                }
            // A wrong scenario has a line an issue, each of which says where it is from.
            let text =
                status == .unexpected && !(error is StartError)
                ? "an error that should not be (\(type(of: error))): please report it" : "\(error)"
            Output.error(error is ScenarioError ? "\(text)\n" : "dsim: \(text)\n")
        }
        guard status == .fine else { throw ExitCode(status.rawValue) }
    }

    private func reportInterruptibly(_ advice: String) async throws -> ExitStatus {
        let task = Task { try await report() }
        let cancel = CancelFlag.whenInterrupted { task.cancel() }
        do {
            return try await task.value
        } catch  where cancel.isSet {
            Output.error("dsim: interrupted. \(advice)\n")
            return .interrupted
        }
    }
}

/// A command for the backend that the user is logged in to.
protocol SessionCommand: ReportingCommand {
    var connection: ConnectionOptions { get }

    func report(_ client: StoreClient, _ session: UserSession) async throws -> ExitStatus
}

extension SessionCommand {
    func report() async throws -> ExitStatus {
        try await connection.withSession { try await report($0, $1) }
    }
}
