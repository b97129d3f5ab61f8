package import Primitives

/// A request that servers make of each other, with all that belongs to it: who may ask, where it is
/// sent, how it and its answer read on the wire, and how large they may be.
///
/// Routers, clients, limits and tests go over `ServerRequests.all`; they know no request by name.
package protocol ServerRequest: MessageContent {
    /// `Never` where nothing is answered.
    associatedtype Reply: MessageContent

    static var route: Route { get }
    /// The kinds of members that may ask.
    static var askers: [MemberRole] { get }
    /// The most bytes that the body may have.
    static var bodyLimit: Int { get }
    /// The most bytes that the body of an answer may have.
    static var answerLimit: Int { get }
    /// How long the one that is asked may take. Then it says that it cannot answer now, or, where it is
    /// asked again and again, that it has heard.
    static var answerTime: (limit: Duration, isAskedAgain: Bool) { get }

    /// What the SHA-256 of the body must be, where the route's parameters say so: such a request is
    /// known to be genuine before its body is read.
    static func bodyHash(_ parameters: [String]) throws(WireError) -> Hash256?

    /// What the SHA-256 of an answer's body must be, where the parameters say so: who asks looks for itself, and
    /// the body need not be hashed for the answer's proof as well.
    static func answerHash(_ parameters: [String], status: Int) throws(WireError) -> Hash256?

    /// Nil when it names a peer whose address is not known, or shows a capability that is not there.
    func encode(_ edge: some Edge) -> WireRequest?
    init(_ wire: WireRequest, _ edge: some Edge) throws(WireError)

    static func encode(_ reply: Reply, _ edge: some Edge) -> WireAnswer
    /// What the answer says. Throws for what no server of ours would answer.
    func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> Reply

    var request: Request { get }
    static func answer(_ reply: Reply) -> Answer
}

extension ServerRequest {
    package static var bodyLimit: Int { 0 }
    package static var answerLimit: Int { 1 << 20 }
    package static var answerTime: (limit: Duration, isAskedAgain: Bool) { (.minutes(3), false) }
    package static func bodyHash(_ parameters: [String]) throws(WireError) -> Hash256? { nil }
    package static func answerHash(
        _ parameters: [String], status: Int
    ) throws(WireError) -> Hash256? { nil }

    /// Nil for an answer to another kind of request.
    @inline(__always)
    package static func reply(in answer: Answer) -> Reply? { answer.visit(As<Reply>()) }
}

private struct As<Content: MessageContent>: ContentVisitor {
    @inline(__always)
    func visit(_ content: some MessageContent) -> Content? { content as? Content }
}

/// A request without parameters is JSON of its fields, unless it says otherwise.
extension ServerRequest where Self: Codable {
    package static var bodyLimit: Int { 4096 }

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, body: edge.json(self))
    }
    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        self = try edge.read(Self.self, wire.body)
    }
}

extension ServerRequest where Reply: Codable {
    package static func encode(_ reply: Reply, _ edge: some Edge) -> WireAnswer {
        WireAnswer(200, .json(edge.json(reply)))
    }
    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> Reply {
        try wire.expect(200)
        return try edge.read(Reply.self, wire.bytes)
    }
}

extension ServerRequest where Reply: StatusOutcome {
    package static func encode(_ reply: Reply, _ edge: some Edge) -> WireAnswer { reply.wire }
    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> Reply {
        try Reply(status: wire.status)
    }
}

extension ServerRequest where Reply == Never {
    package static func encode(_ reply: Never, _ edge: some Edge) -> WireAnswer {}
    package func reply(_ wire: WireAnswer, _ edge: some Edge) throws(WireError) -> Never {
        throw .unexpectedStatus(wire.status)
    }
    package static func answer(_ reply: Never) -> Answer {}
}

/// Every kind of request between servers.
package enum ServerRequests {
    package static let all: [any ServerRequest.Type] =
        DiscoveryRequest.all + NodeRequest.all + BackendRequest.all
}

extension Request {
    /// The request with what belongs to its kind. Nil for what a user asks, which has no form of its
    /// own between servers.
    package var ofServer: (any ServerRequest)? {
        switch self {
        case .discovery(let request): request.visit(Itself())
        case .node(let request): request.visit(Itself())
        case .backend(let request): request.visit(Itself())
        case .file: nil
        }
    }
}

private struct Itself: RequestVisitor {
    func visit(_ request: some ServerRequest) -> any ServerRequest { request }
}
