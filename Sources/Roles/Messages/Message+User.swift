import Files
package import Ledger
package import Merkle
package import Primitives

/// A sealed chunk that a user wants kept, for a file to be committed later.
package struct PutChunkRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var payload: Payload

    package init(chunk: ChunkID, payload: Payload) {
        self.chunk = chunk
        self.payload = payload
    }
}

/// What came of a chunk that was put.
package enum PutOutcome: UInt8, Sendable {
    /// Durable on a write quorum.
    case stored
    /// No quorum could be found.
    case unavailable
    case mismatched
    case busy
}

/// Makes a file of chunks that were put before.
package struct CommitRequest: Sendable, Equatable {
    package var file: FileID
    package var chunks: [ChunkID]
    package var sealedManifest: [UInt8]
    package var wrappedKey: [UInt8]

    package init(file: FileID, chunks: [ChunkID], sealedManifest: [UInt8], wrappedKey: [UInt8]) {
        self.file = file
        self.chunks = chunks
        self.sealedManifest = sealedManifest
        self.wrappedKey = wrappedKey
    }

    /// Whether manifest and key are of a size that those of such a file can have. They stay in the
    /// ledger for ever, so that nobody may have anything else kept there.
    package var isOfPlausibleSize: Bool {
        sealedManifest.count <= Manifest.largestSealedCount(chunks: chunks.count)
            && wrappedKey.count == MasterKey.wrappedCount
    }
}

/// What came of a commit.
package enum CommitOutcome: Sendable, Equatable {
    /// The file is in a durable block of the ledger.
    case committed
    /// These chunks, by index, are not stored here; put them again.
    case unknownChunks([UInt32])
    /// The file id or a chunk belongs to another file already, a chunk stands in it twice, or it
    /// has none or too many.
    case conflict
    /// The sealed manifest is longer than one of so many chunks, or the wrapped key is none.
    case implausible
}

/// The record of a file, or that there is none.
package enum FileAnswer: Sendable, Equatable {
    case found(FileRecord)
    /// No such file, or not the asker's: the answer is the same.
    case notFound
}

/// Asks for one chunk of one's own file, proven to be in it.
package struct GetChunkRequest: Sendable, Equatable {
    package var file: FileID
    package var chunk: ChunkID
    package var proof: InclusionProof

    package init(file: FileID, chunk: ChunkID, proof: InclusionProof) {
        self.file = file
        self.chunk = chunk
        self.proof = proof
    }
}

/// A chunk of a file, or why there is none.
package enum ChunkAnswer: Sendable, Equatable {
    case found(Payload)
    /// No replica could be reached or none was intact; another try may succeed.
    case unavailable
    /// No such file of the asker's, or the chunk is not in it.
    case notFound
}

/// Deletes a file. The chunks, which only its owner knows, are checked against the file's root.
package struct DeleteFileRequest: Sendable, Equatable {
    package var file: FileID
    package var chunks: [ChunkID]

    package init(file: FileID, chunks: [ChunkID]) {
        self.file = file
        self.chunks = chunks
    }
}

/// What came of a file's deletion.
package enum FileDeletionOutcome: UInt8, Sendable {
    case deleted
    case notFound
    /// The chunks are not the file's.
    case mismatched
}
