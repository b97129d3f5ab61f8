package import Ledger
package import Merkle
package import Primitives

/// Something that a role did and that measurements want to know. Never an input to any role.
package enum Note: Sendable {
    case requestTimedOut
    case declaredDead(PeerID)
    case deadReturned(PeerID)
    /// A node met no challenge for as long as a silent one takes to be dead.
    case doubted(PeerID)
    /// Somebody's clock was found to differ from one's own by more than `ClockReading.bound`.
    case clockDiffers(PeerID, ahead: Duration)
    case repairStarted(ChunkID, to: PeerID)
    case repairFinished(ChunkID, to: PeerID, byteCount: Int, CopyOutcome?)
    /// A replica that was counted on is not there, or not intact.
    case replicaMissing(ChunkID, on: PeerID, Finding)
    case surplusFound(ChunkID, on: PeerID)
    case comparisonFinished(
        with: PeerID, isEqual: Bool, inventoryCount: Int, InventoryComparison.Statistics)
    case comparisonFailed(with: PeerID)
    /// Two nodes were challenged to prove that they hold a chunk; whether their proofs agree.
    case audited(ChunkID, PeerID, PeerID, agree: Bool)
    /// A node was told to delete a replica that nothing refers to.
    case collecting(ChunkID, on: PeerID)
    /// Nothing was collected from a node, since orphans are too great a share of the chunks that it holds.
    case collectionStopped(on: PeerID, orphans: Int, held: Int)
    /// A block became durable.
    case blockWritten(records: Int, byteCount: Int)
    /// A backend read its ledger back, of which so many blocks from nodes that keep it.
    case recovered(blocks: Int, fetched: Int)
    /// Nodes did not keep the ledger's blocks up to here in time; what waited for that was done all the same.
    case ledgerUnkept(count: UInt64)
    /// A node no longer has all blocks that it kept, but so many from the first on. It is sent them again.
    case ledgerCopyDamaged(on: PeerID, count: UInt64)
    /// A node knows more of the ledger than the backend has: it writes and deletes nothing any more.
    case ledgerBehind(blocks: UInt64, known: UInt64)
    /// A backend's own ledger does not verify; it serves nobody until somebody looks.
    case ledgerRefused(LedgerError)

    /// How a missing replica came to light.
    package enum Finding: UInt8, Sendable {
        case comparison
        /// The node re-read it, or was asked for it.
        case scrubOrRead
        /// The node was challenged to prove that it holds it.
        case audit
    }
}
