package import Merkle
import Primitives

/// A question about the inventory that a node keeps of a backend.
package struct InventoryRequest: Sendable {
    package var question: InventoryQuestion

    package init(_ question: InventoryQuestion) { self.question = question }
}

/// What a node answers to a question about an inventory.
package enum InventoryReply: Sendable {
    case answered(InventoryAnswer)
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
        case .answered(let answer): WireAnswer(200, .bytes(answer.encoded()))
        case .refused: .refused("The node does not serve this backend.")
        }
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> InventoryReply {
        if wire.status == 403 { return .refused }
        try wire.expect(200)
        return .answered(
            try translating(
                try InventoryAnswer(decoding: wire.bytes),
                to: WireError.malformed("not an answer about an inventory")))
    }

    package var request: Request { .node(.inventory(self)) }
    package static func answer(_ reply: InventoryReply) -> Answer { .node(.inventory(reply)) }
}

extension InventoryReply: MessageContent {
    package static let kind = MessageKind("inventory answer")
    package var bodyByteCount: Int {
        switch self {
        case .answered(let answer): answer.encodedByteCount
        case .refused: 24
        }
    }
    package var words: (UInt64, UInt64) {
        switch self {
        case .answered(let answer): (answer.fingerprint, 1)
        case .refused: (0, 2)
        }
    }
}
