import Merkle
import Primitives
import Testing

@Suite("A consistency proof")
struct ConsistencyProofTests {
    static let largest = 70

    @Test
    func `is the proof of RFC 6962 and verifies, for every pair of sizes up to 70`() throws {
        let leaves = makeLeaves(Self.largest)
        let log = MerkleLog(leafHashes: leaves)
        let roots = (0...Self.largest).map { Naive.root(leaves[..<$0]) }
        for new in 0...Self.largest {
            let tree = Array(leaves[..<new])
            for old in 0...new {
                let proof = ConsistencyProof(from: old, in: tree)
                let expected = old == 0 ? [] : Naive.subproof(old, tree[...], true)
                #expect(proof.path == expected)
                #expect(log.consistencyProof(from: old, to: new) == proof)
                try proof.verify(oldRoot: roots[old], newRoot: roots[new])
            }
        }
    }

    @Test
    func `with any hash changed, dropped or added is refused`() {
        let leaves = makeLeaves(33)
        let roots = (0...33).map { Naive.root(leaves[..<$0]) }
        for new in 0...33 {
            for old in 0...new {
                let proof = ConsistencyProof(from: old, in: Array(leaves[..<new]))
                func expectRefusal(_ broken: ConsistencyProof) {
                    #expect(throws: MerkleProofError.self) {
                        try broken.verify(oldRoot: roots[old], newRoot: roots[new])
                    }
                }
                for place in proof.path.indices {
                    var broken = proof
                    broken.path[place] = broken.path[place].flipping(bit: (old * 11 + place) % 256)
                    expectRefusal(broken)
                    broken = proof
                    broken.path.remove(at: place)
                    expectRefusal(broken)
                    broken = proof
                    broken.path.swapAt(0, place)
                    if place > 0 { expectRefusal(broken) }
                }
                for place in 0...proof.path.count {
                    var broken = proof
                    broken.path.insert(.zero, at: place)
                    expectRefusal(broken)
                }
            }
        }
    }

    @Test
    func `does not verify a tree in which an old leaf changed, or either root was altered`() {
        let leaves = makeLeaves(25)
        for old in 1...25 {
            let oldRoot = Naive.root(leaves[..<old])
            for changed in 0..<old {
                var forged = leaves
                forged[changed] = .zero
                #expect(throws: MerkleProofError.self) {
                    try ConsistencyProof(from: old, in: forged)
                        .verify(oldRoot: oldRoot, newRoot: Naive.root(forged))
                }
            }
            let proof = ConsistencyProof(from: old, in: leaves)
            #expect(throws: MerkleProofError.self) {
                try proof.verify(oldRoot: oldRoot.flipping(bit: old), newRoot: Naive.root(leaves))
            }
            #expect(throws: MerkleProofError.self) {
                try proof.verify(oldRoot: oldRoot, newRoot: Naive.root(leaves).flipping(bit: old))
            }
        }
    }

    @Test
    func `from the empty tree holds for any new tree, but only from the root of the empty one`()
        throws
    {
        let root = Naive.root(makeLeaves(5))
        let proof = ConsistencyProof(oldSize: 0, newSize: 5, path: [])
        try proof.verify(oldRoot: MerkleTree.emptyRoot, newRoot: root)
        #expect(throws: MerkleProofError.self) { try proof.verify(oldRoot: root, newRoot: root) }
        let empty = ConsistencyProof(oldSize: 0, newSize: 0, path: [])
        try empty.verify(oldRoot: MerkleTree.emptyRoot, newRoot: MerkleTree.emptyRoot)
        #expect(throws: MerkleProofError.self) {
            try empty.verify(oldRoot: MerkleTree.emptyRoot, newRoot: root)
        }
    }

    @Test
    func `names what is wrong with its numbers`() {
        func failure(_ old: Int, _ new: Int, _ count: Int) -> MerkleProofError? {
            let path = [Hash256](repeating: .zero, count: count)
            return #expect(throws: MerkleProofError.self) {
                try ConsistencyProof(oldSize: old, newSize: new, path: path)
                    .verify(oldRoot: .zero, newRoot: .zero)
            }
        }
        #expect(failure(6, 5, 0) == .sizesOutOfOrder(oldSize: 6, newSize: 5))
        #expect(failure(-1, 5, 0) == .sizesOutOfOrder(oldSize: -1, newSize: 5))
        #expect(failure(5, 5, 1) == .wrongPathLength(expected: 0, found: 1))
        #expect(failure(0, 5, 1) == .wrongPathLength(expected: 0, found: 1))
        #expect(failure(3, 7, 3) == .wrongPathLength(expected: 4, found: 3))
        #expect(failure(4, 7, 2) == .wrongPathLength(expected: 1, found: 2))
        #expect(failure(1, .max, 0) == .wrongPathLength(expected: 63, found: 0))
    }
}
