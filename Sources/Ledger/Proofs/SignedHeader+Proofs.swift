package import Cryptography
package import Merkle
package import Primitives

/// Why a proof about a ledger does not hold.
package enum LedgerProofError: Error, Equatable {
    /// The header is another writer's.
    case wrongWriter(expected: PublicKey, found: PublicKey)
    /// The writer did not sign the header of this height.
    case invalidSignature(height: UInt64)
    /// The proof is about a ledger of another size than the header's.
    case wrongTreeSize(expected: UInt64, found: Int)
    /// The hashes do not lead to the header's root.
    case merkle(MerkleProofError)
}

extension SignedHeader {
    /// Checks that `writer`'s ledger holds a record, which `leaf` is the hash of, as of this header, with
    /// no more than the proof.
    package func verifyInclusion(
        of leaf: Hash256, proof: InclusionProof, writer: PublicKey
    ) throws(LedgerProofError) {
        try verifySignature(by: writer)
        try requireSize(proof.treeSize)
        try translating(
            try proof.verify(leafHash: leaf, root: header.ledgerRoot), LedgerProofError.merkle)
    }

    /// Checks that between `older` and this header `writer`'s ledger only grew: that no record was
    /// changed, moved or dropped. Two headers for which no proof exists convict their writer.
    package func verifyGrowth(
        since older: SignedHeader, proof: ConsistencyProof, writer: PublicKey
    ) throws(LedgerProofError) {
        try older.verifySignature(by: writer)
        try verifySignature(by: writer)
        try older.requireSize(proof.oldSize)
        try requireSize(proof.newSize)
        try translating(
            try proof.verify(oldRoot: older.header.ledgerRoot, newRoot: header.ledgerRoot),
            LedgerProofError.merkle)
    }

    private func verifySignature(by writer: PublicKey) throws(LedgerProofError) {
        guard header.writer == writer else {
            throw .wrongWriter(expected: writer, found: header.writer)
        }
        guard hasValidSignature else { throw .invalidSignature(height: header.height) }
    }

    private func requireSize(_ size: Int) throws(LedgerProofError) {
        guard UInt64(exactly: size) == header.totalRecords else {
            throw .wrongTreeSize(expected: header.totalRecords, found: size)
        }
    }
}
