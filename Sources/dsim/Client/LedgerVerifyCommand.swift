import ArgumentParser
import Client
import Cryptography
import Ledger
import Primitives
import Wire
import Workbench

struct LedgerVerifyCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every block, record and signature of a ledger.",
        discussion: """
            Remembers how far a backend's ledger was verified, and who signed it: if it is ever cut \
            off, rewritten or signed by another, the next check tells. Nodes are asked as well how far \
            they were shown it: a backend that tells others otherwise is found out.
            """)

    @Flag(help: "Forget what was verified before, as for a backend that was set up anew.")
    var forget = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var ledger: LedgerOptions

    /// What is told as JSON.
    private struct Verdict: Encodable {
        var blocks: UInt64
        var records: Int
        var root: Hash256
        var writer: Hash256?
        /// The last block's time.
        var time: String?
        /// How many blocks had been verified before.
        var before: UInt64?
        /// Nodes that answered, and those of their headers that are in this ledger.
        var nodesAsked: Int
        var nodesAgreeing: Int
    }

    var advice: String? { "Nothing was found wrong so far; nothing is remembered." }

    func report() async throws -> ExitStatus {
        let folders = try ledger.connection.folders()
        return try await ledger.withReader { reader, live in
            let memory = try live.flatMap { (live) throws(ClientError) -> LedgerMemory? in
                forget ? nil : try .read(of: live.session.backend, in: folders)
            }
            let shown = if let live { try await heads(live.client) } else { [[SignedHeader]]() }
            var check = LedgerCheck(memory: memory, heads: shown.flatMap(\.self))
            try await reader.blocks { try check.check(encoded: $0) }
            let seen = try check.finish(backend: live?.session.backend.text ?? "")
            if live != nil { try seen?.write(in: folders) }
            try show(check, before: memory?.blocks, nodes: shown.count)
            return .fine
        }
    }

    /// Nodes that are asked at most.
    private static let nodeLimit = 16

    /// What each node that answers was shown of ledgers.
    private func heads(_ client: StoreClient) async throws -> [[SignedHeader]] {
        let nodes = try await client.network().nodes.filter { $0.status == .alive }
        return await withTaskGroup { group in
            for url in nodes.compactMap(\.address).prefix(Self.nodeLimit) {
                group.addTask { await client.ledgerHeads(ofNode: url) }
            }
            return await group.reduce(into: []) { heads, answer in
                if let answer { heads.append(answer) }
            }
        }
    }

    private func show(_ check: LedgerCheck, before: UInt64?, nodes: Int) throws {
        let state = check.state
        let time = state.tip.map { WireTime.text($0.header.time) }
        let verdict = Verdict(
            blocks: state.blockCount, records: state.recordCount, root: state.root,
            writer: check.writer?.bytes, time: time, before: before,
            nodesAsked: nodes, nodesAgreeing: check.witnessed)
        try Output.show(verdict, asJSON: json) {
            var table = TextTable(
                ["blocks", Format.count(state.blockCount)],
                ["records", Format.count(state.recordCount)], ["root", "\(state.root)"])
            if let writer = check.writer { table.add(["writer", "\(writer.bytes)"]) }
            if let time { table.add(["last block", Printable.time(time)]) }
            let growth = before.map {
                "Since the last check it grew by "
                    + Format.plural(Int(state.blockCount - $0), "block") + ".\n"
            }
            let agreeing =
                nodes == 0
                ? ""
                : "\(check.witnessed) of \(Format.plural(nodes, "node")) were shown the same.\n"
            return "The ledger is whole and signed.\n" + table.text + agreeing + (growth ?? "")
        }
    }
}
