package import Cryptography
package import Primitives

/// Where a chain is not what it should be, and how.
package struct LedgerError: Error, Equatable, CustomStringConvertible {
    /// The place in the chain, from 0, of the block that failed.
    package let height: UInt64
    /// What is wrong with it.
    package let problem: LedgerProblem

    package var description: String { "block \(height): \(problem)" }
}

/// What can be wrong with a block.
package enum LedgerProblem: Error, Equatable {
    /// The bytes are no block.
    case malformedBlock(ByteReaderError)
    /// The bytes of a record are no record.
    case malformedRecord(index: Int, ByteReaderError)
    /// The block says that it stands elsewhere: one is missing, repeated or out of place.
    case wrongHeight(found: UInt64)
    /// The block is another writer's.
    case wrongWriter(expected: PublicKey, found: PublicKey)
    /// The block links to another block than the one before it.
    case brokenLink(expected: Hash256, found: Hash256)
    /// The block was written before the one before it.
    case timeWentBack(previous: Instant, found: Instant)
    /// The records are not those that the header was made for.
    case recordsRootMismatch(computed: Hash256, found: Hash256)
    /// The header counts another number of records than the ledger has.
    case wrongTotal(expected: UInt64, found: UInt64)
    /// The header was made for a ledger with other records.
    case ledgerRootMismatch(computed: Hash256, found: Hash256)
    /// The writer did not sign this header.
    case invalidSignature
}

extension LedgerProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedBlock(let error): "malformed (\(error))"
        case .malformedRecord(let index, let error): "record \(index) is malformed (\(error))"
        case .wrongHeight(let found): "claims height \(found)"
        case .wrongWriter(let expected, let found):
            "written by \(found.bytes), not by \(expected.bytes)"
        case .brokenLink(let expected, let found):
            "links to \(found), but the block before it is \(expected)"
        case .timeWentBack(let previous, let found):
            "its time, \(found.nanoseconds) ns, is before \(previous.nanoseconds) ns, the previous one"
        case .recordsRootMismatch(let computed, let found):
            "its records hash to \(computed), its header says \(found)"
        case .wrongTotal(let expected, let found):
            "counts \(found) records in the ledger, there are \(expected)"
        case .ledgerRootMismatch(let computed, let found):
            "the ledger hashes to \(computed), its header says \(found)"
        case .invalidSignature: "its signature is not the writer's"
        }
    }
}
