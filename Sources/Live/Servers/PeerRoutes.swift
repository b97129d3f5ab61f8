import Cryptography
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives
import Roles

/// Serves the routes that other servers ask a role for.
struct PeerRoutes<R: Role>: Sendable {
    let host: Host<R>
    let gate: Gate
    let directory: Directory
    /// Which members the role listens to, by route.
    let serves: @Sendable (WireRoute, Member) -> Bool
    /// Whether the role answers: until it has read its disk back it would leave requests lying.
    var isReady: @Sendable (borrowing R) -> Bool = { _ in true }
    /// Told of every caller before its request is served.
    var met: @Sendable (Member) async -> Void = { _ in }
    var additions: @Sendable () -> WireAnswer.Additions = { .init() }
    /// Where capabilities are kept that copies bring along.
    var keep: @Sendable (SignedCapability) -> Void = { _ in }

    func respond(
        to route: WireRoute, _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        var member: Member?
        if let hash = route.namedBodyHash { member = try caller(request, bodyHash: hash) }
        let body =
            route.bodyLimit == 0
            ? []
            : try await request.collect(
                upTo: route.bodyLimit, context: context)
        let caller = try member ?? caller(request, bodyHash: SHA256.hash(body))
        guard serves(route, caller) else {
            throw HTTPFailure(
                .forbidden, "wrong-role", "A \(caller.role.rawValue) may not ask for this.")
        }
        await met(caller)
        let message = try self.message(route, request, body)
        if case .register(let registration) = message {
            guard registration.node == caller.id, registration.publicKey == caller.publicKey else {
                throw HTTPFailure(
                    .forbidden, "wrong-sender", "A node registers itself only, with its own key.")
            }
        }
        guard await host.read(isReady) else { throw HTTPFailure.starting }
        return try await answer(to: message, route, from: caller)
    }

    /// Agrees with a member on a session, which only its signature can ask for.
    func openSession(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await request.collect(upTo: Self.offerLimit, context: context)
        let caller = try caller(request, bodyHash: SHA256.hash(body), mustSign: true)
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

    private func caller(
        _ request: Request, bodyHash: Hash256, mustSign: Bool = false
    ) throws -> Member {
        let prove = mustSign ? gate.signer : gate.caller
        do throws(Gate.Refusal) {
            return try prove(
                request.headers[.authorization], request.headers[Self.introductionHeader],
                request.method.rawValue, request.uri.string, bodyHash)
        } catch {
            switch error {
            case .unsigned:
                throw HTTPFailure(
                    .unauthorized, "unsigned", "The request is not signed by who it says.")
            case .expired:
                throw HTTPFailure(
                    .unauthorized, "expired",
                    "The signature has expired, or the clocks of the two servers differ.")
            case .stranger:
                throw HTTPFailure(
                    .forbidden, "stranger", "The sender has not this network's join token.")
            case .unknownSession:
                throw HTTPFailure(
                    .unauthorized, "unknown-session", "The session has ended. Sign the request.")
            case .replayed:
                throw HTTPFailure(.conflict, "replayed", "This request was served before.")
            }
        }
    }

    private func message(
        _ route: WireRoute, _ request: Request, _ body: [UInt8]
    ) throws -> Message {
        var capability: SignedCapability?
        if let text = request.headers[Self.capabilityHeader] {
            guard let signed = SignedCapability(hexadecimal: text),
                let issuer = directory[signed.capability.issuer], issuer.role == .backend,
                signed.isValid(issuer: issuer.publicKey)
            else {
                throw HTTPFailure(
                    .forbidden, "bad-capability",
                    "The capability is not signed by a backend that is known here.")
            }
            capability = signed
        }
        let message = try route.message(body: body, capability: capability)
        if case .copy = message {
            let (source, given) = try WireRoute.copyCompanions(body)
            guard directory.learn(source) != .stranger else {
                throw HTTPFailure(
                    .forbidden, "stranger", "The source has not this network's join token.")
            }
            keep(given)
        }
        return message
    }

    private func answer(
        to message: Message, _ route: WireRoute, from caller: Member
    ) async throws -> Response {
        switch route {
        case .damaged, .unregister:
            await host.receive(message, from: caller.id)
            return Response(status: .accepted)
        default: break
        }
        let patience: Primitives.Duration = route == .leave ? .seconds(5) : .minutes(3)
        guard let answer = await host.receive(message, from: caller.id, timeout: patience) else {
            // Not yet: the node asks again.
            if route == .leave { return Response(status: .accepted) }
            throw HTTPFailure(
                .serviceUnavailable, "no-answer", "The server is starting or stopping. Try again.",
                retryAfterSeconds: 1)
        }
        guard let wire = WireAnswer(answer, additions: additions()) else {
            throw HTTPFailure(.internalServerError, "internal", "The answer has no form.")
        }
        return Response(
            status: HTTPResponse.Status(code: wire.status),
            headers: [.contentType: wire.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: wire.body)))
    }

    private static var introductionHeader: HTTPField.Name { HTTPField.Name(Introduction.header)! }
    private static var capabilityHeader: HTTPField.Name {
        HTTPField.Name(WireRequest.capabilityHeader)!
    }
}

extension Request {
    /// A parameter of the query that must be there and must have this form.
    func query<Value: LosslessStringConvertible>(
        _ name: Substring, as type: Value.Type
    ) throws -> Value {
        guard let text = uri.queryParameters[name], let value = Value(String(text)) else {
            throw HTTPFailure.badRequest("The query needs \(name)=….")
        }
        return value
    }
}
