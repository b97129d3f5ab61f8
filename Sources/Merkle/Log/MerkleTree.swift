import Cryptography
package import Primitives

/// The Merkle tree hash of RFC 6962 §2.1, over SHA-256.
///
/// Leaves and inner nodes are hashed behind different first bytes, so that no inner node can be
/// passed off as a leaf. A tree of n > 1 leaves splits at the largest power of two below n.
package enum MerkleTree {
    /// The root of a tree without leaves: the SHA-256 of nothing.
    package static let emptyRoot = SHA256.hash([])

    /// The hash of one leaf: SHA-256(0x00 ‖ bytes).
    package static func leafHash(_ bytes: [UInt8]) -> Hash256 {
        // Leaves are ledger records, mostly short: on the stack when they fit.
        withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 16) { buffer in
            buffer[0] = 0x00
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyBytes(from: bytes)
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The hash of the leaf whose bytes are a chunk's 32-byte id.
    package static func leafHash(_ chunk: ChunkID) -> Hash256 {
        withUnsafeTemporaryAllocation(byteCount: 33, alignment: 16) { buffer in
            buffer[0] = 0x00
            chunk.hash.store(to: buffer.baseAddress! + 1)
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    package static func nodeHash(_ left: Hash256, _ right: Hash256) -> Hash256 {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 16) { buffer in
            buffer[0] = 0x01
            left.store(to: buffer.baseAddress! + 1)
            right.store(to: buffer.baseAddress! + 33)
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The root over leaf hashes in order; `emptyRoot` for none.
    package static func root(ofLeafHashes leaves: [Hash256]) -> Hash256 {
        root(ofLeafHashes: leaves[...])
    }

    /// The root over a run of leaf hashes, as if they were a tree of their own.
    package static func root(ofLeafHashes leaves: ArraySlice<Hash256>) -> Hash256 {
        root(count: leaves.count) { leaves[leaves.startIndex + $0] }
    }

    /// The root of a file: the tree whose leaves are its chunk ids in order.
    package static func root(ofChunks chunks: [ChunkID]) -> Hash256 {
        root(count: chunks.count) { leafHash(chunks[$0]) }
    }

    /// Folds leaves from the left. `peaks` holds the roots of the perfect subtrees that the leaves
    /// so far fall into, the largest first: one for each set bit of their count.
    @inline(__always)
    private static func root(count: Int, leaf: (Int) -> Hash256) -> Hash256 {
        guard count > 0 else { return emptyRoot }
        return withUnsafeTemporaryAllocation(of: Hash256.self, capacity: Int.bitWidth) { peaks in
            var height = 0
            for index in 0..<count {
                var hash = leaf(index)
                // Every trailing one of the count is a perfect subtree that this leaf completes.
                for _ in 0..<(~index).trailingZeroBitCount {
                    height -= 1
                    hash = nodeHash(peaks[height], hash)
                }
                peaks.initializeElement(at: height, to: hash)
                height += 1
            }
            var root = peaks[height - 1]
            for peak in stride(from: height - 2, through: 0, by: -1) {
                root = nodeHash(peaks[peak], root)
            }
            return root
        }
    }

    /// The size of the left subtree of a tree of `count` > 1 leaves: the largest power of two below
    /// `count`.
    static func leftCount(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
