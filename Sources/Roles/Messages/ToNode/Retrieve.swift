package import Primitives

/// Asks a node for a sealed chunk.
package struct RetrieveRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Nil when a backend asks for itself.
    package var capability: Capability?
}

/// A sealed chunk, or why there is none.
package enum RetrieveAnswer: Sendable, Equatable {
    case found(Payload)
    case missing
    case refused
    /// The node holds it and cannot read it now; another try may succeed.
    case unavailable
}

extension RetrieveRequest: ServerRequest {
    package static let kind = MessageKind("retrieve")
    package var bodyByteCount: Int { capability == nil ? 64 : 256 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, 0) }

    package static let route = Route(.get, "/retrieve/{chunk}")
    package static let askers = [MemberRole.node, .backend]
    package static let answerLimit = ProtocolSettings.chunkBytes.upperBound

    package static func answerHash(
        _ parameters: [String], status: Int
    ) throws(WireError) -> Hash256? {
        guard status == 200 else { return nil }
        return try route.parameter(0, of: parameters, as: ChunkID.self).hash
    }

    package func encode(_ edge: some Edge) -> WireRequest? {
        guard let capability else { return WireRequest(Self.route, [chunk]) }
        guard let signed = edge.signed(capability) else { return nil }
        return WireRequest(Self.route, [chunk], capability: signed)
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        chunk = try wire.parameter(0)
        if let text = wire.capability { capability = try edge.capability(shown: text) }
    }

    package static func encode(_ reply: RetrieveAnswer, _ edge: some Edge) -> WireAnswer {
        switch reply {
        case .found(let payload): WireAnswer(200, .bytes(payload.bytes))
        case .missing: .noSuchChunk
        case .refused:
            .refused("Reading takes a capability for this chunk and bearer that has not expired.")
        case .unavailable: .unavailable
        }
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> RetrieveAnswer {
        switch wire.status {
        case 200:
            let bytes = wire.bytes
            guard ProtocolSettings.chunkBytes ~= bytes.count else {
                throw .malformed("a chunk of \(bytes.count) bytes")
            }
            return .found(Payload(bytes: bytes, byteCount: bytes.count))
        case 404 where wire.says(.noSuchChunk, edge): return .missing
        case 403: return .refused
        case 503 where wire.says(.unavailable, edge): return .unavailable
        default: throw .unexpectedStatus(wire.status)
        }
    }

    package var request: Request { .node(.retrieve(self)) }
    package static func answer(_ reply: RetrieveAnswer) -> Answer { .node(.retrieve(reply)) }
}

extension RetrieveAnswer: MessageContent {
    package static let kind = MessageKind("retrieve answer")
    package var bodyByteCount: Int { 24 }
    package var payloadByteCount: Int {
        switch self {
        case .found(let payload): payload.byteCount
        case .missing, .refused, .unavailable: 0
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .found(let payload): (1, payload.word)
        case .missing: (2, 0)
        case .refused: (3, 0)
        case .unavailable: (4, 0)
        }
    }
}
