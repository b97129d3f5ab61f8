import ArgumentParser
import Client
import Primitives
import Server
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
    case unavailable = 69
    case unexpected = 70
    case notCreated = 73
    case notWritten = 74
    case tryAgain = 75
    case untrustworthy = 76
    case notPermitted = 77
    case interrupted = 130

    var meaning: String {
        switch self {
        case .fine: "fine"
        case .violated: "an oracle was violated, or a declared fault had no effect"
        case .expectationsNotMet: "the expectations of a scenario or of a search were not met"
        case .usage: "the command line or a setting is wrong"
        case .wrongScenario:
            "a scenario or data folder is wrong, or the backend refuses what it got"
        case .unreadable: "there is no such file, or it cannot be read"
        case .unavailable: "a server cannot be reached, or cannot serve now"
        case .unexpected: "a mistake in this program: please report it"
        case .notCreated: "what is to be made is there already, or cannot be made"
        case .notWritten: "results or data cannot be written"
        case .tryAgain: "not now: too many tries, or a file, port or data folder is in use"
        case .untrustworthy: "what the backend says is wrong: it fails its check"
        case .notPermitted: "wrong password, no session, or not allowed"
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

    /// What a client's failure means.
    init(_ kind: ClientError.Kind) {
        self =
            switch kind {
            case .unreachable, .unavailable, .noSpace: .unavailable
            case .tooManyAttempts, .sourceChanged: .tryAgain
            case .wrongCredentials, .notLoggedIn, .forbidden: .notPermitted
            case .notFound, .gone, .cannotRead: .unreadable
            case .alreadyExists, .cannotCreate: .notCreated
            case .cannotWrite: .notWritten
            case .refused: .wrongScenario
            case .misbehaving, .unknownChunks: .untrustworthy
            }
    }

    /// Why a server did not start.
    init(_ kind: StartError.Kind) {
        self =
            switch kind {
            case .wrongSetting: .usage
            case .wrongData: .wrongScenario
            case .unreadable: .unreadable
            case .notCreated: .notCreated
            case .notWritten: .notWritten
            case .inUse: .tryAgain
            case .notPermitted: .notPermitted
            case .unexpected: .unexpected
            }
    }

    /// Of several runs, the code that matters most.
    static func worst(_ statuses: [ExitStatus]) -> ExitStatus {
        let order: [ExitStatus] = [.violated, .interrupted, .expectationsNotMet]
        return order.first { statuses.contains($0) } ?? .fine
    }
}

/// Refuses a command line where something does not hold.
func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
    if !holds { throw ValidationError(problem()) }
}
