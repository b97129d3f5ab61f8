/// Which runs of leaves the hashes of a proof stand for. Integers only, so that a proof can be cut
/// from a list of leaf hashes and from a tree that keeps its inner nodes by the same rule.
enum ProofRanges {
    /// The runs whose roots make up PATH(index, D[size]) of RFC 6962 §2.1.1, nearest the leaf first.
    /// Needs 0 ≤ index < size.
    static func inclusion(of index: Int, size: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var tree = 0..<size
        while tree.count > 1 {
            let middle = tree.lowerBound + MerkleTree.leftCount(tree.count)
            if index < middle {
                ranges.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                ranges.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        return ranges.reversed()
    }

    /// The runs whose roots make up PROOF(oldSize, D[newSize]) of RFC 6962 §2.1.2. Empty when there
    /// is nothing to prove: from size 0, and between equal sizes. Needs 0 ≤ oldSize ≤ newSize.
    static func consistency(from oldSize: Int, to newSize: Int) -> [Range<Int>] {
        guard oldSize > 0, oldSize < newSize else { return [] }
        var ranges: [Range<Int>] = []
        var tree = 0..<newSize
        while tree.upperBound != oldSize {
            let middle = tree.lowerBound + MerkleTree.leftCount(tree.count)
            if oldSize <= middle {
                ranges.append(middle..<tree.upperBound)
                tree = tree.lowerBound..<middle
            } else {
                ranges.append(tree.lowerBound..<middle)
                tree = middle..<tree.upperBound
            }
        }
        // What is left ends where the old tree ended. The verifier knows it only if it is all of
        // the old tree.
        if tree.lowerBound > 0 { ranges.append(tree) }
        return ranges.reversed()
    }
}
