package import Primitives

/// Asks a node to store a sealed chunk.
package struct StoreRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var payload: Payload
    /// Orders stores and deletes of the same chunk by one backend, however late they arrive.
    package var stamp: Instant
}

/// What came of a store.
package struct StoreAnswer: Sendable, Equatable {
    package var chunk: ChunkID
    package var outcome: StoreOutcome
}

/// How a store ended.
package enum StoreOutcome: UInt8, StatusOutcome {
    /// Durable.
    case stored
    case full
    /// The bytes do not have the name that they came under.
    case mismatched
    /// Not from a backend that the node knows, or the node is leaving.
    case refused
    /// Too much under way, or the disk failed; another try may succeed.
    case busy

    package var wire: WireAnswer {
        switch self {
        case .stored: WireAnswer(201)
        case .full: WireAnswer(507, .refusal(code: "full", "The node has no room for the chunk."))
        case .mismatched:
            WireAnswer(
                422,
                .refusal(
                    code: "mismatched",
                    "The bytes are not those that the chunk's name stands for."))
        case .refused: .refused("The node is leaving, or another backend stored this chunk.")
        case .busy:
            WireAnswer(
                503,
                .refusal(
                    code: "busy", "The chunk is being written, or the disk failed. Try again."))
        }
    }
}

extension StoreRequest: ServerRequest {
    package static let kind = MessageKind("store")
    package var bodyByteCount: Int { 96 }
    package var payloadByteCount: Int { payload.byteCount }
    package var words: (UInt64, UInt64) {
        (chunk.hash.prefix, UInt64(bitPattern: stamp.nanoseconds))
    }

    package static let route = Route(.post, "/store", query: ["chunk", "stamp"])
    package static let askers = [MemberRole.backend]
    package static let bodyLimit = ProtocolSettings.chunkBytes.upperBound

    package static func bodyHash(_ parameters: [String]) throws(WireError) -> Hash256? {
        try route.parameter(0, of: parameters, as: ChunkID.self).hash
    }

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, [chunk, stamp], body: payload.bytes)
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        chunk = try wire.parameter(0)
        stamp = try wire.parameter(1)
        payload = Payload(bytes: wire.body, byteCount: wire.body.count)
    }

    package static func encode(_ reply: StoreAnswer, _ edge: some Edge) -> WireAnswer {
        reply.outcome.wire
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> StoreAnswer {
        StoreAnswer(chunk: chunk, outcome: try StoreOutcome(status: wire.status))
    }

    package var request: Request { .node(.store(self)) }
    package static func answer(_ reply: StoreAnswer) -> Answer { .node(.store(reply)) }
}

extension StoreAnswer: MessageContent {
    package static let kind = MessageKind("store answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, UInt64(outcome.rawValue)) }
}
