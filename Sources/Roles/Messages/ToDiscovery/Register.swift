package import Cryptography
package import Primitives

/// A node's introduction to a discovery.
package struct Registration: Sendable, Equatable {
    package var node: PeerID
    package var publicKey: PublicKey
    /// Drawn anew at every start, so that a restart is noticed however short it was.
    package var incarnation: UInt64
    package var domain: UInt32
    package var capacityBytes: UInt64
    package var freeBytes: UInt64
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
    package static let bodyLimit = 4096

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, body: edge.json(RegistrationForm(self)))
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        self = try edge.read(RegistrationForm.self, wire.body).registration
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

/// A registration as JSON; also within the answer to `GET /peers`.
struct RegistrationForm: Codable {
    var node: PeerID
    var key: PublicKey
    var incarnation: Word
    var domain: UInt32
    var capacityBytes: UInt64
    var freeBytes: UInt64

    init(_ registration: Registration) {
        node = registration.node
        key = registration.publicKey
        incarnation = Word(registration.incarnation)
        domain = registration.domain
        capacityBytes = registration.capacityBytes
        freeBytes = registration.freeBytes
    }

    var registration: Registration {
        Registration(
            node: node, publicKey: key, incarnation: incarnation.value, domain: domain,
            capacityBytes: capacityBytes, freeBytes: freeBytes)
    }
}

private struct LeaseForm: Codable {
    var lease: UInt32
    /// The backends that the discovery knows.
    var backends: [Contact]?
}
