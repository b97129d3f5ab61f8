import Merkle
package import Primitives

/// What a file is and which chunks it is made of, in order. Only ever leaves its owner sealed.
package struct Manifest: Hashable, Sendable {
    /// The file's name. Comes from whoever sealed it: a reader must not take it for a path.
    package let name: String
    /// The number of bytes of the file.
    package let size: UInt64
    /// The SHA-256 of the file's bytes.
    package let contentHash: Hash256
    /// The number of bytes of each chunk but the last.
    package let chunkSize: ChunkSize
    /// The names of the sealed chunks, in order. An empty file has one.
    package let chunks: [ChunkID]

    /// The most bytes of a name, in UTF-8.
    package static let maximumNameCount = 4_096
    /// The most bytes of a file: 2⁵³, beyond which JSON numbers lose count.
    package static let maximumSize: UInt64 = 1 << 53

    /// Throws `malformedManifest` where the parts break a rule or do not fit each other.
    package init(
        name: String, size: UInt64, contentHash: Hash256, chunkSize: ChunkSize, chunks: [ChunkID]
    ) throws(FilesError) {
        guard 1...Self.maximumNameCount ~= name.utf8.count, !name.utf8.contains(0) else {
            throw .malformedManifest(.name)
        }
        guard size <= Self.maximumSize else { throw .malformedManifest(.size(size)) }
        let needed = Int(chunkSize.chunkCount(forSize: size))
        guard chunks.count == needed else {
            throw .malformedManifest(.chunkCount(listed: chunks.count, needed: needed))
        }
        self.name = name
        self.size = size
        self.contentHash = contentHash
        self.chunkSize = chunkSize
        self.chunks = chunks
    }

    /// The root of the RFC 6962 §2.1 tree over the 32-byte chunk names: what the ledger keeps, and
    /// what proves that a chunk belongs to a file without showing the others.
    package var merkleRoot: Hash256 { MerkleTree.root(ofChunks: chunks) }

    /// How many plaintext bytes the chunk at `index` has.
    package func plaintextCount(ofChunk index: Int) -> Int {
        precondition(chunks.indices.contains(index), "the file has no such chunk")
        let start = UInt64(index) * UInt64(chunkSize.count)
        return Int(min(UInt64(chunkSize.count), size - start))
    }

    /// The indices of the chunks that hold a range of the file's bytes; empty for bytes past its end.
    package func chunks(covering range: Range<UInt64>) -> Range<Int> {
        let range = range.clamped(to: 0..<size)
        guard !range.isEmpty else { return 0..<0 }
        let first = range.lowerBound / UInt64(chunkSize.count)
        let last = (range.upperBound - 1) / UInt64(chunkSize.count)
        return Int(first)..<Int(last) + 1
    }
}
