package import Primitives

/// Asks a node to fetch a chunk from another and store it.
package struct CopyRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var byteCount: Int
    package var source: PeerID
    package var stamp: Instant
    package var capability: Capability
}

/// What came of a copy.
package struct CopyAnswer: Sendable, Equatable {
    package var chunk: ChunkID
    package var outcome: CopyOutcome

    package init(chunk: ChunkID, outcome: CopyOutcome) {
        self.chunk = chunk
        self.outcome = outcome
    }
}

/// How a copy ended.
package enum CopyOutcome: UInt8, Outcome {
    case copied
    case full
    case refused
    case busy
    /// The source has no intact copy.
    case sourceMissing
    /// The source did not answer.
    case sourceSilent
}

extension CopyRequest: ServerRequest {
    package static let kind = MessageKind("copy")
    package var bodyByteCount: Int { 352 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, source.raw) }

    package static let route = Route(.post, "/copy")
    package static let askers = [MemberRole.backend]
    package static let bodyLimit = 4096

    package func encode(_ edge: some Edge) -> WireRequest? {
        guard let source = edge.contact(source) else { return nil }
        let form = CopyForm(
            chunk: chunk, byteCount: byteCount, source: source, stamp: stamp,
            capability: edge.sign(capability))
        return WireRequest(Self.route, body: edge.json(form))
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        let form = try edge.read(CopyForm.self, wire.body)
        guard form.source.isReachable else {
            throw .malformed("source.address is not the base of a URL")
        }
        guard ProtocolSettings.chunkBytes ~= form.byteCount else {
            throw .malformed("byteCount is not that of a chunk")
        }
        self.init(
            chunk: form.chunk, byteCount: form.byteCount, source: form.source.id,
            stamp: form.stamp,
            capability: try edge.keep(capability: form.capability, for: form.source))
    }

    package static func encode(_ reply: CopyAnswer, _ edge: some Edge) -> WireAnswer {
        let form = CopyAnswerForm(chunk: reply.chunk, outcome: reply.outcome.word)
        return WireAnswer(200, .json(edge.json(form)))
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> CopyAnswer {
        try wire.expect(200)
        let form = try edge.read(CopyAnswerForm.self, wire.bytes)
        guard let outcome = CopyOutcome(word: form.outcome) else {
            throw .malformed("outcome is not one of those that there are")
        }
        return CopyAnswer(chunk: chunk, outcome: outcome)
    }

    package var request: Request { .node(.copy(self)) }
    package static func answer(_ reply: CopyAnswer) -> Answer { .node(.copy(reply)) }
}

extension CopyAnswer: MessageContent {
    package static let kind = MessageKind("copy answer")
    package var bodyByteCount: Int { 96 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, UInt64(outcome.rawValue)) }
}

private struct CopyForm: Codable {
    var chunk: ChunkID
    var byteCount: Int
    var source: Contact
    var stamp: Instant
    var capability: String
}

private struct CopyAnswerForm: Codable {
    var chunk: ChunkID
    var outcome: String
}
