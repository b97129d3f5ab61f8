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

extension PutChunkRequest: MessageContent {
    package static let kind = MessageKind("put chunk")
    package var bodyByteCount: Int { 96 }
    package var payloadByteCount: Int { payload.byteCount }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, payload.word) }
}

extension PutOutcome: MessageContent {
    package static let kind = MessageKind("put chunk answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}
