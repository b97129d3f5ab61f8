import ArgumentParser
import Foundation
import Primitives
import Server
import Wire
import Workbench

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "See how a storage node is, or have it leave.",
        subcommands: [NodeStatusCommand.self, NodeDrainCommand.self])
}

struct NodeStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how a node is.")

    @Option(help: "The base of the node's URLs.")
    var url = "http://127.0.0.1:6001"

    @Option(help: "A PEM file with an authority to trust besides the system's.")
    var tlsCa: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let node = try NodeOperator(tlsAuthority: tlsCa)
            let result: Result<NodeStatusForm, any Error>
            do { result = .success(try await node.status(of: url)) } catch {
                result = .failure(error)
            }
            await node.close()
            let status = try result.get()
            Output.standard(
                json ? try WireJSON.pretty(status) + "\n" : NodeText.lines(of: status))
            return .fine
        }
    }
}

struct NodeDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have a node leave for good, once its chunks stand elsewhere.",
        discussion: """
            Run it where the node runs: whoever may read its data folder may send it away. It goes on \
            serving until every backend has copied its chunks elsewhere and written that into its \
            ledger; then it can be stopped, and its data folder deleted. Ctrl-C stops waiting only.
            """)

    @Option(help: "The node's data folder.", completion: .directory)
    var data: String

    @Option(help: "A PEM file with an authority to trust besides the system's.")
    var tlsCa: String?

    @Flag(help: "Do not wait until it has left.")
    var noWait = false

    func run() async throws {
        try await interruptible("The node goes on leaving.") {
            let node = try NodeOperator(tlsAuthority: tlsCa)
            let result: Result<Void, any Error>
            do { result = .success(try await drain(node)) } catch { result = .failure(error) }
            await node.close()
            try result.get()
            return .fine
        }
    }

    private func drain(_ node: NodeOperator) async throws {
        var (url, status) = try await node.drain(dataFolder: data)
        if status.phase != .left {
            Output.standard(
                "The node is leaving: \(status.chunks) chunks are to be copied elsewhere.\n")
        }
        while !noWait, status.phase != .left {
            try await Task.sleep(for: .seconds(1))
            status = try await node.status(of: url)
        }
        if status.phase == .left {
            Output.standard("It has left. Stop it; its data folder can be deleted.\n")
        }
    }
}

enum NodeText {
    static func lines(of status: NodeStatusForm) -> String {
        var lines = [
            "node      \(status.id.hexadecimal)",
            "phase     \(status.phase.rawValue)",
            "chunks    \(status.chunks)",
            "used      \(Format.bytes(status.usedBytes)) of \(Format.bytes(status.capacityBytes))",
            "backends  \(status.backends.count)",
        ]
        if !status.awaiting.isEmpty { lines.append("awaiting  \(status.awaiting.count) backends") }
        return lines.joined(separator: "\n") + "\n"
    }
}
