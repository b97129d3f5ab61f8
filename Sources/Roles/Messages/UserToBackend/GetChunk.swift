package import Merkle
package import Primitives

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
package enum GetChunkAnswer: Sendable, Equatable {
    case found(Payload)
    /// No replica could be reached or none was intact; another try may succeed.
    case unavailable
    /// Nobody has it: those who are to hold it are gone, or said that they lack it. It comes back only
    /// with one of them.
    case gone
    /// No such file of the asker's, or the chunk is not in it.
    case notFound
}

extension GetChunkRequest: MessageContent {
    package static let kind = MessageKind("get chunk")
    package var bodyByteCount: Int { 112 + 66 * proof.path.count }
    package var words: (UInt64, UInt64) { (file.low, chunk.hash.prefix) }
}

extension GetChunkAnswer: MessageContent {
    package static let kind = MessageKind("get chunk answer")
    package var bodyByteCount: Int { 24 }
    package var payloadByteCount: Int {
        switch self {
        case .found(let payload): payload.byteCount
        case .unavailable, .gone, .notFound: 0
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .found(let payload): (1, payload.word)
        case .unavailable: (2, 0)
        case .notFound: (3, 0)
        case .gone: (4, 0)
        }
    }
}
