package import Cryptography
package import Primitives

/// Turns a stream of plaintext into sealed chunks and, at its end, the manifest. Holds one chunk of
/// plaintext at most, and 32 bytes for each chunk that went before.
package struct FileSealer: Sendable {
    private let name: String
    private let sealer: ChunkSealer
    private var chunker: Chunker
    private var tally = Tally()

    /// For one file version, whose key and id must be new and random.
    package init(
        name: String, fileID: FileID, fileKey: SecretKey, chunkSize: ChunkSize = .standard,
        compress: Bool = true
    ) {
        self.name = name
        sealer = ChunkSealer(
            fileID: fileID, fileKey: fileKey, chunkSize: chunkSize, compress: compress)
        chunker = Chunker(chunkSize: chunkSize)
    }

    /// Takes the next bytes of the file, as many as there are, and gives each chunk that they complete
    /// to `emit`.
    package mutating func append(
        _ bytes: UnsafeRawBufferPointer, emit: (SealedChunk) throws(FilesError) -> Void
    ) throws(FilesError) {
        try chunker.append(bytes) { (chunk) throws(FilesError) in
            let sealed = try sealer.seal(chunk)
            tally.add(chunk, as: sealed.id)
            try emit(sealed)
        }
    }

    /// Ends the file: its last chunk, and the manifest of all. Throws `malformedManifest` for a name or
    /// a size that no manifest may have.
    package consuming func finish() throws(FilesError) -> (last: SealedChunk, manifest: Manifest) {
        let lastChunk = chunker.finish()
        let last = try sealer.seal(lastChunk)
        tally.add(lastChunk, as: last.id)
        let manifest = try Manifest(
            name: name, size: tally.size, contentHash: tally.content.finalize(),
            chunkSize: sealer.chunkSize, chunks: tally.names)
        return (last, manifest)
    }

    /// What the manifest will say of the chunks so far.
    private struct Tally {
        var content = SHA256Hasher()
        var size: UInt64 = 0
        var names: [ChunkID] = []

        // By chunk, not as the bytes come in: they are in the processor's cache now.
        mutating func add(_ chunk: Chunk, as name: ChunkID) {
            content.update(chunk.bytes)
            size += UInt64(chunk.bytes.count)
            names.append(name)
        }
    }
}
