import ArgumentParser
import Live
import Workbench

/// What the process tells whoever started it. Beyond 2 the numbers are those of sysexits.h, and
/// 128 plus the signal for an interruption.
enum ExitStatus: Int32, CaseIterable {
    case fine = 0
    case violated = 1
    case expectationsNotMet = 2
    case usage = 64
    case wrongScenario = 65
    case unreadable = 66
    case notWritten = 74
    case interrupted = 130

    var meaning: String {
        switch self {
        case .fine: "fine"
        case .violated: "an oracle was violated, or a declared fault had no effect"
        case .expectationsNotMet: "the scenario's own expectations were not met"
        case .usage: "the command line is wrong"
        case .wrongScenario: "the scenario is wrong"
        case .unreadable: "a file cannot be read"
        case .notWritten: "results cannot be written"
        case .interrupted: "interrupted by Ctrl-C or SIGTERM; what is known was written"
        }
    }

    /// The codes for `--help`.
    static let help =
        "EXIT CODES:\n"
        + allCases.map { status in
            let code = String(status.rawValue)
            return String(repeating: " ", count: 5 - code.count) + "\(code)  \(status.meaning)"
        }.joined(separator: "\n")

    init(_ verdict: Verdict) {
        self =
            switch verdict.kind {
            case .fine: .fine
            case .violated: .violated
            case .expectationsNotMet: .expectationsNotMet
            case .interrupted: .interrupted
            }
    }

    /// Of several runs, the code that matters most.
    static func worst(_ statuses: [ExitStatus]) -> ExitStatus {
        let order: [ExitStatus] = [.violated, .interrupted, .expectationsNotMet]
        return order.first { statuses.contains($0) } ?? .fine
    }
}

/// Where errors become text and an exit code: runs a command's body, prints what went wrong to
/// standard error, and ends with the code.
func reporting(_ body: () throws -> ExitStatus) throws {
    try finish(Result { try body() })
}

/// The same for a command that waits for others.
func reporting(_ body: () async throws -> ExitStatus) async throws {
    let result: Result<ExitStatus, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    try finish(result)
}

private func finish(_ result: Result<ExitStatus, any Error>) throws {
    let status: ExitStatus
    do {
        status = try result.get()
    } catch {
        status =
            switch error {
            case is SettingError: .usage
            case is ScenarioError: .wrongScenario
            case is ScenarioFile.ReadError: .unreadable
            case is ResultsFolder.WriteError: .notWritten
            default: throw error
            }
        // A wrong scenario has a line an issue, each of which says where it is from.
        Output.error(status == .wrongScenario ? "\(error)\n" : "dsim: \(error)\n")
    }
    guard status == .fine else { throw ExitCode(status.rawValue) }
}
