package import Cryptography
package import Primitives

/// Turns sealed chunks back into a file, and refuses whatever is not exactly that file.
///
/// Chunks come in order through `append`, or one by one in any order through `open`, as for a range
/// of bytes. Only `finish` vouches for the whole.
package struct FileOpener: Sendable {
    /// What the file is made of.
    package let manifest: Manifest
    /// How many chunks have been appended: the index of the one that comes next.
    package private(set) var nextIndex = 0
    private let sealer: ChunkSealer
    private var content = SHA256Hasher()

    /// For the file of an opened manifest.
    package init(manifest: Manifest, fileID: FileID, fileKey: SecretKey) {
        self.manifest = manifest
        sealer = ChunkSealer(fileID: fileID, fileKey: fileKey, chunkSize: manifest.chunkSize)
    }

    /// Takes the next chunk and gives its plaintext, which is authentic and in its place. Throws as
    /// `open` does, and `extended` when the file has no more chunks.
    package mutating func append(_ chunk: SealedChunk) throws(FilesError) -> [UInt8] {
        guard nextIndex < manifest.chunks.count else {
            throw .extended(chunks: manifest.chunks.count)
        }
        let plaintext = try open(chunk, at: nextIndex)
        content.update(plaintext)
        nextIndex += 1
        return plaintext
    }

    /// Ends the file. Throws `truncated` where chunks are missing, and `contentMismatch` where the
    /// content is not what the manifest promises.
    package consuming func finish() throws(FilesError) {
        guard nextIndex == manifest.chunks.count else { throw .truncated(chunks: nextIndex) }
        guard content.finalize() == manifest.contentHash else { throw .contentMismatch }
    }

    /// The plaintext of the chunk at `index`.
    ///
    /// Throws `corruptedChunk` where the bytes are not what their name stands for; `misplacedChunk`
    /// where they are another chunk of this file; `foreignChunk` where they are intact but no chunk of
    /// this file; and `undecodableChunk` where the chunk has not the length that its place demands. A
    /// manifest that lists chunks that were not sealed for where it lists them is told from these by
    /// `truncated`, `extended` or `misplacedChunk` as well.
    package func open(_ chunk: SealedChunk, at index: Int) throws(FilesError) -> [UInt8] {
        precondition(manifest.chunks.indices.contains(index), "the file has no such chunk")
        try checkName(of: chunk, at: index)
        let isLast = index == manifest.chunks.count - 1
        let plaintext: [UInt8]
        do throws(FilesError) {
            plaintext = try sealer.open(chunk, index: index, isLast: isLast)
        } catch .foreignChunk {
            throw try misplacement(of: chunk, at: index)
        }
        let expected = manifest.plaintextCount(ofChunk: index)
        guard plaintext.count == expected else {
            throw .undecodableChunk(
                index: index, reason: .wrongLength(count: plaintext.count, expected: expected))
        }
        return plaintext
    }

    private func checkName(of chunk: SealedChunk, at index: Int) throws(FilesError) {
        guard chunk.id != manifest.chunks[index] else { return }
        let actual = SealedChunk(naming: chunk.bytes).id
        guard actual == chunk.id else {
            throw .corruptedChunk(index: index, name: chunk.id, actual: actual)
        }
        if let place = manifest.chunks.firstIndex(of: chunk.id) {
            throw .misplacedChunk(index: index, belongsAt: place)
        }
        throw .foreignChunk(index: index)
    }

    /// Why a chunk that the manifest lists here does not open here. Looks for its place among the
    /// first chunks only, as each look costs a decryption.
    private func misplacement(
        of chunk: SealedChunk, at index: Int
    ) throws(FilesError) -> FilesError {
        let place = try sealer.place(of: chunk, among: min(manifest.chunks.count, 1_024))
        return place.map { .misplacedChunk(index: index, belongsAt: $0) }
            ?? .foreignChunk(index: index)
    }
}
