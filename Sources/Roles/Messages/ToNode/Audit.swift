import Cryptography
package import Primitives

/// Challenges a node to prove that it holds a chunk now.
package struct AuditRequest: Sendable, Equatable, Codable {
    package var chunk: ChunkID
    /// Never used before, so that no answer can be kept ready.
    package var nonce: Hash256

    /// What only the chunk's bytes give: the SHA-256 of nonce and bytes.
    package func proof(of bytes: [UInt8]) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(nonce)
        hasher.update(bytes)
        return hasher.finalize()
    }
}

/// What a node answers to a challenge.
package struct AuditAnswer: Sendable, Equatable {
    package var chunk: ChunkID
    package var outcome: AuditOutcome
    /// What the node's clock shows; nil where it does not say.
    package var time: Instant?

    package init(chunk: ChunkID, outcome: AuditOutcome, time: Instant? = nil) {
        self.chunk = chunk
        self.outcome = outcome
        self.time = time
    }
}

/// What came of a challenge.
package enum AuditOutcome: Sendable, Equatable {
    case proven(Hash256)
    case missing
    case refused
    /// The node holds it and cannot read it now.
    case unavailable
}

extension AuditRequest: ServerRequest {
    package static let kind = MessageKind("audit")
    package var bodyByteCount: Int { 160 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, nonce.prefix) }

    package static let route = Route(.post, "/audit")
    package static let askers = [MemberRole.backend]

    package static func encode(_ reply: AuditAnswer, _ edge: some Edge) -> WireAnswer {
        switch reply.outcome {
        case .proven(let proof):
            WireAnswer(
                200,
                .json(
                    edge.json(
                        AuditAnswerForm(chunk: reply.chunk, proof: proof, time: reply.time))))
        case .missing: .noSuchChunk
        case .refused: .refused("The node does not serve this backend.")
        case .unavailable: .unavailable
        }
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> AuditAnswer {
        let form = wire.status == 200 ? try edge.read(AuditAnswerForm.self, wire.bytes) : nil
        if let form {
            return AuditAnswer(chunk: chunk, outcome: .proven(form.proof), time: form.time)
        }
        let outcome: AuditOutcome =
            switch wire.status {
            case 404 where wire.says(.noSuchChunk, edge): .missing
            case 403: .refused
            case 503 where wire.says(.unavailable, edge): .unavailable
            default: throw .unexpectedStatus(wire.status)
            }
        return AuditAnswer(chunk: chunk, outcome: outcome)
    }

    package var request: Request { .node(.audit(self)) }
    package static func answer(_ reply: AuditAnswer) -> Answer { .node(.audit(reply)) }
}

extension AuditAnswer: MessageContent {
    package static let kind = MessageKind("audit answer")
    package var bodyByteCount: Int { 112 }
    package var words: (UInt64, UInt64) {
        switch outcome {
        case .proven(let proof): (chunk.hash.prefix, proof.prefix)
        case .missing: (chunk.hash.prefix, 1)
        case .refused: (chunk.hash.prefix, 2)
        case .unavailable: (chunk.hash.prefix, 3)
        }
    }
}

private struct AuditAnswerForm: Codable {
    var chunk: ChunkID
    var proof: Hash256
    /// Nanoseconds since 1970.
    var time: Instant?
}
