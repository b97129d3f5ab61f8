import ArgumentParser
import Client
import Ledger
import Primitives
import Wire
import Workbench

struct LedgerShowCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "List the latest blocks, or the records of one.",
        discussion: "Shows what the backend says; `dsim ledger verify` checks it.")

    @Argument(help: "The height of a block. (default: the latest blocks)")
    var height: UInt64?

    @Option(help: "How many blocks to list, 1 to 100.")
    var limit = 10

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var ledger: LedgerOptions

    func validate() throws { try require(1...100 ~= limit, "--limit is 1 to 100.") }

    func report() async throws -> ExitStatus {
        try await ledger.withReader { reader, live in
            if let height {
                let block = try await block(at: height, reader, live?.client)
                try Output.show(block, asJSON: json) { Self.text(of: block) }
            } else {
                let blocks = try await latest(reader, live?.client)
                try Output.show(BlockListForm(blocks: blocks), asJSON: json) {
                    Self.text(of: blocks)
                }
            }
            return .fine
        }
    }

    private func latest(
        _ reader: any LedgerSource, _ client: StoreClient?
    ) async throws -> [HeaderForm] {
        if let client { return try await client.blocks(before: nil, limit: limit) }
        var check = LedgerCheck(memory: nil)
        var blocks: [HeaderForm] = []
        try await reader.blocks {
            let block = try check.check(encoded: $0)
            blocks.append(HeaderForm(block))
            if blocks.count > limit { blocks.removeFirst() }
        }
        return blocks.reversed()
    }

    private func block(
        at height: UInt64, _ reader: any LedgerSource, _ client: StoreClient?
    ) async throws -> BlockForm {
        if let client { return try await client.block(at: height) }
        var check = LedgerCheck(memory: nil)
        var found: BlockForm?
        try await reader.blocks {
            let first = UInt64(check.state.recordCount)
            let block = try check.check(encoded: $0)
            guard block.header.height == height else { return }
            found = BlockForm(
                header: HeaderForm(block),
                entries: block.records.enumerated().map {
                    RecordEntryForm(index: first + UInt64($0.offset), record: $0.element)
                })
        }
        guard let found else { throw ClientError(.notFound, "The ledger has no block \(height).") }
        return found
    }

    static func text(of blocks: [HeaderForm]) -> String {
        var table = TextTable(["HEIGHT", "RECORDS", "TIME", "HASH"], right: [0, 1])
        for block in blocks {
            table.add([
                "\(block.height)", Format.count(block.records), Printable.time(block.time),
                "\(block.hash)",
            ])
        }
        return blocks.isEmpty ? "The ledger is empty.\n" : table.text
    }

    static func text(of block: BlockForm) -> String {
        let header = block.header
        let head = TextTable(
            ["block", "\(header.height)"], ["time", Printable.time(header.time)],
            ["hash", "\(header.hash)"], ["previous", "\(header.previous)"],
            ["root", "\(header.ledgerRoot)"], ["writer", "\(header.writer)"])
        var table = TextTable(["RECORD", "KIND", "WHAT"], right: [0])
        for entry in block.entries {
            table.add(["\(entry.index)", entry.kind.rawValue, what(entry)])
        }
        return head.text + "\n" + table.text
    }

    private static func what(_ entry: RecordEntryForm) -> String {
        let own = entry.own == true ? ", yours" : ""
        switch entry.kind {
        case .file:
            let chunks = Format.plural(entry.chunks ?? 0, "chunk")
            return "id:\(entry.file?.description ?? "?"), \(chunks)\(own)"
        case .fileRemoval: return "id:\(entry.file?.description ?? "?")\(own)"
        case .placement:
            let nodes = entry.nodes ?? []
            let place =
                nodes.isEmpty
                ? "released" : "on " + nodes.map(\.hexadecimal).joined(separator: ", ")
            let chunk = entry.chunk.map { String($0.description.prefix(16)) } ?? "?"
            return "\(chunk)…, \(Format.bytes(entry.size ?? 0)), \(place)"
        case .account:
            return "account \(entry.owner.map { String($0.description.prefix(16)) } ?? "?")…"
        case .membership: return "\(entry.node?.hexadecimal ?? "?") \(entry.event?.rawValue ?? "?")"
        }
    }
}
