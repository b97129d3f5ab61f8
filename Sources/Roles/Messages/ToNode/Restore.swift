package import Primitives

/// Asks a node for a replica back that the asker had deleted, while it is trash there.
package struct RestoreRequest: Sendable, Equatable, Codable {
    package var chunk: ChunkID
}

/// What came of bringing a replica back.
package enum RestoreOutcome: UInt8, StatusOutcome {
    /// It is there and counts again, durably.
    case restored
    case notHeld
    case refused

    package var wire: WireAnswer {
        switch self {
        case .restored: WireAnswer(204)
        case .notHeld: .noSuchChunk
        case .refused: .refused("Another backend stored this chunk.")
        }
    }
}

/// An answer to `RestoreRequest`.
package struct RestoreAnswer: Sendable, Equatable {
    package var chunk: ChunkID
    package var outcome: RestoreOutcome
}

extension RestoreRequest: ServerRequest {
    package static let kind = MessageKind("restore")
    package var bodyByteCount: Int { 64 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, 0) }

    package static let route = Route(.post, "/restore")
    package static let askers = [MemberRole.backend]

    package static func encode(_ reply: RestoreAnswer, _ edge: some Edge) -> WireAnswer {
        reply.outcome.wire
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> RestoreAnswer {
        RestoreAnswer(chunk: chunk, outcome: try RestoreOutcome(status: wire.status))
    }

    package var request: Request { .node(.restore(self)) }
    package static func answer(_ reply: RestoreAnswer) -> Answer { .node(.restore(reply)) }
}

extension RestoreAnswer: MessageContent {
    package static let kind = MessageKind("restore answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, UInt64(outcome.rawValue)) }
}
