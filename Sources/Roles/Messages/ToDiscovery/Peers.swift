package import Primitives

/// What a discovery, or a backend that merged several, thinks of a node.
package enum PeerStatus: UInt8, Sendable, Comparable, CaseIterable {
    case alive
    /// Silent for a while: nothing new is placed on it.
    case suspect
    /// Silent for long enough that repair may start.
    case dead

    package static func < (a: PeerStatus, b: PeerStatus) -> Bool { a.rawValue < b.rawValue }
}

/// In words.
extension PeerStatus: Codable, Outcome {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let status = PeerStatus(word: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a status")
        }
        self = status
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(word)
    }
}

/// One node as a discovery knows it.
package struct PeerReport: Sendable, Equatable {
    package var registration: Registration
    package var status: PeerStatus
}

/// Asks for the nodes whose report changed after a version of one run of the discovery.
package struct PeersRequest: Sendable, Equatable {
    package var epoch: UInt64
    package var since: UInt64
}

/// The nodes whose report changed after the version that was asked for.
package struct PeersAnswer: Sendable, Equatable {
    /// Names the discovery's own run; a new one means that it forgot everything.
    package var epoch: UInt64
    package var version: UInt64
    package var reports: [PeerReport]
    /// What the discovery's clock shows; nil where it does not say.
    package var time: Instant?
}

extension PeersRequest: ServerRequest {
    package static let kind = MessageKind("peers")
    package var bodyByteCount: Int { 48 }
    package var words: (UInt64, UInt64) { (epoch, since) }

    package static let route = Route(.get, "/peers", query: ["epoch", "since"])
    package static let askers = [MemberRole.backend]
    package static let answerLimit = 128 << 20

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, [Word(epoch), since])
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        epoch = try wire.parameter(0, as: Word.self).value
        since = try wire.parameter(1)
    }

    package static func encode(_ reply: PeersAnswer, _ edge: some Edge) -> WireAnswer {
        let peers = reply.reports.map { report in
            PeerForm(
                registration: report.registration, status: report.status,
                member: edge.contact(report.registration.node))
        }
        let form = PeersForm(
            epoch: Word(reply.epoch), version: reply.version, peers: peers, time: reply.time)
        return WireAnswer(200, .json(edge.json(form)))
    }

    /// A discovery proves nothing of itself: a node that did not prove to belong to the network would
    /// stand in the ledger for ever, so that only those that did are heard of.
    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> PeersAnswer {
        try wire.expect(200)
        let form = try edge.read(PeersForm.self, wire.bytes)
        edge.learn(form.peers.compactMap(\.member))
        let reports = form.peers.compactMap { peer -> PeerReport? in
            let contact = edge.contact(peer.registration.node)
            guard let contact, contact.role == .node,
                contact.publicKey == peer.registration.publicKey
            else { return nil }
            return PeerReport(registration: peer.registration, status: peer.status)
        }
        return PeersAnswer(
            epoch: form.epoch.value, version: form.version, reports: reports, time: form.time)
    }

    package var request: Request { .discovery(.peers(self)) }
    package static func answer(_ reply: PeersAnswer) -> Answer { .discovery(.peers(reply)) }
}

extension PeersAnswer: MessageContent {
    package static let kind = MessageKind("peers answer")
    package var bodyByteCount: Int { 64 + 120 * reports.count }
    package var words: (UInt64, UInt64) { (epoch &* 31 &+ version, UInt64(reports.count)) }
}

private struct PeersForm: Codable {
    var epoch: Word
    var version: UInt64
    var peers: [PeerForm]
    /// Nanoseconds since 1970.
    var time: Instant?
}

private struct PeerForm: Codable {
    var registration: Registration
    var status: PeerStatus
    /// Where it is, and the proof that it belongs to the network.
    var member: Contact?
}
