package import Primitives

/// A node's wish to leave for good, which it repeats until it is granted.
package struct LeaveRequest: Sendable, Equatable {}

/// Whether the node may leave.
package struct LeaveAnswer: Sendable, Equatable, Codable {
    package var isGranted: Bool
}

extension LeaveRequest: ServerRequest {
    package static let kind = MessageKind("leave")
    package var bodyByteCount: Int { 24 }

    package static let route = Route(.post, "/leave")
    package static let askers = [MemberRole.node]
    package static let answerTime = (limit: Duration.seconds(5), isAskedAgain: true)

    package func encode(_ edge: some Edge) -> WireRequest? { WireRequest(Self.route) }
    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {}

    package var request: Request { .backend(.leave(self)) }
    package static func answer(_ reply: LeaveAnswer) -> Answer { .backend(.leave(reply)) }
}

extension LeaveAnswer: MessageContent {
    package static let kind = MessageKind("leave answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (isGranted ? 1 : 0, 0) }
}
