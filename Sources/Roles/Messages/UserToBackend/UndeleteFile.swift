package import Primitives

/// Brings a deleted file back while its chunks are trash on the nodes. The chunks, which only its owner
/// knows, are checked against the file's root.
package struct UndeleteFileRequest: Sendable, Equatable {
    package var file: FileID
    package var chunks: [ChunkID]

    package init(file: FileID, chunks: [ChunkID]) {
        self.file = file
        self.chunks = chunks
    }
}

/// What came of bringing a file back.
package enum UndeleteFileOutcome: UInt8, Sendable {
    case undeleted
    /// No such file was deleted lately, or it is not the asker's.
    case notFound
    /// The chunks are not the file's.
    case mismatched
    /// Some chunk is on no node any more.
    case gone
    /// Not now: it is still being deleted, or some nodes do not answer.
    case unavailable
}

extension UndeleteFileRequest: MessageContent {
    package static let kind = MessageKind("undelete file")
    package var bodyByteCount: Int { 48 + 66 * chunks.count }
    package var words: (UInt64, UInt64) { (file.low, UInt64(chunks.count)) }
}

extension UndeleteFileOutcome: MessageContent {
    package static let kind = MessageKind("undelete file answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}
