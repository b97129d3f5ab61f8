package import AsyncHTTPClient
import Cryptography
import NIOCore
import NIOHTTP1
import Platform
package import Primitives
package import Roles
import Wire

/// Sends a role's requests to other servers over HTTP.
package final class PeerClient: Transport {
    package let identity: Identity
    package let edge: ServerEdge
    private let own: Contact
    private let directory: Directory
    /// Discoveries are known by their address only.
    private let discoveries: [PeerID: String]
    private let client: HTTPClient
    private let clock: Clock
    private let sessions = OwnSessions()

    /// Longer than any role waits.
    private static let timeout = TimeAmount.seconds(180)

    package init(
        identity: Identity, own: Contact, directory: Directory, discoveries: [String],
        client: HTTPClient, clock: Clock
    ) {
        self.identity = identity
        self.own = own
        self.directory = directory
        self.discoveries = Dictionary(
            discoveries.map { (PeerID(ofDiscoveryAt: $0), $0) }, uniquingKeysWith: { a, _ in a })
        self.client = client
        self.clock = clock
        edge = ServerEdge(identity: identity, directory: directory, clock: clock)
    }

    /// Why a request could not be sent.
    package enum Failure: Error {
        case unknownPeer(PeerID)
        /// It is not for servers, or shows a capability that is not there.
        case notForServers
        /// The receiver takes a request that was only just signed for one that has expired.
        case clocksDiffer
        /// What came is not proven to be the peer's answer to this request.
        case unproven
    }

    package func send(_ request: Roles.Request, to peer: PeerID) async throws -> Answer? {
        guard let request = request.ofServer else { throw Failure.notForServers }
        return try await send(request, to: peer)
    }

    private func send<Asked: ServerRequest>(
        _ request: Asked, to peer: PeerID
    ) async throws -> Answer? {
        guard let wire = request.encode(edge) else { throw Failure.notForServers }
        let discovery = discoveries[peer]
        let member = directory[peer]
        guard let base = discovery ?? member?.address else { throw Failure.unknownPeer(peer) }
        let subject = Subject(wire, bodyHash: try Asked.bodyHash(wire.parameters))
        let (response, proof) =
            if discovery == nil, member?.role == .node {
                try await executeInSession(subject, base: base, receiver: peer)
            } else {
                try await execute(
                    signed(subject, base: base, receiver: discovery == nil ? peer : PeerID(0)))
            }
        let body = try await response.body.collect(upTo: Asked.answerLimit)
        let bytes = Array(buffer: body)
        if response.status == .unauthorized, edge.refusalCode(bytes) == Gate.expiredCode {
            throw Failure.clocksDiffer
        }
        let answer = WireAnswer(Int(response.status.code), .bytes(bytes))
        if discovery == nil {
            let named = try Asked.answerHash(wire.parameters, status: answer.status)
            let told = AnswerProof(
                request: proof, status: answer.status, bodyHash: named ?? SHA256.hash(bytes))
            guard let key = member?.publicKey,
                let text = response.headers.first(name: AnswerProof.header),
                told.isValid(text, by: key)
            else { throw Failure.unproven }
        }
        if Asked.Reply.self == Never.self || Asked.answerTime.isAskedAgain,
            answer.status == Self.heard
        {
            return nil
        }
        return Asked.answer(try request.reply(answer, edge))
    }

    /// What is answered where there is nothing to say, or nothing yet.
    static let heard = 202

    /// A request and what the hash of its body is, so that a chunk is not hashed for it alone.
    private struct Subject {
        let wire: WireRequest
        let target: String
        let bodyHash: Hash256

        init(_ wire: WireRequest, bodyHash: Hash256?) {
            self.wire = wire
            target = wire.target
            self.bodyHash =
                bodyHash
                ?? (wire.body.isEmpty
                    ? RequestSignature.emptyBodyHash : SHA256.hash(wire.body))
        }

        func signed(for receiver: PeerID, introduction: String) -> RequestSignature.Subject {
            RequestSignature.Subject(
                receiver: receiver, method: wire.route.method.rawValue, target: target,
                introduction: introduction, bodyHash: bodyHash)
        }
    }

    /// Sends a request under a session with the receiver if there is one, and signed if not.
    private func executeInSession(
        _ subject: Subject, base: String, receiver: PeerID
    ) async throws -> (HTTPClientResponse, RequestProof) {
        let (session, isToAsk) = sessions.session(with: receiver, at: clock.now)
        if isToAsk { Task { try? await openSession(with: receiver, base: base) } }
        if let session {
            let answer = try await execute(
                coded(subject, base: base, receiver: receiver, session))
            guard answer.0.status == .unauthorized else { return answer }
            sessions.forget(session, with: receiver, at: clock.now)
        }
        return try await execute(signed(subject, base: base, receiver: receiver))
    }

    private func execute(
        _ request: Proven, timeout: TimeAmount = timeout
    ) async throws -> (HTTPClientResponse, RequestProof) {
        (try await client.execute(request.http, timeout: timeout), request.proof)
    }

    /// A request with its proof.
    private struct Proven {
        var http: HTTPClientRequest
        var proof: RequestProof

        init(_ http: HTTPClientRequest, _ proof: RequestProof) {
            self.http = http
            self.proof = proof
            self.http.headers.add(name: "authorization", value: proof.header)
        }
    }

    private func signed(_ subject: Subject, base: String, receiver: PeerID) -> Proven {
        var request = unproven(subject, base: base)
        let introduction = Introduction.text(of: own)
        let signature = RequestSignature(
            of: subject.signed(for: receiver, introduction: introduction),
            by: identity, at: clock.now, nonce: SystemRandom.word())
        request.headers.add(name: Introduction.header, value: introduction)
        if let record = own.record {
            request.headers.add(name: AddressRecord.header, value: record.hexadecimal)
        }
        return Proven(request, .signed(signature))
    }

    private func coded(
        _ subject: Subject, base: String, receiver: PeerID, _ session: PeerSession
    ) -> Proven {
        let code = RequestCode(
            of: subject.signed(for: receiver, introduction: ""),
            in: session, at: clock.now, nonce: SystemRandom.word())
        return Proven(unproven(subject, base: base), .coded(code, session))
    }

    private func unproven(_ subject: Subject, base: String) -> HTTPClientRequest {
        let wire = subject.wire
        var request = HTTPClientRequest(url: base + subject.target)
        request.method = wire.route.method == .get ? .GET : .POST
        if let capability = wire.capability {
            request.headers.add(name: SignedCapability.header, value: capability)
        }
        if let id = RequestID.current { request.headers.add(name: "x-request-id", value: id) }
        if wire.route.method == .post { request.body = .bytes(ByteBuffer(bytes: wire.body)) }
        return request
    }

    // MARK: Sessions

    /// Where this fails, requests go on being signed.
    private func openSession(with peer: PeerID, base: String) async throws {
        guard let key = directory[peer]?.publicKey else { return }
        let offer = try SessionOffer(by: own.publicKey, seed: SystemRandom.key())
        let wire = WireRequest(SessionOffer.route, body: WireJSON.bytes(offer.form))
        let (response, _) = try await execute(
            signed(Subject(wire, bodyHash: nil), base: base, receiver: peer), timeout: .seconds(10))
        guard response.status == .ok else { return }
        let body = try await response.body.collect(upTo: 4096)
        let form = try WireJSON.read(SessionGrantForm.self, from: Array(buffer: body))
        guard let session = offer.session(granted: form, by: key) else { return }
        sessions.keep(session, with: peer, at: clock.now)
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
