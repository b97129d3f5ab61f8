package import Primitives

/// Asks a node to delete its replica of a chunk.
package struct DeleteRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Only a replica that was stored under an older stamp is deleted.
    package var stamp: Instant
    /// After this the request means nothing: its sender has stopped waiting for it.
    package var expires: Instant

    package init(chunk: ChunkID, stamp: Instant, expires: Instant) {
        self.chunk = chunk
        self.stamp = stamp
        self.expires = expires
    }
}

/// What came of a deletion.
package enum DeleteOutcome: UInt8, StatusOutcome {
    case deleted
    case notHeld
    /// Stored again since.
    case newer
    case refused

    package var wire: WireAnswer {
        switch self {
        case .deleted: WireAnswer(204)
        case .notHeld: .noSuchChunk
        case .newer:
            WireAnswer(
                409, .refusal(code: "newer", "The chunk was stored again, or is being written."))
        case .refused: .refused("Another backend stored this chunk, or the request came too late.")
        }
    }
}

extension DeleteRequest: ServerRequest {
    package static let kind = MessageKind("delete")
    package var bodyByteCount: Int { 96 }
    package var words: (UInt64, UInt64) {
        (chunk.hash.prefix, UInt64(bitPattern: stamp.nanoseconds))
    }

    package static let route = Route(.post, "/delete")
    package static let askers = [MemberRole.backend]
    package static let bodyLimit = 4096

    package func encode(_ edge: some Edge) -> WireRequest? {
        let form = DeleteForm(
            chunk: chunk, stamp: stamp, expires: expires)
        return WireRequest(Self.route, body: edge.json(form))
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        let form = try edge.read(DeleteForm.self, wire.body)
        self.init(chunk: form.chunk, stamp: form.stamp, expires: form.expires)
    }

    package static func encode(_ reply: DeleteOutcome, _ edge: some Edge) -> WireAnswer {
        reply.wire
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> DeleteOutcome {
        try DeleteOutcome(status: wire.status)
    }

    package var request: Request { .node(.delete(self)) }
    package static func answer(_ reply: DeleteOutcome) -> Answer { .node(.delete(reply)) }
    package static func reply(in answer: Answer) -> DeleteOutcome? {
        if case .node(.delete(let reply)) = answer { reply } else { nil }
    }
}

extension DeleteOutcome: MessageContent {
    package static let kind = MessageKind("delete answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}

private struct DeleteForm: Codable {
    var chunk: ChunkID
    var stamp: Instant
    var expires: Instant
}
