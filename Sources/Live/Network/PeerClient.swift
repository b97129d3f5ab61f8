package import AsyncHTTPClient
import Cryptography
import HTTPTypes
import NIOCore
import NIOHTTP1
package import Primitives
package import Roles
import Synchronization

/// Sends a role's messages to other servers over HTTP.
package final class PeerClient: Transport, WireContext {
    package let identity: Identity
    private let own: Member
    private let directory: Directory
    /// Discoveries are known by their address only.
    private let discoveries: [PeerID: String]
    private let client: HTTPClient
    private let clock: Clock
    private let sessions = OwnSessions()
    private let capabilities = Mutex<[SignedCapability]>([])

    /// Capabilities that a node keeps for copies under way; the oldest give way.
    private static let capabilityLimit = 256
    /// Longer than any role waits.
    private static let timeout = TimeAmount.seconds(180)

    package init(
        identity: Identity, own: Member, directory: Directory, discoveries: [String],
        client: HTTPClient, clock: Clock
    ) {
        self.identity = identity
        self.own = own
        self.directory = directory
        self.discoveries = Dictionary(
            discoveries.map { (PeerID(ofDiscoveryAt: $0), $0) }, uniquingKeysWith: { a, _ in a })
        self.client = client
        self.clock = clock
    }

    /// Why a message could not be sent.
    package enum Failure: Error {
        case unknownPeer(PeerID)
        case notForServers
    }

    package func send(_ message: Message, to peer: PeerID) async throws -> Message? {
        guard let wire = WireRequest(message, context: self) else { throw Failure.notForServers }
        let discovery = discoveries[peer]
        guard let base = discovery ?? directory[peer]?.address else {
            throw Failure.unknownPeer(peer)
        }
        let response =
            if discovery == nil {
                try await execute(wire, base: base, receiver: peer)
            } else {
                try await client.execute(
                    signed(wire, base: base, receiver: PeerID(0)), timeout: Self.timeout)
            }
        let body = try await response.body.collect(
            upTo: limit(ofAnswerTo: message, response.headers))
        let answer = WireAnswer(
            status: Int(response.status.code),
            contentType: response.headers.first(name: "content-type") ?? "",
            body: Array(buffer: body))
        let (reply, members) = try answer.message(answering: message)
        for member in members where Member.isPlausible(address: member.address) {
            directory.learn(member)
        }
        guard case .peersAnswer(var answer) = reply else { return reply }
        // A discovery proves nothing of itself: a node that did not prove to belong to the network
        // would stand in the ledger for ever.
        answer.reports.removeAll { report in
            let member = directory[report.registration.node]
            return member?.role != .node || member?.publicKey != report.registration.publicKey
        }
        return .peersAnswer(answer)
    }

    /// Sends a request under a session with the receiver if there is one, and signed if not.
    private func execute(
        _ wire: WireRequest, base: String, receiver: PeerID
    ) async throws -> HTTPClientResponse {
        guard wire.isOfChunk else {
            return try await client.execute(
                signed(wire, base: base, receiver: receiver), timeout: Self.timeout)
        }
        let (session, isToAsk) = sessions.session(with: receiver, at: clock.now)
        if isToAsk { Task { try? await openSession(with: receiver, base: base) } }
        if let session {
            let response = try await client.execute(
                coded(wire, base: base, receiver: receiver, session), timeout: Self.timeout)
            guard response.status == .unauthorized else { return response }
            sessions.forget(session, with: receiver, at: clock.now)
        }
        return try await client.execute(
            signed(wire, base: base, receiver: receiver), timeout: Self.timeout)
    }

    private func signed(
        _ wire: WireRequest, base: String, receiver: PeerID
    ) -> HTTPClientRequest {
        var request = unproven(wire, base: base)
        let introduction = Introduction.text(of: own)
        let signature = RequestSignature(
            of: RequestSignature.Subject(
                receiver: receiver, method: wire.method.rawValue, target: wire.target,
                introduction: introduction, bodyHash: wire.bodyHash),
            by: identity, at: clock.now, nonce: UInt64.random(in: .min ... .max))
        request.headers.add(name: "authorization", value: signature.header)
        request.headers.add(name: Introduction.header, value: introduction)
        return request
    }

    private func coded(
        _ wire: WireRequest, base: String, receiver: PeerID, _ session: PeerSession
    ) -> HTTPClientRequest {
        var request = unproven(wire, base: base)
        let code = RequestCode(
            of: RequestSignature.Subject(
                receiver: receiver, method: wire.method.rawValue, target: wire.target,
                introduction: "", bodyHash: wire.bodyHash),
            in: session, at: clock.now, nonce: UInt64.random(in: .min ... .max))
        request.headers.add(name: "authorization", value: code.header)
        return request
    }

    private func unproven(_ wire: WireRequest, base: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + wire.target)
        request.method = wire.method == .get ? .GET : .POST
        if let capability = wire.capability {
            request.headers.add(name: WireRequest.capabilityHeader, value: capability)
        }
        if let id = RequestID.current { request.headers.add(name: "x-request-id", value: id) }
        if wire.method == .post { request.body = .bytes(ByteBuffer(bytes: wire.body)) }
        return request
    }

    private func limit(ofAnswerTo message: Message, _ headers: HTTPHeaders) -> Int {
        switch message {
        case .retrieve: ProtocolSettings.chunkBytes.upperBound
        case .peers: 64 << 20
        default: 1 << 20
        }
    }

    // MARK: Sessions

    /// Where this fails, requests go on being signed.
    private func openSession(with peer: PeerID, base: String) async throws {
        guard let key = directory[peer]?.publicKey else { return }
        var seed = Accounts.randomBytes(AgreementKey.seedCount)
        let offer = try SessionOffer(by: own.publicKey, seed: SecretKey(wiping: &seed))
        let wire = WireRequest(.post, "/session", body: WireJSON.bytes(offer.form))
        let response = try await client.execute(
            signed(wire, base: base, receiver: peer), timeout: .seconds(10))
        guard response.status == .ok else { return }
        let body = try await response.body.collect(upTo: 4096)
        let form = try WireJSON.read(SessionGrantForm.self, from: Array(buffer: body))
        guard let session = offer.session(granted: form, by: key) else { return }
        sessions.keep(session, with: peer, at: clock.now)
    }

    // MARK: Capabilities

    package func sign(_ capability: Capability) -> SignedCapability {
        SignedCapability(capability, by: identity)
    }

    package func signed(_ capability: Capability) -> SignedCapability? {
        capabilities.withLock { kept in kept.last { $0.capability == capability } }
    }

    package func member(_ id: PeerID) -> Member? { directory[id] }

    /// Keeps a capability that this server was given, until it shows it.
    package func keep(_ capability: SignedCapability) {
        let now = clock.now
        capabilities.withLock { kept in
            kept.removeAll { $0.capability.expires <= now }
            if kept.count >= Self.capabilityLimit { kept.removeFirst() }
            kept.append(capability)
        }
    }
}

extension PeerID {
    /// The name of a discovery, of which only the address is known.
    package init(ofDiscoveryAt address: String) {
        self.init(SHA256.hash(Array("DecentraStore discovery v1\0".utf8) + address.utf8).prefix)
    }
}

/// The id of the request that is being served, passed on to servers that are asked on its behalf.
package enum RequestID {
    @TaskLocal package static var current: String?
}
