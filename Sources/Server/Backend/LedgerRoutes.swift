import Cryptography
import Files
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Primitives
import Roles
import Wire

/// The ledger, for whoever wants to check it.
struct LedgerRoutes: Sendable {
    let backend: BackendEnvironment

    /// Headers of one answer in JSON.
    static let pageLimit = 100
    /// Signed headers of one answer.
    static let headerLimit = 10_000
    /// Blocks sent at a time.
    private static let exportStride = 64

    func add(to router: RouterGroup<SessionContext>) {
        router.get("ledger") { _, _ in try await summary() }
        router.get("ledger/blocks") { request, _ in try await blocks(request) }
        router.get("ledger/blocks/:height") { _, context in try await block(context) }
        router.get("ledger/headers") { request, _ in try await headers(request) }
        router.get("ledger/export") { request, _ in try await export(request) }
        router.get("ledger/proof") { request, _ in try await proof(request) }
    }

    private func summary() async throws -> Response {
        let (count, tip) = try await backend.ledger.summary()
        return .json(
            LedgerForm(
                blocks: count, records: tip?.header.totalRecords ?? 0,
                root: tip?.header.ledgerRoot ?? Self.emptyRoot,
                writer: await backend.host.read { $0.publicKey.bytes },
                tip: tip.map { HeaderForm($0) }))
    }

    private static let emptyRoot = LedgerState().root

    private func blocks(_ request: Request) async throws -> Response {
        let (count, _) = try await backend.ledger.summary()
        let before = try request.number("before", default: count)
        let limit = try request.number("limit", default: 20)
        let blocks = try await backend.ledger.blocks(
            before: min(before, count), limit: Int(min(limit, UInt64(Self.pageLimit))))
        return .json(BlockListForm(blocks: blocks.map { HeaderForm($0) }))
    }

    private func block(_ context: SessionContext) async throws -> Response {
        guard let height = context.parameters.get("height").flatMap({ UInt64($0) }) else {
            throw HTTPFailure.badRequest("A block's height is a number.")
        }
        guard let block = try await backend.ledger.block(height) else {
            throw HTTPFailure(.notFound, "no-such-block", "The ledger has no block of this height.")
        }
        let first = try await backend.ledger.firstRecord(ofBlock: height)
        var entries: [RecordEntryForm] = []
        for (offset, record) in block.records.enumerated() {
            var entry = RecordEntryForm(index: UInt64(first + offset), record: record)
            await reveal(&entry, record, to: context.session)
            entries.append(entry)
        }
        return .json(BlockForm(header: HeaderForm(block), entries: entries))
    }

    /// Shows one's own records in the clear, as far as the session has the key.
    private func reveal(
        _ entry: inout RecordEntryForm, _ record: Record, to session: Session
    ) async {
        let owner: OwnerTag
        switch record {
        case .file(let file): owner = file.owner
        case .fileRemoval(let removal): owner = removal.owner
        default: return
        }
        guard await backend.host.read({ $0.isOwner(session.user, of: owner) }) else { return }
        entry.own = true
        guard case .file(let file) = record, let key = try? session.masterKey(),
            let open = try? ReadableFile(file, since: .origin, masterKey: key)
        else { return }
        entry.name = open.manifest.name
        entry.size = open.manifest.size
    }

    private func headers(_ request: Request) async throws -> Response {
        let from = try request.number("from", default: 0)
        let limit = try request.number("limit", default: UInt64(Self.headerLimit))
        let headers = try await backend.ledger.headers(
            from: from, limit: Int(min(limit, UInt64(Self.headerLimit))))
        return .bytes(headers.flatMap { $0 })
    }

    private func export(_ request: Request) async throws -> Response {
        let from = try request.number("from", default: 0)
        let ledger = backend.ledger
        let body = ResponseBody { writer in
            var next = from
            while true {
                let blocks = try await ledger.encodedBlocks(from: next, limit: Self.exportStride)
                if blocks.isEmpty { break }
                next += UInt64(blocks.count)
                for block in blocks {
                    var buffer = ByteBuffer(integer: UInt32(block.count))
                    buffer.writeBytes(block)
                    try await writer.write(buffer)
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/octet-stream"], body: body)
    }

    private func proof(_ request: Request) async throws -> Response {
        guard let index = request.uri.queryParameters["record"].flatMap({ UInt32($0) }) else {
            throw HTTPFailure.badRequest("The query needs record=<its index in the ledger>.")
        }
        guard let (proof, leaf, block) = try await backend.ledger.proof(ofRecord: Int(index)) else {
            throw HTTPFailure(
                .notFound, "no-such-record", "The ledger has no record of this index.")
        }
        return .json(LedgerProofForm(proof: proof, leaf: leaf, header: HeaderForm(block)))
    }
}

extension Request {
    /// A number of the query, or what it is when it is not given.
    func number(_ name: Substring, default value: UInt64) throws -> UInt64 {
        guard let text = uri.queryParameters[name] else { return value }
        guard let number = UInt64(String(text)) else {
            throw HTTPFailure.badRequest("\(name) in the query is a number.")
        }
        return number
    }
}
