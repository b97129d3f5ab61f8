package import Primitives

/// The root of a tree that only grows, in O(log n) state: enough to write a ledger, or to check one
/// as it streams by, without keeping its leaves.
package struct MerkleAccumulator: Equatable, Sendable {
    /// Leaves appended so far.
    package private(set) var count = 0
    /// The roots of the perfect subtrees, the largest first: one for each set bit of `count`.
    private var peaks: [Hash256] = []

    /// An empty tree.
    package init() {}

    /// Adds a leaf by its hash. One node hash on average, log₂ n at most.
    package mutating func append(_ leafHash: Hash256) {
        var hash = leafHash
        for _ in 0..<(~count).trailingZeroBitCount {
            hash = MerkleTree.nodeHash(peaks.removeLast(), hash)
        }
        peaks.append(hash)
        count += 1
    }

    /// The RFC 6962 root over all leaves so far. At most log₂ n node hashes.
    package var root: Hash256 {
        guard var root = peaks.last else { return MerkleTree.emptyRoot }
        for peak in peaks.dropLast().reversed() { root = MerkleTree.nodeHash(peak, root) }
        return root
    }
}
