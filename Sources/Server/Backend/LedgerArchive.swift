import Ledger
import Merkle
import Primitives
import Storage

/// The ledger of a backend as it stands on its disk, for whoever wants to look at it.
actor LedgerArchive {
    private let database: BackendDatabase
    /// As far as blocks were asked for so far.
    private var prover = LedgerProver()

    init(database: BackendDatabase) { self.database = database }

    /// Blocks read at a time.
    private static let stride = 256

    /// Reads the blocks that were written since.
    private func catchUp() async throws {
        while true {
            let next = prover.blockCount
            let blocks = try await database.blocks(from: next, limit: Self.stride)
            // Another call may have read them meanwhile.
            guard prover.blockCount == next else { continue }
            for encoded in blocks { prover.append(try Block(decoding: encoded)) }
            if blocks.count < Self.stride { return }
        }
    }

    func summary() async throws -> (blocks: UInt64, tip: Block?) {
        let count = try await database.blockCount()
        return (count, count == 0 ? nil : try await block(count - 1))
    }

    func block(_ height: UInt64) async throws -> Block? {
        try await database.block(height).map { try Block(decoding: $0) }
    }

    /// The index of the first record of a block.
    func firstRecord(ofBlock height: UInt64) async throws -> Int {
        try await catchUp()
        return prover.recordIndices(ofBlock: height)?.lowerBound ?? 0
    }

    /// Up to `limit` blocks below a height, newest first.
    func blocks(before height: UInt64, limit: Int) async throws -> [Block] {
        let first = height > UInt64(limit) ? height - UInt64(limit) : 0
        return try await database.blocks(from: first, limit: Int(height - first))
            .map { try Block(decoding: $0) }.reversed()
    }

    /// The encoded signed headers of up to `limit` blocks from a height on.
    func headers(from height: UInt64, limit: Int) async throws -> [[UInt8]] {
        try await database.blockPrefixes(
            from: height, limit: limit, byteCount: SignedHeader.encodedByteCount)
    }

    /// Up to `limit` encoded blocks from a height on.
    func encodedBlocks(from height: UInt64, limit: Int) async throws -> [[UInt8]] {
        try await database.blocks(from: height, limit: limit)
    }

    /// The proof that a record is in the ledger of the last block; nil when there is no such record.
    func proof(
        ofRecord index: Int
    ) async throws -> (proof: InclusionProof, leaf: Hash256, block: Block)? {
        try await catchUp()
        guard prover.blockCount > 0,
            let proof = prover.inclusionProof(ofRecord: index, at: prover.blockCount - 1),
            let leaf = prover.leafHash(ofRecord: index),
            let block = try await block(prover.blockCount - 1),
            block.header.totalRecords == UInt64(proof.treeSize)
        else { return nil }
        return (proof, leaf, block)
    }
}
