package import Cryptography
import Merkle
package import Primitives

/// Appends signed blocks to a ledger. Keeps no records, only what the next block needs; the blocks
/// are the caller's to keep.
package struct LedgerWriter: Sendable {
    /// The chain so far.
    package private(set) var state: LedgerState
    private let signingKey: SigningKey

    /// Begins a ledger, or goes on with one whose `state` a `LedgerVerifier` has checked and whose
    /// blocks this key signed.
    package init(signingKey: SigningKey, resuming state: LedgerState = LedgerState()) {
        if let tip = state.tip {
            precondition(
                tip.header.writer == signingKey.publicKey, "the ledger is another writer's")
        }
        self.signingKey = signingKey
        self.state = state
    }

    /// The key that verifies the ledger.
    package var publicKey: PublicKey { signingKey.publicKey }

    /// Makes the next block. Puts the records in the order of `inBlockOrder`. A clock that went back
    /// does not stop the ledger: the block then bears the previous one's time.
    package mutating func append(_ records: [Record], at now: Instant) -> Block {
        let records = records.inBlockOrder()
        var block = MerkleAccumulator()
        var ledger = state.records
        for record in records {
            let hash = record.leafHash
            block.append(hash)
            ledger.append(hash)
        }
        let header = BlockHeader(
            height: state.blockCount, previous: state.tipHash, recordsRoot: block.root,
            totalRecords: UInt64(ledger.count), ledgerRoot: ledger.root,
            time: max(now, state.tip?.header.time ?? now), writer: signingKey.publicKey)
        let signed = SignedHeader(header: header, signature: signingKey.sign(header.signedBytes))
        state.advance(to: signed, records: ledger)
        return Block(signedHeader: signed, records: records)
    }
}
