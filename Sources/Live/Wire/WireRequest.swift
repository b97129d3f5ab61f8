import Cryptography
import Merkle
package import Primitives
package import Roles

/// A message between servers as an HTTP request.
package struct WireRequest: Sendable, Equatable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    /// Path and query.
    package var target: String
    package var body: [UInt8]
    /// The SHA-256 of the body; of a chunk, its name, so that it is not hashed for it alone.
    package var bodyHash: Hash256
    /// Shown to a node for a chunk that somebody else's backend stored.
    package var capability: String?

    /// Whether it stores or fetches a chunk: what servers ask of each other most.
    var isOfChunk = false

    package static let capabilityHeader = "DecentraStore-Capability"

    init(_ method: Method, _ target: String, body: [UInt8] = [], bodyHash: Hash256? = nil) {
        self.method = method
        self.target = target
        self.body = body
        self.bodyHash =
            bodyHash
            ?? (body.isEmpty ? RequestSignature.emptyBodyHash : SHA256.hash(body))
    }
}

/// What encoding a message needs beyond the message.
package protocol WireContext: Sendable {
    /// Signs a capability that this server issues.
    func sign(_ capability: Capability) -> SignedCapability
    /// The capability as its issuer signed it, if it was given to this server.
    func signed(_ capability: Capability) -> SignedCapability?
    /// Where a member is, and the proof that it is one.
    func member(_ id: PeerID) -> Member?
}

extension WireRequest {
    /// Nil for a message that no server sends to another, and for one that names a peer whose address
    /// is not known.
    package init?(_ message: Message, context: some WireContext) {
        switch message {
        case .register(let registration):
            self.init(.post, "/register", body: WireJSON.bytes(NodeForm(registration)))
        case .heartbeat(let lease, let freeBytes):
            self.init(
                .post, "/heartbeat",
                body: WireJSON.bytes(HeartbeatForm(lease: lease, freeBytes: freeBytes)))
        case .unregister: self.init(.post, "/unregister")
        case .peers(let epoch, let since):
            self.init(.get, "/peers?epoch=\(PeerID(epoch).hexadecimal)&since=\(since)")
        case .store(let request):
            self.init(
                .post, "/store?chunk=\(request.chunk)&stamp=\(request.stamp.nanoseconds)",
                body: request.payload.bytes, bodyHash: request.chunk.hash)
            isOfChunk = true
        case .retrieve(let request):
            self.init(.get, "/retrieve/\(request.chunk)")
            isOfChunk = true
            if let capability = request.capability {
                guard let signed = context.signed(capability) else { return nil }
                self.capability = signed.hexadecimal
            }
        case .copy(let request):
            guard let source = context.member(request.source) else { return nil }
            self.init(
                .post, "/copy",
                body: WireJSON.bytes(
                    CopyForm(
                        chunk: request.chunk, byteCount: request.byteCount,
                        source: source.form, stamp: request.stamp.nanoseconds,
                        capability: context.sign(request.capability).hexadecimal)))
        case .delete(let request):
            self.init(
                .post, "/delete",
                body: WireJSON.bytes(
                    ReplicaDeletionForm(
                        chunk: request.chunk, stamp: request.stamp.nanoseconds,
                        expires: request.expires.nanoseconds)))
        case .inventory(let question): self.init(.post, "/inventory", body: question.encoded())
        case .audit(let request):
            self.init(
                .post, "/audit",
                body: WireJSON.bytes(AuditForm(chunk: request.chunk, nonce: request.nonce)))
        case .damaged(let chunk):
            self.init(.post, "/damaged", body: WireJSON.bytes(DamagedForm(chunk: chunk)))
        case .leave: self.init(.post, "/leave")
        default: return nil
        }
    }
}
