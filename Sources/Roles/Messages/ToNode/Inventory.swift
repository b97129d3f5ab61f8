package import Merkle
package import Primitives

/// A question about the inventory that a node keeps of a backend.
package struct InventoryRequest: Sendable {
    package var question: InventoryQuestion

    package init(_ question: InventoryQuestion) { self.question = question }
}

/// What a node answers to a question about an inventory.
package enum InventoryReply: Sendable {
    /// With what the node's clock shows; nil where it does not say.
    case answered(InventoryAnswer, time: Instant? = nil)
    case refused
}

extension InventoryRequest: ServerRequest {
    package static let kind = MessageKind("inventory")
    package var bodyByteCount: Int { question.encodedByteCount }
    package var words: (UInt64, UInt64) { (question.fingerprint, 0) }

    package static let route = Route(.post, "/inventory")
    package static let askers = [MemberRole.backend]
    package static let bodyLimit = 64 * 1024

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, body: question.encoded())
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        question = try translating(
            try InventoryQuestion(decoding: wire.body),
            to: WireError.malformed("the body is not a question about an inventory"))
    }

    package static func encode(_ reply: InventoryReply, _ edge: some Edge) -> WireAnswer {
        switch reply {
        case .answered(let answer, let time):
            WireAnswer(200, .bytes(answer.encoded() + timeBytes(time)))
        case .refused: .refused("The node does not serve this backend.")
        }
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> InventoryReply {
        if wire.status == 403 { return .refused }
        try wire.expect(200)
        let malformed = WireError.malformed("not an answer about an inventory")
        var reader = ByteReader(Array(wire.bytes.suffix(Self.timeByteCount)))
        let time = try translating(try reader.read(Int64.self), to: malformed)
        let answer = try translating(
            try InventoryAnswer(decoding: Array(wire.bytes.dropLast(Self.timeByteCount))),
            to: malformed)
        return .answered(answer, time: Instant(admitting: time))
    }

    fileprivate static let timeByteCount = 8

    /// Nanoseconds since 1970 behind the answer; -1 where there is no time.
    private static func timeBytes(_ time: Instant?) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(time?.nanoseconds ?? -1)
        return writer.bytes
    }

    package var request: Request { .node(.inventory(self)) }
    package static func answer(_ reply: InventoryReply) -> Answer { .node(.inventory(reply)) }
}

extension InventoryReply: MessageContent {
    package static let kind = MessageKind("inventory answer")
    package var bodyByteCount: Int {
        switch self {
        case .answered(let answer, _): answer.encodedByteCount + InventoryRequest.timeByteCount
        case .refused: 24
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .answered(let answer, _): (answer.fingerprint, 1)
        case .refused: (0, 2)
        }
    }
}
