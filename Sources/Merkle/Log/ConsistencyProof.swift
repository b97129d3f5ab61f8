package import Primitives

/// Proof that a tree only grew: the first `oldSize` leaves of the new tree are those of the old
/// one, in order (RFC 6962 §2.1.2).
package struct ConsistencyProof: Equatable, Sendable {
    /// How many leaves the old tree has.
    package var oldSize: Int
    /// How many leaves the new tree has.
    package var newSize: Int
    /// The hashes from which both roots follow. Empty from size 0 and between equal sizes.
    package var path: [Hash256]

    package init(oldSize: Int, newSize: Int, path: [Hash256]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// The proof that the tree of all `leafHashes` grew from the one of the first `oldSize`.
    /// Hashes the whole tree; `MerkleLog` makes many proofs cheaply.
    package init(from oldSize: Int, in leafHashes: [Hash256]) {
        precondition(oldSize >= 0 && oldSize <= leafHashes.count, "no tree of \(oldSize) leaves")
        let ranges = ProofRanges.consistency(from: oldSize, to: leafHashes.count)
        self.init(
            oldSize: oldSize, newSize: leafHashes.count,
            path: ranges.map { MerkleTree.root(ofLeafHashes: leafHashes[$0]) })
    }

    /// Checks that the tree with `newRoot` grew from the one with `oldRoot`.
    ///
    /// The algorithm of RFC 9162 §2.1.4.2. Every tree grew from the empty one, whose root is
    /// `MerkleTree.emptyRoot`. Whoever calls must know that the roots belong to these sizes.
    package func verify(oldRoot: Hash256, newRoot: Hash256) throws(MerkleProofError) {
        guard oldSize >= 0, oldSize <= newSize else {
            throw .sizesOutOfOrder(oldSize: oldSize, newSize: newSize)
        }
        let expected = ProofRanges.consistency(from: oldSize, to: newSize).count
        guard path.count == expected else {
            throw .wrongPathLength(expected: expected, found: path.count)
        }
        let computed = computeRoots(oldRoot: oldRoot, newRoot: newRoot)
        guard computed.old == oldRoot else {
            throw .rootMismatch(treeSize: oldSize, computed: computed.old, given: oldRoot)
        }
        guard computed.new == newRoot else {
            throw .rootMismatch(treeSize: newSize, computed: computed.new, given: newRoot)
        }
    }

    /// The roots that the path leads to. Needs sizes in order and a path of the right length.
    private func computeRoots(oldRoot: Hash256, newRoot: Hash256) -> (old: Hash256, new: Hash256) {
        if newSize == 0 { return (MerkleTree.emptyRoot, MerkleTree.emptyRoot) }
        if oldSize == 0 { return (MerkleTree.emptyRoot, newRoot) }
        if oldSize == newSize { return (oldRoot, oldRoot) }
        var position = oldSize - 1
        var last = newSize - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        // An old tree that is perfect stands whole in the new one, so its root is left out.
        let isPerfect = oldSize & (oldSize - 1) == 0
        var old = isPerfect ? oldRoot : path[0]
        var new = old
        for hash in path.dropFirst(isPerfect ? 0 : 1) {
            if position & 1 == 1 || position == last {
                old = MerkleTree.nodeHash(hash, old)
                new = MerkleTree.nodeHash(hash, new)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleTree.nodeHash(new, hash)
            }
            position >>= 1
            last >>= 1
        }
        return (old, new)
    }
}
