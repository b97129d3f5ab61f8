import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Platform
import Primitives

/// A discovery, some nodes and a backend as processes of their own on loopback, with their data in a
/// temporary folder.
package final class NetworkProcesses {
    /// The base of the backend's URLs.
    package let address: String
    package let folder: String
    private let program: String
    private var processes: [(name: String, process: Process, url: String)] = []
    private let joinToken: String

    private let discoveryPort: Int
    private var freePorts: FreePorts

    /// Starts them all and waits until files can be put. `program` is `dsim`.
    package init(program: String, nodes: Int) async throws {
        self.program = program
        folder = NSTemporaryDirectory() + "dsim-network-\(getpid())-\(SystemRandom.word())"
        joinToken = Hexadecimal.encode(SystemRandom.bytes(32))
        try FileSystem().makeFolders(folder)
        var free = FreePorts()
        let ports = try (0..<nodes + 2).map { _ in try free.next() }
        freePorts = free
        address = "http://127.0.0.1:\(ports[1])"
        discoveryPort = ports[0]
        try start("discovery", role: "discovery", port: ports[0])
        try await ready("discovery")
        for index in 0..<nodes {
            try start("node-\(index + 1)", role: "node", port: ports[2 + index], domain: index)
        }
        for index in 0..<nodes { try await ready("node-\(index + 1)") }
        try start("backend", role: "backend", port: ports[1])
        try await ready("backend")
    }

    deinit { stop() }

    /// Starts one more node on the data that is in the folder of its name, and waits until it is ready.
    /// Returns its URL.
    package func addNode(_ name: String, domain: Int) async throws -> String {
        let port = try freePorts.next()
        try start(name, role: "node", port: port, domain: domain)
        try await ready(name)
        return "http://127.0.0.1:\(port)"
    }

    /// Stops them at once and removes their data.
    package func stop() {
        for (_, process, _) in processes where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
        }
        for (_, process, _) in processes { process.waitUntilExit() }
        processes = []
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func start(_ name: String, role: String, port: Int, domain: Int? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments =
            [
                "serve", "--role", role, "--port", "\(port)", "--data", "\(folder)/\(name)",
                "--discovery-url", "http://127.0.0.1:\(discoveryPort)", "--heartbeat-interval",
                "2s", "--log-level", "warning",
            ] + (domain.map { ["--domain", "\($0)"] } ?? [])
        var environment = ProcessInfo.processInfo.environment
        environment["JOIN_TOKEN"] = joinToken
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        processes.append((name, process, "http://127.0.0.1:\(port)"))
    }

    private func ready(_ name: String) async throws {
        guard let (_, process, url) = processes.first(where: { $0.name == name }) else { return }
        for _ in 0..<1_500 {
            guard process.isRunning else {
                throw ServerFailure(
                    description: "the \(name) of the benchmark stopped at its start")
            }
            if await Self.answers(url + "/ready") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServerFailure(
            description: "the \(name) of the benchmark was not ready within 30 seconds")
    }

    private static func answers(_ url: String) async -> Bool {
        let request = HTTPClientRequest(url: url)
        let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(1))
        return answer?.status == .ok
    }

    /// The base of the first node's URLs.
    package var nodeURL: String { processes.first { $0.name == "node-1" }?.url ?? "" }

    // MARK: What they use

    /// Seconds of processor time that they have used so far.
    package var processorSeconds: Double {
        processes.reduce(0) { $0 + Self.processorSeconds(of: $1.process.processIdentifier) }
    }

    /// The most memory that a process has had resident, bytes.
    package func peakMemory(of name: String) -> Double {
        guard let entry = processes.first(where: { $0.name == name }),
            let text = try? String(
                contentsOfFile: "/proc/\(entry.process.processIdentifier)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = Double(line.split(separator: " ").dropLast().last ?? "")
        else { return 0 }
        return kibibytes * 1024
    }

    private static func processorSeconds(of process: Int32) -> Double {
        guard
            let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        // proc(5): utime and stime, in clock ticks.
        let ticks = fields.dropFirst(12).prefix(2).compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
