package import Ledger
package import Primitives

/// Asks a node to delete its replica of a chunk.
package struct DeleteRequest: Sendable, Equatable, Codable {
    package var chunk: ChunkID
    /// Only a replica that was stored under an older stamp is deleted.
    package var stamp: Instant
    /// After this the request means nothing: its sender has stopped waiting for it.
    package var expires: Instant
    /// What the asker's ledger has durably: a node that knows more of it refuses.
    package var head: SignedHeader?
}

/// What came of a deletion.
package enum DeleteOutcome: UInt8, StatusOutcome {
    case deleted
    case notHeld
    /// Stored again since.
    case newer
    case refused
    /// The asker's ledger had come further before, or otherwise: it is behind its nodes.
    case behind

    package var wire: WireAnswer {
        switch self {
        case .deleted: WireAnswer(204)
        case .notHeld: .noSuchChunk
        case .newer:
            WireAnswer(
                409, .refusal(code: "newer", "The chunk was stored again, or is being written."))
        case .refused: .refused("Another backend stored this chunk, or the request came too late.")
        case .behind:
            WireAnswer(
                412,
                .refusal(code: "behind", "The backend's ledger had come further before."))
        }
    }
}

extension DeleteRequest: ServerRequest {
    package static let kind = MessageKind("delete")
    package var bodyByteCount: Int { head == nil ? 96 : 580 }
    package var words: (UInt64, UInt64) {
        (chunk.hash.prefix, UInt64(bitPattern: stamp.nanoseconds))
    }

    package static let route = Route(.post, "/delete")
    package static let askers = [MemberRole.backend]

    package var request: Request { .node(.delete(self)) }
    package static func answer(_ reply: DeleteOutcome) -> Answer { .node(.delete(reply)) }
}

extension DeleteOutcome: MessageContent {
    package static let kind = MessageKind("delete answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}
