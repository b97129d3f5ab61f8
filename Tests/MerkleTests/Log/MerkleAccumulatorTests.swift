import Merkle
import Primitives
import Testing

@Suite("A tree that only grows")
struct MerkleAccumulatorTests {
    @Test
    func `copied, goes two ways`() {
        let leaves = makeLeaves(6)
        var first = MerkleAccumulator()
        for leaf in leaves[..<5] { first.append(leaf) }
        var second = first
        first.append(leaves[5])
        second.append(.zero)
        #expect(first.root == Naive.root(leaves))
        #expect(second.root == Naive.root(leaves[..<5] + [.zero]))
    }

    @Test
    func `knows every root that it ever had when it keeps its nodes`() {
        let leaves = makeLeaves(130)
        let log = MerkleLog(leafHashes: leaves)
        for size in 0...130 { #expect(log.root(size: size) == Naive.root(leaves[..<size])) }
    }
}
