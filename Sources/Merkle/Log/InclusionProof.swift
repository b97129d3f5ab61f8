package import Primitives

/// Proof that a leaf stands at an index of a tree with a known root (RFC 6962 §2.1.1).
package struct InclusionProof: Equatable, Sendable {
    /// Where the leaf stands, from 0.
    package var index: Int
    /// How many leaves the tree has.
    package var treeSize: Int
    /// The siblings on the way from the leaf to the root.
    package var path: [Hash256]

    package init(index: Int, treeSize: Int, path: [Hash256]) {
        self.index = index
        self.treeSize = treeSize
        self.path = path
    }

    /// The proof for one of `leafHashes`. Hashes the whole tree; `MerkleLog` makes many proofs
    /// cheaply. `index` must be one of the array's.
    package init(of index: Int, in leafHashes: [Hash256]) {
        precondition(leafHashes.indices.contains(index), "no leaf \(index)")
        let ranges = ProofRanges.inclusion(of: index, size: leafHashes.count)
        self.init(
            index: index, treeSize: leafHashes.count,
            path: ranges.map { MerkleTree.root(ofLeafHashes: leafHashes[$0]) })
    }

    /// Checks that `leafHash` is leaf `index` of the tree of `treeSize` leaves with this root.
    ///
    /// The algorithm of RFC 9162 §2.1.3.2. Whoever calls must know that `root` belongs to
    /// `treeSize` leaves, from a signed header for instance: a root alone does not tell its size.
    package func verify(leafHash: Hash256, root: Hash256) throws(MerkleProofError) {
        guard index >= 0, index < treeSize else {
            throw .indexOutOfRange(index: index, treeSize: treeSize)
        }
        let expected = ProofRanges.inclusion(of: index, size: treeSize).count
        guard path.count == expected else {
            throw .wrongPathLength(expected: expected, found: path.count)
        }
        var position = index
        var last = treeSize - 1
        var hash = leafHash
        for sibling in path {
            if position & 1 == 1 || position == last {
                hash = MerkleTree.nodeHash(sibling, hash)
                // A last node without a sibling rises unchanged until it is a right child.
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        guard hash == root else {
            throw .rootMismatch(treeSize: treeSize, computed: hash, given: root)
        }
    }
}

extension InclusionProof {
    /// Index, tree size, number of hashes (one byte), hashes.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 8 + 8 + 1 + 32 * path.count)
        writer.write(UInt64(index))
        writer.write(UInt64(treeSize))
        writer.write(path: path)
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else. Says nothing about validity.
    package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        let index = try reader.readSize()
        let treeSize = try reader.readSize()
        let path = try reader.readPath()
        try reader.finish()
        self.init(index: index, treeSize: treeSize, path: path)
    }
}
