import Cryptography
import Foundation
import Merkle
import Primitives
import Testing

@Suite("The RFC 6962 tree hash")
struct MerkleTreeTests {
    private struct Vectors: Decodable {
        let leaves: [String]
        let roots: [String]
    }

    @Test
    func `gives the published roots of the first 0 to 8 customary leaves`() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Vectors/rfc6962_roots", withExtension: "json"))
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
        let leaves = try vectors.leaves.map {
            MerkleTree.leafHash(try #require(Hexadecimal.decode($0)))
        }
        #expect(vectors.roots.count == leaves.count + 1)
        var accumulator = MerkleAccumulator()
        for (count, root) in vectors.roots.enumerated() {
            let expected = try #require(Hash256(hexadecimal: root))
            #expect(MerkleTree.root(ofLeafHashes: Array(leaves.prefix(count))) == expected)
            #expect(accumulator.root == expected)
            if count < leaves.count { accumulator.append(leaves[count]) }
        }
    }

    @Test
    func `hashes leaves and nodes behind different first bytes`() {
        let (a, b) = (SHA256.hash([1]), SHA256.hash([2]))
        #expect(MerkleTree.nodeHash(a, b) == SHA256.hash([1] + a.bytes + b.bytes))
        #expect(MerkleTree.leafHash([7, 8]) == SHA256.hash([0, 7, 8]))
        #expect(MerkleTree.leafHash([UInt8]()) == SHA256.hash([0]))
        #expect(MerkleTree.leafHash(a.bytes + b.bytes) != MerkleTree.nodeHash(a, b))
        #expect(MerkleTree.leafHash(ChunkID(a)) == MerkleTree.leafHash(a.bytes))
        let long = [UInt8](repeating: 5, count: 100_000)
        #expect(MerkleTree.leafHash(long) == SHA256.hash([0] + long))
    }

    @Test
    func `agrees with the definition for every size up to 300`() {
        let leaves = makeLeaves(300)
        var accumulator = MerkleAccumulator()
        for count in 0...300 {
            let tree = Array(leaves[..<count])
            let expected = Naive.root(tree)
            #expect(MerkleTree.root(ofLeafHashes: tree) == expected)
            #expect(MerkleTree.root(ofLeafHashes: ([.zero] + tree)[1...]) == expected)
            #expect(accumulator.root == expected && accumulator.count == count)
            let log = MerkleLog(leafHashes: tree)
            #expect(log.root(size: count) == expected && log.leafHashes == tree)
            if count < 300 { accumulator.append(leaves[count]) }
        }
    }

    @Test
    func `of a file has the chunk ids as leaves, in order`() {
        let chunks = makeLeaves(11).map(ChunkID.init)
        let leaves = chunks.map { MerkleTree.leafHash($0.hash.bytes) }
        #expect(MerkleTree.root(ofChunks: chunks) == Naive.root(leaves))
        #expect(MerkleTree.root(ofChunks: []) == MerkleTree.emptyRoot)
        #expect(MerkleTree.root(ofChunks: chunks.reversed()) != Naive.root(leaves))
    }
}
