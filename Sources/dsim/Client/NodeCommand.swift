import ArgumentParser
import Foundation
import Primitives
import Server
import Wire
import Workbench

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "See how a storage node is, have it leave, or take back deletions.",
        subcommands: [
            NodeStatusCommand.self, NodeUndeleteCommand.self, NodeDrainCommand.self,
        ])
}

/// How to talk to a node.
struct OperatorOptions: ParsableArguments {
    @Option(help: "A PEM file with an authority to trust besides the system's.")
    var tlsCa: String?

    func withOperator<Result>(
        _ body: (NodeOperator) async throws -> Result
    ) async throws -> Result {
        let node = try NodeOperator(tlsAuthority: tlsCa)
        return try await closing(node.close) { try await body(node) }
    }
}

struct NodeStatusCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how a node is.")

    @Option(help: "The base of the node's URLs.")
    var url = "http://127.0.0.1:6001"

    @OptionGroup var operation: OperatorOptions

    @Flag(help: "Print JSON.")
    var json = false

    func report() async throws -> ExitStatus {
        let status = try await operation.withOperator { try await $0.status(of: url) }
        try Output.show(status, asJSON: json) { Self.text(of: status) }
        return .fine
    }

    private static func text(of status: NodeStatusForm) -> String {
        let (used, capacity) = (status.usedBytes, status.capacityBytes)
        var table = TextTable(
            ["node", status.id.hexadecimal], ["phase", status.phase.rawValue],
            ["chunks", "\(status.chunks)"],
            ["used", "\(Format.bytes(used)) of \(Format.bytes(capacity))"],
            ["trash", Format.bytes(status.trashBytes)], ["backends", "\(status.backends.count)"])
        if !status.awaiting.isEmpty {
            table.add(["awaiting", status.awaiting.map(\.hexadecimal).joined(separator: " ")])
        }
        return table.text
    }
}

struct NodeUndeleteCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete",
        abstract: "Have a node take back what was deleted from it lately.",
        discussion: """
            For when a backend had deleted what it should not have. Run it where each node runs: whoever may \
            read its data folder may do it. Chunks that a ledger names count again with the next \
            comparison; others are deleted again once --orphan-grace is over. A user brings a file of their \
            own back with "dsim undelete".
            """)

    @Option(help: "The node's data folder.", completion: .directory)
    var data: String

    @Option(
        help: "How long ago the oldest deletion is that is undone, such as 2h.",
        transform: { text in
            guard let span = Duration(text) else {
                throw ValidationError("allowed is a duration such as 2h, and it is \(text).")
            }
            return span
        })
    var within: Duration

    @OptionGroup var operation: OperatorOptions

    func report() async throws -> ExitStatus {
        let (url, status) = try await operation.withOperator {
            try await $0.undelete(dataFolder: data, since: Clock.systemTime() - within)
        }
        Output.standard(
            "The node at \(url) takes back what it can of \(Format.bytes(status.trashBytes)).\n")
        return .fine
    }
}

struct NodeDrainCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have a node leave for good, once its chunks stand elsewhere.",
        discussion: """
            Run it where the node runs: whoever may read its data folder may send it away. It goes on \
            serving until every backend has copied its chunks elsewhere and written that into its \
            ledger; then it can be stopped, and its data folder deleted. Ctrl-C stops waiting only. \
            "dsim node status" names the backends that it waits for. One that is no more is named with \
            --forget-backend: what it stored only here is lost to it, should it come back.
            """)

    @Option(help: "The node's data folder.", completion: .directory)
    var data: String

    @Option(help: "The id of a backend that is no more; may be repeated.")
    var forgetBackend: [String] = []

    @OptionGroup var operation: OperatorOptions

    @Flag(help: "Do not wait until it has left.")
    var noWait = false

    var advice: String? { "The node goes on leaving." }

    func report() async throws -> ExitStatus {
        try await operation.withOperator { try await drain($0) }
        return .fine
    }

    func validate() throws {
        for text in forgetBackend where PeerID(hexadecimal: text) == nil {
            throw ValidationError(
                "--forget-backend \(text) is not the 16 digits of a backend's id.")
        }
    }

    private func drain(_ node: NodeOperator) async throws {
        var (url, status) = try await node.drain(
            dataFolder: data, forgetting: forgetBackend.compactMap(PeerID.init(hexadecimal:)))
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
