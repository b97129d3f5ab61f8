import Cryptography
import Files
import Merkle
import Platform
import Primitives

/// Fetches a file: asks for its chunks, some at a time, each with the proof that it belongs to the
/// file, opens them and writes them in order. Nothing that fails a check is ever written.
package struct Download: Sendable {
    /// Where the bytes go.
    package enum Target: Sendable {
        /// A file, which appears once it is whole; what a broken download brought is kept beside it
        /// and the next one goes on from there. An existing file stays unless it is to be replaced.
        case file(String, replacing: Bool)
        /// An open descriptor, such as standard output.
        case stream(CInt)
    }

    package let client: StoreClient
    package let file: StoredFile
    package let target: Target
    /// Is told of every chunk that was written.
    package let progress: @Sendable (TransferProgress) -> Void

    package init(
        client: StoreClient, file: StoredFile, target: Target,
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) {
        self.client = client
        self.file = file
        self.target = target
        self.progress = progress
    }

    /// Fetches the file. Returns how many of its bytes an earlier try had brought. Throws
    /// `ClientError`: `alreadyExists` where the target is there, `misbehaving` where the backend
    /// sends what is not the file.
    package func run() async throws -> UInt64 {
        switch target {
        case .stream(let descriptor):
            let stream = File(stream: descriptor, named: "standard output")
            try await fetch(from: 0, content: SHA256Hasher()) { bytes throws(ClientError) in
                try LocalFile.telling(.cannotWrite, stream.path, try stream.append(bytes))
            }
            return 0
        case .file(let path, let replacing):
            guard replacing || !LocalFile.files.exists(path) else { throw LocalFile.isThere(path) }
            let partial = try PartialFile(target: path, file: file)
            let kept = try partial.keepWhatIsRight()
            try await fetch(from: kept.chunks, content: kept.content) {
                bytes throws(ClientError) in try partial.append(bytes)
            }
            try partial.finish(replacing: replacing)
            return kept.bytes
        }
    }

    /// Writes the chunks from one on, in order, and checks that the whole is the file.
    private func fetch(
        from first: Int, content: SHA256Hasher, write: ([UInt8]) throws(ClientError) -> Void
    ) async throws {
        let manifest = file.manifest
        let opener = FileOpener(manifest: manifest, fileID: file.id, fileKey: file.fileKey)
        let tree = MerkleLog(leafHashes: manifest.chunks.map { MerkleTree.leafHash($0) })
        var content = content
        let resumed = min(manifest.size, UInt64(first) * UInt64(manifest.chunkSize.count))
        var shown = TransferProgress(bytes: resumed, resumedBytes: resumed, total: manifest.size)
        progress(shown)
        try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            var asked = first
            var written = first
            // Chunks that came before their turn: no more than a window of them.
            var early: [Int: [UInt8]] = [:]
            while written < manifest.chunks.count {
                while asked < manifest.chunks.count, asked - written < client.options.window {
                    let index = asked
                    group.addTask { (index, try await chunk(at: index, opener, tree)) }
                    asked += 1
                }
                guard let (index, bytes) = try await group.next() else { break }
                early[index] = bytes
                while let bytes = early.removeValue(forKey: written) {
                    content.update(bytes)
                    try write(bytes)
                    shown.bytes += UInt64(bytes.count)
                    progress(shown)
                    written += 1
                }
            }
        }
        guard content.finalize() == manifest.contentHash else { throw notTheFile }
    }

    private func chunk(
        at index: Int, _ opener: FileOpener, _ tree: MerkleLog
    ) async throws -> [UInt8] {
        let sealed = try await client.chunk(
            file.manifest.chunks[index], of: file.id,
            proof: tree.inclusionProof(of: index, size: tree.count))
        return try translating(try opener.open(sealed, at: index), to: notTheFile)
    }

    private var notTheFile: ClientError {
        ClientError(
            .misbehaving,
            "The backend at \(client.backend) sent bytes that are not this file's. Nothing wrong was "
                + "written. Try again; if it goes on, tell the backend's operator.")
    }
}
