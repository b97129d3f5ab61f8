package import Merkle
package import Primitives

/// Makes proofs about a ledger for those who hold only its signed headers. Keeps 64 bytes a record.
package struct LedgerProver: Sendable {
    private var records = MerkleLog()
    /// How many records the ledger had after each block.
    private var totals: [Int] = []

    /// A prover of the empty ledger.
    package init() {}

    /// How many blocks it knows.
    package var blockCount: UInt64 { UInt64(totals.count) }

    /// How many records it knows.
    package var recordCount: Int { records.count }

    /// Takes in the next block of a ledger, which the caller has verified or written.
    package mutating func append(_ block: Block) {
        precondition(block.header.height == blockCount, "blocks must come in order")
        for record in block.records { records.append(record.leafHash) }
        totals.append(records.count)
    }

    /// The indices, in the whole ledger, of the records of a block; nil for an unknown block.
    package func recordIndices(ofBlock height: UInt64) -> Range<Int>? {
        guard let after = total(at: height) else { return nil }
        return (height == 0 ? 0 : totals[Int(height) - 1])..<after
    }

    /// The leaf hash of record `index` of the ledger; nil for an unknown one.
    package func leafHash(ofRecord index: Int) -> Hash256? {
        (0..<records.count).contains(index) ? records.leafHashes[index] : nil
    }

    /// The proof that record `index` of the ledger is in it as of block `height`; nil when it is not,
    /// or the block is unknown.
    package func inclusionProof(ofRecord index: Int, at height: UInt64) -> InclusionProof? {
        guard let size = total(at: height), (0..<size).contains(index) else { return nil }
        return records.inclusionProof(of: index, size: size)
    }

    /// The proof that the ledger of block `newHeight` grew from that of `oldHeight`; nil when a block
    /// is unknown or they are the wrong way round.
    package func consistencyProof(
        from oldHeight: UInt64, to newHeight: UInt64
    ) -> ConsistencyProof? {
        guard oldHeight <= newHeight, let oldSize = total(at: oldHeight),
            let newSize = total(at: newHeight)
        else { return nil }
        return records.consistencyProof(from: oldSize, to: newSize)
    }

    private func total(at height: UInt64) -> Int? {
        height < blockCount ? totals[Int(height)] : nil
    }
}
