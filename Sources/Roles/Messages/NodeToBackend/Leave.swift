package import Primitives

/// A node's wish to leave for good, which it repeats until it is granted.
package struct LeaveRequest: Sendable, Equatable {
    package init() {}
}

/// Whether the node may leave.
package struct LeaveAnswer: Sendable, Equatable, Codable {
    package var isGranted: Bool

    package init(isGranted: Bool) { self.isGranted = isGranted }
}

extension LeaveRequest: ServerRequest {
    package static let kind = MessageKind("leave")
    package var bodyByteCount: Int { 24 }

    package static let route = Route(.post, "/leave")
    package static let askers = [MemberRole.node]
    package static let bodyLimit = 0
    package static let answerTime = (limit: Duration.seconds(5), isAskedAgain: true)

    package func encode(_ edge: some Edge) -> WireRequest? { WireRequest(Self.route) }
    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {}

    package static func encode(_ reply: LeaveAnswer, _ edge: some Edge) -> WireAnswer {
        WireAnswer(200, .json(edge.json(reply)))
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> LeaveAnswer {
        try wire.expect(200)
        return try edge.read(LeaveAnswer.self, wire.bytes)
    }

    package var request: Request { .backend(.leave(self)) }
    package static func answer(_ reply: LeaveAnswer) -> Answer { .backend(.leave(reply)) }
    package static func reply(in answer: Answer) -> LeaveAnswer? {
        if case .backend(.leave(let reply)) = answer { reply } else { nil }
    }
}

extension LeaveAnswer: MessageContent {
    package static let kind = MessageKind("leave answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (isGranted ? 1 : 0, 0) }
}
