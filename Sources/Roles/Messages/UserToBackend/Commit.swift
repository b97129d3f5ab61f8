import Files
package import Primitives

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

    /// Whether there are not too many chunks, and manifest and key are of a size that those of such a file
    /// can have. They stay in the ledger for ever, so that nobody may have anything else kept there.
    package var isOfPlausibleSize: Bool {
        chunks.count <= Manifest.chunkLimit
            && sealedManifest.count <= Manifest.largestSealedCount(chunks: chunks.count)
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
    /// has none.
    case conflict
    /// There are too many chunks, the sealed manifest is longer than one of so many chunks, or the wrapped key is none.
    case implausible
}

extension CommitRequest: MessageContent {
    package static let kind = MessageKind("commit")
    package var bodyByteCount: Int {
        48 + 66 * chunks.count + sealedManifest.count + wrappedKey.count
    }
    package var words: (UInt64, UInt64) { (file.low, UInt64(chunks.count)) }
}

extension CommitOutcome: MessageContent {
    package static let kind = MessageKind("commit answer")
    package var bodyByteCount: Int { 32 }
    package var words: (UInt64, UInt64) {
        switch self {
        case .committed: (1, 0)
        case .unknownChunks(let indices): (2, UInt64(indices.count))
        case .conflict: (3, 0)
        case .implausible: (4, 0)
        }
    }
}
