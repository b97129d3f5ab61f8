import Cryptography
import Hummingbird
import Ledger
import Merkle
import Primitives
import Synchronization

@testable import Client
@testable import Wire

extension FakeBackend {
    func addLedgerRoutes(_ router: Router<BasicRequestContext>) {
        router.get("/api/ledger") { request, _ in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            return try self.state.withLock { state in
                let records = state.blocks.reduce(0) { $0 + $1.records.count }
                let tip = state.blocks.last.map {
                    HeaderForm($0)
                }
                return try Self.json(
                    LedgerForm(
                        blocks: UInt64(state.blocks.count), records: UInt64(records),
                        root: tip?.ledgerRoot ?? MerkleTree.emptyRoot,
                        writer: state.writer.publicKey.bytes, tip: tip))
            }
        }
        router.get("/api/ledger/blocks") { request, _ in
            let limit = request.uri.queryParameters.get("limit", as: Int.self) ?? 20
            let before = request.uri.queryParameters.get("before", as: Int.self) ?? Int.max
            let blocks = self.state.withLock { $0.blocks.prefix(max(0, before)).suffix(limit) }
            return try Self.json(
                BlockListForm(
                    blocks: blocks.reversed().map {
                        HeaderForm($0)
                    }))
        }
        router.get("/api/ledger/blocks/:height") { _, context in
            guard let height = context.parameters.get("height", as: Int.self) else {
                return try Self.error(404, "no-such-block")
            }
            let blocks = self.state.withLock { $0.blocks }
            guard blocks.indices.contains(height) else {
                return try Self.error(404, "no-such-block")
            }
            let first = blocks[..<height].reduce(0) { $0 + $1.records.count }
            let block = blocks[height]
            return try Self.json(
                BlockForm(
                    header: HeaderForm(block),
                    entries: block.records.enumerated().map {
                        RecordEntryForm(index: UInt64(first + $0.offset), record: $0.element)
                    }))
        }
        router.get("/api/ledger/headers") { request, _ in
            let from = request.uri.queryParameters.get("from", as: Int.self) ?? 0
            let limit = request.uri.queryParameters.get("limit", as: Int.self) ?? 100
            let blocks = self.state.withLock { $0.blocks.dropFirst(from).prefix(limit) }
            return Self.octets(blocks.flatMap { $0.signedHeader.encoded() })
        }
        router.get("/api/ledger/export") { request, _ in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            return Self.octets(self.export())
        }
        router.get("/api/ledger/proof") { request, _ in
            guard let index = request.uri.queryParameters.get("record", as: Int.self) else {
                return try Self.error(404, "no-such-record")
            }
            return try self.proof(ofRecord: index)
        }
        router.get("/api/network") { request, _ in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            let node = NetworkForm.Node(
                id: PeerID(0xabc), address: "http://10.0.0.1:7001", status: .alive, domain: 1,
                capacityBytes: 1 << 40, freeBytes: 1 << 39, chunks: 12,
                lastSeen: "2031-01-02T03:04:05.678Z", clockAheadMilliseconds: 40_300)
            return try Self.json(
                NetworkForm(
                    nodes: [node],
                    discoveries: [
                        .init(
                            url: "http://10.0.0.2:7000", isAnswering: true,
                            clockAheadMilliseconds: -7_200_000)
                    ],
                    redundancy: .init(target: 3, chunksByReplicas: [0, 0, 1, 11]),
                    repair: .init(waiting: 1, underWay: 0),
                    ledger: .init(blocks: 1, records: 14)))
        }
    }

    /// Each block behind its length.
    func export() -> [UInt8] {
        state.withLock { $0.blocks }.flatMap { block -> [UInt8] in
            var writer = ByteWriter()
            writer.write(prefixed: block.encoded())
            return writer.bytes
        }
    }

    private func proof(ofRecord index: Int) throws -> Response {
        let blocks = state.withLock { $0.blocks }
        var prover = LedgerProver()
        for block in blocks { prover.append(block) }
        let leaves = blocks.flatMap { $0.records }
        guard leaves.indices.contains(index), let tip = blocks.last,
            let proof = prover.inclusionProof(ofRecord: index, at: tip.header.height)
        else { return try Self.error(404, "no-such-record") }
        return try Self.json(
            LedgerProofForm(
                proof: proof, leaf: leaves[index].leafHash,
                header: HeaderForm(tip)))
    }
}
