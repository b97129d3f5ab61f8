package import Primitives

/// A tree that only grows and keeps every perfect subtree's hash, so that the root and the proofs
/// of any size that it ever had cost O(log² n). Twice the memory of its leaf hashes, all of which a
/// copy duplicates once it grows: what only appends keeps a `MerkleAccumulator` instead.
package struct MerkleLog: Equatable, Sendable {
    /// `levels[k][i]` is the root of the 2ᵏ leaves from i·2ᵏ on.
    private var levels: [[Hash256]] = [[]]

    /// An empty tree.
    package init() {}

    /// The tree over leaf hashes in order.
    package init(leafHashes: [Hash256]) {
        for hash in leafHashes { append(hash) }
    }

    /// How many leaves the tree has.
    package var count: Int { levels[0].count }

    /// The hashes of the leaves in order.
    package var leafHashes: [Hash256] { levels[0] }

    /// Adds a leaf by its hash. One node hash on average.
    package mutating func append(_ leafHash: Hash256) {
        var hash = leafHash
        var level = 0
        levels[0].append(hash)
        while levels[level].count.isMultiple(of: 2) {
            hash = MerkleTree.nodeHash(levels[level][levels[level].count - 2], hash)
            level += 1
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
        }
    }

    /// The root when the tree had its first `size` leaves; `size` must not exceed `count`.
    package func root(size: Int) -> Hash256 {
        precondition(size >= 0 && size <= count, "no tree of \(size) leaves")
        return root(of: 0..<size)
    }

    /// The proof that leaf `index` stands in the tree of the first `size` leaves.
    /// Needs 0 ≤ index < size ≤ count.
    package func inclusionProof(of index: Int, size: Int) -> InclusionProof {
        precondition(index >= 0 && index < size && size <= count, "no leaf \(index) of \(size)")
        let ranges = ProofRanges.inclusion(of: index, size: size)
        return InclusionProof(index: index, treeSize: size, path: ranges.map(root(of:)))
    }

    /// The proof that the tree of `newSize` leaves grew from that of `oldSize`.
    /// Needs 0 ≤ oldSize ≤ newSize ≤ count.
    package func consistencyProof(from oldSize: Int, to newSize: Int) -> ConsistencyProof {
        precondition(
            oldSize >= 0 && oldSize <= newSize && newSize <= count,
            "no growth from \(oldSize) to \(newSize) leaves")
        let ranges = ProofRanges.consistency(from: oldSize, to: newSize)
        return ConsistencyProof(oldSize: oldSize, newSize: newSize, path: ranges.map(root(of:)))
    }

    /// The root of a run that starts at a multiple of the power of two that its size rounds up to,
    /// as every subtree of RFC 6962 does.
    private func root(of range: Range<Int>) -> Hash256 {
        guard !range.isEmpty else { return MerkleTree.emptyRoot }
        if range.count & (range.count - 1) == 0 {
            let level = range.count.trailingZeroBitCount
            return levels[level][range.lowerBound >> level]
        }
        let middle = range.lowerBound + MerkleTree.leftCount(range.count)
        return MerkleTree.nodeHash(
            root(of: range.lowerBound..<middle), root(of: middle..<range.upperBound))
    }
}
