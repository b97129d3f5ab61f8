import Ledger
import Primitives

/// Asks a node to keep a block of the asker's ledger, for good.
package struct KeepBlockRequest: Sendable, Equatable {
    package var height: UInt64
    /// The encoded block.
    package var block: Payload
}

/// What came of keeping a block.
package struct KeepBlockAnswer: Sendable, Equatable {
    package var outcome: KeepBlockOutcome
    /// How many blocks the node keeps of this ledger durably, from the first on without a gap.
    package var count: UInt64
}

/// How keeping a block ended.
package enum KeepBlockOutcome: UInt8, Outcome {
    /// Durable.
    case kept
    /// Another block stands at this height.
    case conflicting
    /// It lies too far beyond those that the node keeps, or is being written, or the disk failed.
    case busy
    case full
    /// Not a block, not from a backend that the node knows, or the node is leaving.
    case refused
}

extension KeepBlockRequest: ServerRequest {
    package static let kind = MessageKind("keep block")
    package var bodyByteCount: Int { 96 + block.byteCount }
    package var words: (UInt64, UInt64) { (height, block.word) }

    package static let route = Route(.post, "/ledger/{height}")
    package static let askers = [MemberRole.backend]
    package static let bodyLimit = ProtocolSettings.chunkBytes.upperBound

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, [height], body: block.bytes)
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        height = try SignedHeader.admit(height: wire.parameter(0))
        block = Payload(bytes: wire.body, byteCount: wire.body.count)
    }

    package static func encode(_ reply: KeepBlockAnswer, _ edge: some Edge) -> WireAnswer {
        let form = KeepBlockForm(outcome: reply.outcome.word, count: reply.count)
        return WireAnswer(200, .json(edge.json(form)))
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> KeepBlockAnswer {
        try wire.expect(200)
        let form = try edge.read(KeepBlockForm.self, wire.bytes)
        guard let outcome = KeepBlockOutcome(word: form.outcome) else {
            throw .malformed("outcome is not one of those that there are")
        }
        return KeepBlockAnswer(outcome: outcome, count: try SignedHeader.admit(height: form.count))
    }

    package var request: Request { .node(.keepBlock(self)) }
    package static func answer(_ reply: KeepBlockAnswer) -> Answer { .node(.keepBlock(reply)) }
}

extension KeepBlockAnswer: MessageContent {
    package static let kind = MessageKind("keep block answer")
    package var bodyByteCount: Int { 48 }
    package var words: (UInt64, UInt64) { (UInt64(outcome.rawValue), count) }
}

private struct KeepBlockForm: Codable {
    var outcome: String
    var count: UInt64
}
