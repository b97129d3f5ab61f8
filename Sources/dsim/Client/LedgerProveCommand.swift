import ArgumentParser
import Client
import Cryptography
import Ledger
import Merkle
import Primitives
import Wire
import Workbench

struct LedgerProveCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove that a record is in the ledger.",
        discussion: """
            For a file, the whole ledger is verified on the way to its record, and then the proof that \
            the backend gives. For a record by its number, the proof is checked against the header \
            that the ledger's writer signed.
            """)

    @Argument(
        help: "A file's name, or id: and the start of its id; with --file or --data, all of its id."
    )
    var name: String?

    @Option(help: "A record's number in the ledger instead, from 0.")
    var record: UInt64?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var ledger: LedgerOptions

    func validate() throws {
        try require((name == nil) != (record == nil), "Give a file, or a --record.")
    }

    /// What is told as JSON.
    private struct Told: Encodable {
        var index: Int
        var leaf: Hash256
        var treeSize: Int
        var path: [Hash256]
        var height: UInt64
        var root: Hash256
        var writer: Hash256
    }

    var advice: String? { "Nothing was found wrong so far." }

    func report() async throws -> ExitStatus {
        let proven = try await ledger.withReader { reader, live in
            guard let live else { return try await proveAlone(reader) }
            if let record {
                let memory = try LedgerMemory.read(
                    of: live.session.backend, in: ledger.connection.folders())
                return try await prove(
                    record, leaf: nil, writer: memory.map { PublicKey(bytes: $0.writer) },
                    live.client)
            }
            return try await proveFile(reader, live.client, live.session)
        }
        try show(proven)
        return .fine
    }

    private func proveFile(
        _ reader: any LedgerSource, _ client: StoreClient, _ session: UserSession
    ) async throws -> ProvenRecord {
        let file = try await client.files(of: session).find(name ?? "").id
        let memory = try LedgerMemory.read(of: session.backend, in: ledger.connection.folders())
        let found = try await find(file: file, reader, LedgerCheck(memory: memory))
        _ = try found.check.finish(backend: session.backend.text)
        return try await prove(
            UInt64(found.index), leaf: found.leaf, writer: found.check.writer, client)
    }

    /// Fetches the proof of a record and checks it. `leaf` is what the record must be.
    private func prove(
        _ index: UInt64, leaf: Hash256?, writer: PublicKey?, _ client: StoreClient
    ) async throws -> ProvenRecord {
        let form = try await client.ledgerProof(ofRecord: index)
        guard let header = try await client.signedHeader(at: form.header.height),
            UInt64(exactly: form.index) == index
        else {
            throw ClientError(.misbehaving, "The backend gave the proof of something else.")
        }
        return try ProvenRecord(
            leaf: leaf ?? form.leaf, proof: form.proof, header: header, writer: writer)
    }

    private func proveAlone(_ reader: any LedgerSource) async throws -> ProvenRecord {
        var prover = LedgerProver()
        let wanted = try name.map { (name) throws(ClientError) in
            guard name.hasPrefix("id:"),
                let id = FileID(hexadecimal: name.dropFirst(3).lowercased())
            else {
                throw ClientError(
                    .refused, "Without a backend a file goes by all of its id: id: and 32 digits.")
            }
            return id
        }
        let found = try await find(record, file: wanted, reader, LedgerCheck(memory: nil)) {
            prover.append($0)
        }
        guard let tip = found.check.state.tip,
            let proof = prover.inclusionProof(ofRecord: found.index, at: tip.header.height)
        else { throw Self.notThere }
        return try ProvenRecord(
            leaf: found.leaf, proof: proof, header: tip, writer: found.check.writer)
    }

    /// Verifies the ledger, and finds a record in it: that of a number, or of a file. `see` is told of every
    /// block.
    private func find(
        _ number: UInt64? = nil, file: FileID?, _ reader: any LedgerSource, _ check: LedgerCheck,
        see: (Block) -> Void = { _ in }
    ) async throws -> (index: Int, leaf: Hash256, check: LedgerCheck) {
        var check = check
        var found: (index: Int, leaf: Hash256)?
        try await reader.blocks { bytes in
            let first = check.state.recordCount
            let block = try check.check(encoded: bytes)
            see(block)
            for (index, record) in zip(first..., block.records) {
                let stored: FileID? =
                    if case .file(let record) = record { record.file } else { nil }
                if UInt64(index) == number || (stored != nil && stored == file) {
                    found = (index, record.leafHash)
                }
            }
        }
        guard let found else { throw Self.notThere }
        return (found.index, found.leaf, check)
    }

    private static let notThere = ClientError(.notFound, "The ledger has no such record.")

    private func show(_ proven: ProvenRecord) throws {
        let header = proven.header.header
        let told = Told(
            index: proven.proof.index, leaf: proven.leaf, treeSize: proven.proof.treeSize,
            path: proven.proof.path, height: header.height, root: header.ledgerRoot,
            writer: header.writer.bytes)
        try Output.show(told, asJSON: json) {
            var table = TextTable(
                ["record", "\(told.index) of \(Format.count(header.totalRecords))"],
                ["leaf", "\(told.leaf)"])
            for (step, hash) in told.path.enumerated() {
                table.add([step == 0 ? "path" : "", "\(hash)"])
            }
            table.add(["root", "\(told.root)"])
            table.add(["block", "\(told.height), \(Printable.time(WireTime.text(header.time)))"])
            table.add(["writer", "\(told.writer)"])
            return "The record is in the ledger.\n" + table.text
        }
    }
}
