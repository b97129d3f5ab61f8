package import Primitives

/// Why a Merkle proof proves nothing.
package enum MerkleProofError: Error, Equatable {
    /// The leaf's index does not lie in the tree that the proof speaks of.
    case indexOutOfRange(index: Int, treeSize: Int)
    /// A tree cannot have grown from the larger size to the smaller, nor from a negative one.
    case sizesOutOfOrder(oldSize: Int, newSize: Int)
    /// The sizes fix how many hashes a proof has; this one has another number.
    case wrongPathLength(expected: Int, found: Int)
    /// The hashes lead to another root than the one given for `treeSize` leaves.
    case rootMismatch(treeSize: Int, computed: Hash256, given: Hash256)
}
