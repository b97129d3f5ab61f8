package import Cryptography
import Merkle
import Primitives

/// Checks a chain block by block, in O(log n) memory.
package struct LedgerVerifier: Sendable {
    /// Which signatures are checked.
    package enum SignaturePolicy: Sendable {
        /// Every block's: for a chain that comes from others.
        case every
        /// The last one's, by `finish`: for one's own chain at a restart.
        ///
        /// Each header holds the hash of the signed header before it and the roots of all records,
        /// so the last signature vouches for every byte of the chain: whoever changed an earlier
        /// block would have to change every later link, and could not sign the result. What is not
        /// shown is that each earlier header was signed validly in its time; its writer knows.
        case tipOnly
    }

    /// The chain as far as it was checked.
    package private(set) var state = LedgerState()
    /// Whose chain it is: the expected writer, or else the first block's.
    package private(set) var writer: PublicKey?
    private let signatures: SignaturePolicy

    /// A verifier of the chain of `writer`; nil takes the first block's word for who that is, and
    /// then proves no more than that the chain is whole.
    package init(writer: PublicKey?, signatures: SignaturePolicy = .every) {
        self.writer = writer
        self.signatures = signatures
    }

    /// Checks the next block: its place, its links, its records and its signature. Throws what is
    /// wrong with it, and then stays where it was.
    package mutating func check(_ block: Block) throws(LedgerError) {
        let records = try translating(try verify(block)) {
            LedgerError(height: state.blockCount, problem: $0)
        }
        if signatures == .every, !block.signedHeader.hasValidSignature {
            throw LedgerError(height: state.blockCount, problem: .invalidSignature)
        }
        writer = block.header.writer
        state.advance(to: block.signedHeader, records: records)
    }

    /// Checks the next block from its encoding, and returns it.
    @discardableResult
    package mutating func check(encoded bytes: [UInt8]) throws(LedgerError) -> Block {
        let block = try translating(try Block(decoding: bytes)) {
            LedgerError(height: state.blockCount, problem: $0)
        }
        try check(block)
        return block
    }

    /// Ends the chain: under `tipOnly` this is what checks the signature. Returns the chain's state,
    /// from which a `LedgerWriter` can go on.
    package func finish() throws(LedgerError) -> LedgerState {
        if signatures == .tipOnly, let tip = state.tip, !tip.hasValidSignature {
            throw LedgerError(height: tip.header.height, problem: .invalidSignature)
        }
        return state
    }

    /// Everything but the signature. Returns the ledger's tree with the block's records.
    private func verify(_ block: Block) throws(LedgerProblem) -> MerkleAccumulator {
        let header = block.header
        guard header.height == state.blockCount else { throw .wrongHeight(found: header.height) }
        if let writer, header.writer != writer {
            throw .wrongWriter(expected: writer, found: header.writer)
        }
        guard header.previous == state.tipHash else {
            throw .brokenLink(expected: state.tipHash, found: header.previous)
        }
        if let last = state.tip?.header.time, header.time < last {
            throw .timeWentBack(previous: last, found: header.time)
        }
        var own = MerkleAccumulator()
        var ledger = state.records
        for record in block.records {
            let hash = record.leafHash
            own.append(hash)
            ledger.append(hash)
        }
        guard own.root == header.recordsRoot else {
            throw .recordsRootMismatch(computed: own.root, found: header.recordsRoot)
        }
        guard UInt64(ledger.count) == header.totalRecords else {
            throw .wrongTotal(expected: UInt64(ledger.count), found: header.totalRecords)
        }
        guard ledger.root == header.ledgerRoot else {
            throw .ledgerRootMismatch(computed: ledger.root, found: header.ledgerRoot)
        }
        return ledger
    }
}
