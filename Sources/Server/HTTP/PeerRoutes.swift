import Cryptography
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives
import Roles
import Wire

/// Serves the requests that other servers make of a role.
struct PeerRoutes<R: Role>: Sendable {
    let host: Host<R>
    let gate: Gate
    let edge: ServerEdge
    /// Whether the role answers: until it has read its disk back it would leave requests lying.
    var isReady: @Sendable (borrowing R) -> Bool = { _ in true }
    /// Told of every caller before its request is served.
    var met: @Sendable (Contact) async -> Void = { _ in }

    func add(_ kinds: [any ServerRequest.Type], to router: Router<ServerContext>) {
        for kind in kinds { add(kind, to: router) }
    }

    private func add<Asked: ServerRequest>(_ kind: Asked.Type, to router: Router<ServerContext>) {
        let route = Asked.route
        let path = RouterPath(route.path)
        switch route.method {
        case .get: router.get(path) { try await respond(to: kind, $0, $1) }
        case .post: router.post(path) { try await respond(to: kind, $0, $1) }
        }
    }

    private func respond<Asked: ServerRequest>(
        to kind: Asked.Type, _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let parameters = try Asked.route.values(in: request, context)
        var caller: (member: Contact, proof: RequestProof)?
        if let hash = try Asked.bodyHash(parameters) {
            caller = try self.caller(request, bodyHash: hash)
        }
        let body =
            Asked.bodyLimit == 0
            ? [] : try await request.collect(upTo: Asked.bodyLimit, context: context)
        let (sender, proof) =
            try caller ?? self.caller(request, bodyHash: SHA256.hash(body))
        guard Asked.askers.contains(sender.role) else {
            throw HTTPFailure(
                .forbidden, "wrong-role", "A \(sender.role.rawValue) may not ask for this.")
        }
        await met(sender)
        let asked = try Asked(
            WireRequest(
                Asked.route, texts: parameters, body: body,
                capability: request.headers[Self.capabilityHeader]), edge.reading(from: sender))
        guard await host.read(isReady) else { throw HTTPFailure.starting }
        let answer = try await answer(asked, from: sender)
        return try response(
            answer, to: proof, named: Asked.answerHash(parameters, status: answer.status))
    }

    /// An answer that is proven to be of this server; of a chunk, its name stands for the body.
    private func response(
        _ answer: WireAnswer, to request: RequestProof, named: Hash256?
    ) -> Response {
        let (body, type) = answer.content
        var response = Response(status: HTTPResponse.Status(code: answer.status))
        if let type { response = .bytes(body, as: type, status: response.status) }
        guard gate.own != PeerID(0) else { return response }
        let proof = AnswerProof(
            request: request, status: answer.status, bodyHash: named ?? SHA256.hash(body))
        response.headers[Self.proofHeader] = proof.text(by: edge.identity)
        return response
    }

    private func answer<Asked: ServerRequest>(
        _ asked: Asked, from sender: Contact
    ) async throws -> WireAnswer {
        let heard = WireAnswer(PeerClient.heard)
        guard Asked.Reply.self != Never.self else {
            await host.receive(asked.request, from: sender.id)
            return heard
        }
        let answer = await host.receive(
            asked.request, from: sender.id, timeout: Asked.answerTime.limit)
        guard let reply = answer.flatMap(Asked.reply(in:)) else {
            if Asked.answerTime.isAskedAgain { return heard }
            throw HTTPFailure(
                .serviceUnavailable, "no-answer", "The server is starting or stopping. Try again.",
                retryAfterSeconds: 1)
        }
        return Asked.encode(reply, edge)
    }

    /// Agrees with a member on a session, which only its signature can ask for.
    func openSession(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await request.collect(upTo: Self.offerLimit, context: context)
        let caller = try caller(request, bodyHash: SHA256.hash(body), mustSign: true).member
        let offer = try WireJSON.read(SessionOfferForm.self, from: body)
        guard let grant = gate.grant(offer, to: caller) else {
            throw HTTPFailure(
                .serviceUnavailable, "no-session", "No session can be had now. Sign requests.",
                retryAfterSeconds: 60)
        }
        return .json(grant)
    }

    /// The most bytes of an offer of a session.
    static var offerLimit: Int { 4096 }

    func caller(
        _ request: Request, bodyHash: Hash256, mustSign: Bool = false
    ) throws(HTTPFailure) -> (member: Contact, proof: RequestProof) {
        let subject = RequestSignature.Subject(
            receiver: gate.own, method: request.method.rawValue, target: request.uri.string,
            introduction: request.headers[Self.introductionHeader] ?? "", bodyHash: bodyHash)
        return try gate.caller(
            subject, authorization: request.headers[.authorization],
            record: request.headers[Self.addressHeader], mustSign: mustSign)
    }

    private static var introductionHeader: HTTPField.Name { HTTPField.Name(Introduction.header)! }
    private static var proofHeader: HTTPField.Name { HTTPField.Name(AnswerProof.header)! }
    private static var addressHeader: HTTPField.Name { HTTPField.Name(AddressRecord.header)! }
    private static var capabilityHeader: HTTPField.Name { HTTPField.Name(SignedCapability.header)! }
}

extension Route {
    /// The values of the parameters as a request gives them.
    fileprivate func values(in request: Request, _ context: ServerContext) throws -> [String] {
        try parameters.map { name in
            let value =
                query.contains(name)
                ? request.uri.queryParameters[name[...]].map(String.init)
                : context.parameters.get(name)
            guard let value else { throw WireError.malformed("the query lacks \(name)") }
            return value
        }
    }
}

extension WireAnswer {
    /// The body and its media type; of an answer without a body, none.
    fileprivate var content: (bytes: [UInt8], type: String?) {
        switch body {
        case .none: ([], nil)
        case .json(let bytes): (bytes, "application/json")
        case .bytes(let bytes): (bytes, "application/octet-stream")
        case .refusal(let code, let message):
            (WireJSON.bytes(ErrorForm(code: code, message: message)), "application/json")
        }
    }
}
