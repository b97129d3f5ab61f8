package import Primitives

/// A node's word that it is there, and how much room it has.
package struct Heartbeat: Sendable, Equatable, Codable {
    package var lease: UInt32
    package var freeBytes: UInt64
}

/// Whether the discovery knows the lease; if not, the node must register.
package struct HeartbeatAnswer: Sendable, Equatable {
    package var isKnown: Bool
    /// What the discovery's clock shows; nil where it does not say.
    package var time: Instant?
}

extension Heartbeat: ServerRequest {
    package static let kind = MessageKind("heartbeat")
    package var bodyByteCount: Int { 48 }
    package var words: (UInt64, UInt64) { (UInt64(lease), freeBytes) }

    package static let route = Route(.post, "/heartbeat")
    package static let askers = [MemberRole.node]

    package static func encode(_ reply: HeartbeatAnswer, _ edge: some Edge) -> WireAnswer {
        let form = HeartbeatAnswerForm(
            isKnown: reply.isKnown, backends: edge.backends, time: reply.time)
        return WireAnswer(200, .json(edge.json(form)))
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> HeartbeatAnswer {
        try wire.expect(200)
        let form = try edge.read(HeartbeatAnswerForm.self, wire.bytes)
        edge.learn(form.backends ?? [])
        return HeartbeatAnswer(isKnown: form.isKnown, time: form.time)
    }

    package var request: Request { .discovery(.heartbeat(self)) }
    package static func answer(_ reply: HeartbeatAnswer) -> Answer { .discovery(.heartbeat(reply)) }
}

extension HeartbeatAnswer: MessageContent {
    package static let kind = MessageKind("heartbeat answer")
    package var bodyByteCount: Int { 32 }
    package var words: (UInt64, UInt64) { (isKnown ? 1 : 0, 0) }
}

private struct HeartbeatAnswerForm: Codable {
    var isKnown: Bool
    var backends: [Contact]?
    /// Nanoseconds since 1970.
    var time: Instant?
}
