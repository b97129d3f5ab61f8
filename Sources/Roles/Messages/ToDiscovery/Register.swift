package import Cryptography
package import Primitives

/// A node's introduction to a discovery.
package struct Registration: Sendable, Equatable, Codable {
    package var node: PeerID
    package var publicKey: PublicKey
    /// Drawn anew at every start, so that a restart is noticed however short it was.
    @Word package var incarnation: UInt64
    package var domain: UInt32
    package var capacityBytes: UInt64
    package var freeBytes: UInt64

    private enum CodingKeys: String, CodingKey {
        case node, incarnation, domain, capacityBytes, freeBytes
        case publicKey = "key"
    }
}

/// The number under which a discovery keeps a node's registration, to be named in heartbeats.
package struct Lease: Sendable, Equatable {
    package var number: UInt32
}

extension Registration: ServerRequest {
    package static let kind = MessageKind("register")
    package var bodyByteCount: Int { 160 }
    package var words: (UInt64, UInt64) { (node.raw, incarnation) }

    package static let route = Route(.post, "/register")
    package static let askers = [MemberRole.node]

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        self = try edge.read(Self.self, wire.body)
        guard let sender = edge.sender, node == sender.id, publicKey == sender.publicKey else {
            throw .forbidden(
                code: "wrong-sender", "A node registers itself only, with its own key.")
        }
    }

    package static func encode(_ reply: Lease, _ edge: some Edge) -> WireAnswer {
        WireAnswer(200, .json(edge.json(LeaseForm(lease: reply.number, backends: edge.backends))))
    }

    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> Lease {
        try wire.expect(200)
        let form = try edge.read(LeaseForm.self, wire.bytes)
        edge.learn(form.backends ?? [])
        return Lease(number: form.lease)
    }

    package var request: Request { .discovery(.register(self)) }
    package static func answer(_ reply: Lease) -> Answer { .discovery(.register(reply)) }
}

extension Lease: MessageContent {
    package static let kind = MessageKind("register answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(number), 0) }
}

private struct LeaseForm: Codable {
    var lease: UInt32
    /// The backends that the discovery knows.
    var backends: [Contact]?
}
