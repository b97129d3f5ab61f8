import Cryptography
package import Files
package import Primitives
import Wire

/// Stores a file: reads, seals and sends it chunk by chunk, and commits it in the end. Some chunks are
/// under way at any time, so the memory does not depend on the file's size.
package struct Upload: Sendable {
    /// What to upload.
    package enum Source: Sendable {
        /// A file; a broken upload of it can go on.
        case file(String)
        /// An open descriptor, such as standard input.
        case stream(CInt)
    }

    package let client: StoreClient
    package let session: UserSession
    /// What the file is to be called.
    package let name: String
    package let source: Source
    /// Where to remember how far it is; nil: nowhere.
    package let folders: ClientFolders?
    /// Is told of every chunk that has arrived.
    package let progress: @Sendable (TransferProgress) -> Void

    package init(
        client: StoreClient, session: UserSession, name: String, source: Source,
        folders: ClientFolders?, progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) {
        self.client = client
        self.session = session
        self.name = name
        self.source = source
        self.folders = folders
        self.progress = progress
    }

    /// Stores the file. It is durable and in the ledger when this returns. Throws `ClientError`;
    /// `sourceChanged` where somebody writes the file while it is read.
    package func run() async throws -> StoredUpload {
        let source = try open()
        var isFirst = true
        while true {
            let journal = try journal(of: source)
            do {
                return try await attempt(source, journal)
            } catch let error as ClientError where error.kind == .sourceChanged {
                // The key has met other bytes at one of the indices: it must not go on.
                journal.remove()
                guard isFirst, journal.isResumed else { throw error }
            }
            isFirst = false
            source.rewind()
        }
    }

    private func open() throws(ClientError) -> UploadSource {
        switch source {
        case .file(let path): try UploadSource(path: path)
        case .stream(let file): UploadSource(stream: file, named: "standard input")
        }
    }

    private func journal(of source: UploadSource) throws -> UploadJournal {
        guard case .file(let path) = self.source, let stamp = source.stamp, let folders else {
            return .none()
        }
        return try .open(
            folders.uploadJournal(
                user: session.user, backend: session.backend, source: LocalFile.absolute(path)),
            stamp: stamp, masterKey: session.masterKey)
    }

    private func attempt(
        _ source: UploadSource, _ journal: UploadJournal
    ) async throws -> StoredUpload {
        let sealer = ChunkSealer(
            fileID: journal.fileID, fileKey: journal.fileKey, chunkSize: source.chunkSize)
        let sent = try await sendAll(source, sealer, journal)
        guard source.stamp == nil || source.isUnchanged else { throw Self.sourceChanged }
        let manifest = try Manifest(
            name: name, size: sent.size, contentHash: sent.contentHash, chunkSize: source.chunkSize,
            chunks: sent.chunks)
        let form = CommitForm(
            chunks: manifest.chunks,
            sealedManifest: Base64(
                try manifest.sealed(under: journal.fileKey, for: journal.fileID)),
            wrappedKey: Base64(try session.masterKey.wrap(journal.fileKey, for: journal.fileID)))
        try await commit(form, source, sealer, journal)
        journal.remove()
        return StoredUpload(id: journal.fileID, manifest: manifest, resumedBytes: sent.resumedBytes)
    }

    // MARK: Chunks

    /// What was sent, as the manifest will say it.
    private struct Sent {
        var size: UInt64 = 0
        var contentHash = Hash256.zero
        var chunks: [ChunkID] = []
        var resumedBytes: UInt64 = 0
    }

    /// One chunk that the backend has.
    private struct Arrival: Sendable {
        var index: Int
        var id: ChunkID
        var count: Int
        var wasThere: Bool
    }

    private func sendAll(
        _ source: UploadSource, _ sealer: ChunkSealer, _ journal: UploadJournal
    ) async throws -> Sent {
        var chunks = try SourceChunks(source)
        var sent = Sent()
        var content = SHA256Hasher()
        var shown = TransferProgress(
            bytes: 0, resumedBytes: 0, total: source.stamp.map { UInt64(max(0, $0.size)) })
        try await withThrowingTaskGroup(of: Arrival.self) { group in
            func arrive(_ arrival: Arrival) {
                sent.chunks[arrival.index] = arrival.id
                shown.bytes += UInt64(arrival.count)
                if arrival.wasThere { shown.resumedBytes += UInt64(arrival.count) }
                progress(shown)
            }
            while let chunk = try chunks.nextChunk() {
                if chunk.index >= client.options.window, let arrival = try await group.next() {
                    arrive(arrival)
                }
                try Task.checkCancellation()
                content.update(chunk.bytes)
                sent.size += UInt64(chunk.bytes.count)
                sent.chunks.append(ChunkID(.zero))
                group.addTask { try await send(chunk, sealer, journal) }
            }
            while let arrival = try await group.next() { arrive(arrival) }
        }
        sent.contentHash = content.finalize()
        sent.resumedBytes = shown.resumedBytes
        return sent
    }

    /// Seals a chunk and hands it over, unless that was done.
    private func send(
        _ chunk: Chunk, _ sealer: ChunkSealer, _ journal: UploadJournal
    ) async throws -> Arrival {
        let sealed = try sealer.seal(chunk)
        guard try journal.willSend(sealed.id, at: chunk.index) else { throw Self.sourceChanged }
        let wasThere = journal.hasSent(chunk.index)
        if !wasThere {
            try await client.put(sealed)
            try journal.didSend(at: chunk.index)
        }
        return Arrival(
            index: chunk.index, id: sealed.id, count: chunk.bytes.count, wasThere: wasThere)
    }

    // MARK: Commit

    /// How often a commit is tried while the backend misses chunks.
    private static let commitTries = 4

    private func commit(
        _ form: CommitForm, _ source: UploadSource, _ sealer: ChunkSealer, _ journal: UploadJournal
    ) async throws {
        for tried in 1... {
            do {
                return try await client.commit(journal.fileID, form)
            } catch let error as ClientError where error.kind == .unknownChunks {
                guard tried < Self.commitTries, source.stamp != nil, !error.indices.isEmpty else {
                    throw ClientError(
                        .unavailable,
                        "The network lost chunks of the file before it was complete. Try again.")
                }
                try await sendAgain(error.indices, of: form.chunks, source, sealer)
            }
        }
    }

    /// Sends chunks that the backend does not know any more. Their bytes must be the same as before.
    private func sendAgain(
        _ indices: [Int], of chunks: [ChunkID], _ source: UploadSource, _ sealer: ChunkSealer
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, index) in indices.enumerated() {
                guard chunks.indices.contains(index) else {
                    throw ClientError.unreadable(
                        "indices of chunks that the file does not have", from: client.backend)
                }
                if position >= client.options.window { try await group.next() }
                let bytes = try source.chunk(at: index)
                group.addTask {
                    let sealed = try sealer.seal(
                        bytes, index: index, isLast: index == chunks.count - 1)
                    guard sealed.id == chunks[index] else { throw Self.sourceChanged }
                    try await client.put(sealed)
                }
            }
            try await group.waitForAll()
        }
    }

    private static let sourceChanged = ClientError(
        .sourceChanged, "The file changed while it was read. Put it again when nobody writes it.")
}

/// What an upload made.
package struct StoredUpload: Sendable {
    package let id: FileID
    package let manifest: Manifest
    /// How many of the bytes an earlier, broken upload had brought.
    package let resumedBytes: UInt64
}
