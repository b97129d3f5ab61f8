import Foundation
import Glibc
import Platform
import Synchronization

/// Processes of this program that run scenarios, each replaced when one that it runs traps.
package final class FuzzWorkers: Sendable {
    /// Why no worker can run a scenario.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private let program: String
    private let environment: [String: String]
    private let workers = Mutex<[Int: Held]>([:])
    private let cancel: CancelFlag

    /// Only the thread of its slot uses it.
    private struct Held: @unchecked Sendable {
        let worker: WorkerProcess
    }

    /// The hidden command that a worker runs.
    package static let command = "fuzz-worker"
    private static let mostSeconds = 300.0

    /// `program` is `dsim`.
    package init(program: String, cancel: CancelFlag) {
        self.program = program
        self.cancel = cancel
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] =
            "enable=yes,color=no,interactive=no,threads=crashed,images=none,registers=none,limit=16,output-to=stderr"
        self.environment = environment
        // Writing to a worker that is gone is an error, not the end of this process.
        Glibc.signal(SIGPIPE, SIG_IGN)
    }

    /// Has the worker of a slot run a scenario. Nil when the run was cancelled.
    package func run(_ request: FuzzRequest, slot: Int) throws -> FuzzOutcome? {
        let worker = try take(slot)
        let reply = worker.ask(request.line, seconds: Self.mostSeconds, cancel)
        switch reply {
        case .line(let line):
            workers.withLock { $0[slot] = Held(worker: worker) }
            return try JSONDecoder().decode(FuzzOutcome.self, from: Data(line.utf8))
        case .died(let status, let errors):
            // The signal that ended it, if one did (wait(2)).
            let signal = status & 0x7F
            guard signal != 0 else {
                throw Failure(
                    description: "a worker ended with \(status >> 8) at \(request.line): \(errors)")
            }
            // By somebody, or by the terminal that interrupts the search as well: that tells nothing.
            guard signal != SIGINT, signal != SIGTERM else { return try run(request, slot: slot) }
            return FuzzOutcome(TrapReport.finding(signal: signal, errors: errors))
        case .overdue:
            let site = "no end after \(Int(Self.mostSeconds)) s"
            return FuzzOutcome(FuzzFinding(oracle: FuzzFinding.hangs, site: site))
        case .cancelled: return nil
        }
    }

    private func take(_ slot: Int) throws -> WorkerProcess {
        if let held = workers.withLock({ $0.removeValue(forKey: slot) }) { return held.worker }
        return try WorkerProcess.start(program, [Self.command], environment)
    }
}

/// What a process that trapped left on its standard error: a line of the standard library where there is
/// one, and what Swift's backtracer wrote.
enum TrapReport {
    static func finding(signal: CInt, errors: String) -> FuzzFinding {
        let lines = errors.split(whereSeparator: \.isNewline).map(String.init)
        let reason =
            lines.lazy.compactMap { after("Fatal error: ", in: $0) }.first
            ?? lines.lazy.compactMap { after("Swift runtime failure: ", in: $0) }.first
            ?? lines.last { !$0.hasPrefix("Backtrace took") && !$0.isEmpty }
            ?? "signal \(signal)"
        let place = lines.lazy.compactMap(place).first.map { ", \($0)" } ?? ""
        return FuzzFinding(oracle: FuzzFinding.trap, site: reason + place)
    }

    private static func after(_ mark: String, in line: String) -> String? {
        guard let found = line.range(of: mark) else { return nil }
        return line[found.upperBound...].components(separatedBy: " ***").first
    }

    /// Of a frame of this project, "1 0x0000… World.run() + 10 in dsim at /…/World.swift:1:42", where it is.
    private static func place(_ line: String) -> String? {
        guard let at = line.range(of: " at /", options: .backwards), !line.contains("[system]"),
            let name = line[at.upperBound...].split(separator: "/").last, name.contains(".swift:")
        else { return nil }
        let parts = name.split(separator: ":")
        return parts.prefix(2).joined(separator: ":")
    }
}
