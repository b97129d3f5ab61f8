import Foundation
import Spawning
import Synchronization

/// A server of the built program as a process of its own, which can be killed and started again.
final class ServerProcess: Sendable {
    let name: String
    let port: Int
    let address: String
    /// Where the program writes what it has to say.
    let log: URL
    private let arguments: [String]
    /// How many files and connections it may have open; nil: as many as this process.
    private let descriptors: Int?
    private let warden: Warden
    private let state = Mutex(State())

    private struct State {
        var process: Process?
        var ended: AsyncStream<Void>?
    }

    init(
        _ name: String, port: Int, arguments: [String], descriptors: Int? = nil, warden: Warden
    ) {
        self.name = name
        self.port = port
        self.arguments = arguments
        self.descriptors = descriptors
        self.warden = warden
        address = "http://127.0.0.1:\(port)"
        log = warden.folder.appending(path: "\(name).log")
    }

    /// Starts it, on top of nothing or of what a former run left.
    func start(with more: [String] = []) throws {
        let process = Process()
        let command = ["serve", "--port", String(port)] + arguments + more
        if let descriptors {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script = "ulimit -n \(descriptors) && exec \"$0\" \"$@\""
            process.arguments = ["-c", script, Spawning.dsim.path] + command
        } else {
            process.executableURL = Spawning.dsim
            process.arguments = command
        }
        process.environment = warden.environment
        process.currentDirectoryURL = warden.folder
        process.standardInput = FileHandle.nullDevice
        let errors = try warden.appending(to: log)
        process.standardOutput = errors
        process.standardError = errors
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try Spawning.start(process)
        warden.watch(process.processIdentifier)
        state.withLock { $0 = State(process: process, ended: ended) }
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    func kill() async {
        send(SIGKILL)
        _ = await exitStatus()
    }

    func send(_ signal: Int32) {
        state.withLock { state in
            guard let process = state.process, process.isRunning else { return }
            Foundation.kill(process.processIdentifier, signal)
        }
    }

    /// Waits for its end. The exit code, or the signal that ended it, negative.
    func exitStatus() async -> Int32 {
        let ended = state.withLock { $0.ended }
        if let ended { for await _ in ended {} }
        return state.withLock { state in
            guard let process = state.process else { return 0 }
            let status = process.terminationStatus
            return process.terminationReason == .exit ? status : -status
        }
    }

    /// Whether it says that it can do its work.
    var isReady: Bool {
        get async {
            await (try? Web.get(address + "/ready", timeout: 10))?.status == 200
        }
    }

    /// A number of its metrics.
    func metric(_ name: String) async throws -> Double {
        let text = try await Web.get(address + "/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? -1
    }

    var messages: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
}
