package import Merkle
package import Primitives

/// All that is needed of a chain to append to it or to check its next block: O(log n) in its
/// records. A plain value.
package struct LedgerState: Equatable, Sendable {
    /// The header of the last block; nil for an empty chain.
    package private(set) var tip: SignedHeader?
    /// The tree over every record so far.
    package private(set) var records = MerkleAccumulator()
    /// `tip.hash`; zero for an empty chain.
    package private(set) var tipHash = Hash256.zero

    /// The empty chain.
    package init() {}

    /// How many blocks the chain has: the height of the next one.
    package var blockCount: UInt64 { tip.map { $0.header.height + 1 } ?? 0 }

    /// How many records the chain has.
    package var recordCount: Int { records.count }

    /// The RFC 6962 root over every record.
    package var root: Hash256 { records.root }

    /// Moves on by a block whose records make `records` of the ledger.
    mutating func advance(to header: SignedHeader, records: MerkleAccumulator) {
        tip = header
        tipHash = header.hash
        self.records = records
    }
}
