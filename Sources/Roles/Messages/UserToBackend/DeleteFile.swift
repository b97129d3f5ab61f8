package import Primitives

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
package enum DeleteFileOutcome: UInt8, Sendable {
    case deleted
    case notFound
    /// The chunks are not the file's.
    case mismatched
}

extension DeleteFileRequest: MessageContent {
    package static let kind = MessageKind("delete file")
    package var bodyByteCount: Int { 48 + 66 * chunks.count }
    package var words: (UInt64, UInt64) { (file.low, UInt64(chunks.count)) }
}

extension DeleteFileOutcome: MessageContent {
    package static let kind = MessageKind("delete file answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}
