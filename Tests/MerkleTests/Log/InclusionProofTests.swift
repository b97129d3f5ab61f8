import Merkle
import Primitives
import Testing

@Suite("An inclusion proof")
struct InclusionProofTests {
    static let largest = 70

    @Test
    func `is the path of RFC 6962 and verifies, for every leaf of every size up to 70`() throws {
        let leaves = makeLeaves(Self.largest)
        let log = MerkleLog(leafHashes: leaves)
        for size in 1...Self.largest {
            let tree = Array(leaves[..<size])
            let root = Naive.root(tree)
            for index in 0..<size {
                let proof = InclusionProof(of: index, in: tree)
                #expect(proof.path == Naive.path(index, tree[...]))
                #expect(log.inclusionProof(of: index, size: size) == proof)
                try proof.verify(leafHash: leaves[index], root: root)
            }
        }
    }

    @Test
    func `with any hash changed, dropped or added is refused`() {
        for size in 1...33 {
            let leaves = makeLeaves(size)
            let root = Naive.root(leaves)
            for index in 0..<size {
                let proof = InclusionProof(of: index, in: leaves)
                func expectRefusal(_ broken: InclusionProof) {
                    #expect(throws: MerkleProofError.self) {
                        try broken.verify(leafHash: leaves[index], root: root)
                    }
                }
                for place in proof.path.indices {
                    var broken = proof
                    broken.path[place] = broken.path[place].flipping(bit: (size * 7 + place) % 256)
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
                #expect(throws: MerkleProofError.self) {
                    try proof.verify(leafHash: leaves[index].flipping(bit: 255), root: root)
                }
                #expect(throws: MerkleProofError.self) {
                    try proof.verify(leafHash: leaves[index], root: root.flipping(bit: 0))
                }
            }
        }
    }

    @Test
    func `proves its leaf at its index only`() {
        let leaves = makeLeaves(21)
        let root = Naive.root(leaves)
        for index in 0..<21 {
            for claimed in 0..<21 where claimed != index {
                var proof = InclusionProof(of: index, in: leaves)
                proof.index = claimed
                #expect(throws: MerkleProofError.self) {
                    try proof.verify(leafHash: leaves[index], root: root)
                }
            }
        }
    }

    @Test
    func `names what is wrong with its numbers`() {
        let leaf = makeLeaves(1)[0]
        func failure(_ index: Int, _ size: Int, _ count: Int) -> MerkleProofError? {
            let path = [Hash256](repeating: .zero, count: count)
            return #expect(throws: MerkleProofError.self) {
                try InclusionProof(index: index, treeSize: size, path: path)
                    .verify(leafHash: leaf, root: leaf)
            }
        }
        #expect(failure(0, 0, 0) == .indexOutOfRange(index: 0, treeSize: 0))
        #expect(failure(5, 5, 3) == .indexOutOfRange(index: 5, treeSize: 5))
        #expect(failure(-1, 5, 3) == .indexOutOfRange(index: -1, treeSize: 5))
        #expect(failure(0, -1, 0) == .indexOutOfRange(index: 0, treeSize: -1))
        #expect(failure(.max, .max, 0) == .indexOutOfRange(index: .max, treeSize: .max))
        #expect(failure(4, 5, 3) == .wrongPathLength(expected: 1, found: 3))
        #expect(failure(0, 1, 1) == .wrongPathLength(expected: 0, found: 1))
        #expect(failure(0, .max, 62) == .wrongPathLength(expected: 63, found: 62))
    }

    @Test
    func `survives its encoding, and no other bytes are one`() throws {
        let proof = InclusionProof(of: 9, in: makeLeaves(21))
        let bytes = proof.encoded()
        #expect(try InclusionProof(decoding: bytes) == proof)
        for count in 0..<bytes.count {
            #expect(throws: ByteReaderError.self) {
                try InclusionProof(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: ByteReaderError.trailingBytes(count: 1)) {
            try InclusionProof(decoding: bytes + [0])
        }
        var huge = bytes
        huge[0] = 0x80
        #expect(throws: ByteReaderError.invalid(what: "a size below 2^63", offset: 0)) {
            try InclusionProof(decoding: huge)
        }
        var long = bytes
        long[16] = 65
        #expect(throws: ByteReaderError.invalid(what: "a path of 64 hashes at most", offset: 16)) {
            try InclusionProof(decoding: long)
        }
    }
}
