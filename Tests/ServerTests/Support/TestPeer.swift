import Cryptography
import Primitives
import Roles
import Testing

@testable import Server

/// A member of a network that says what it is told to.
struct TestPeer: Sendable {
    var identity: Identity
    var member: Contact
    private let token: JoinToken

    /// With a key that is made of a number.
    init(
        _ role: MemberRole, seed: UInt8, token: JoinToken,
        address: String = "http://127.0.0.1:1"
    ) throws {
        try self.init(
            role, key: SigningKey(seed: SecretKey(copying: [UInt8](repeating: seed, count: 32))),
            token: token, address: address)
    }

    init(
        _ role: MemberRole, key: SigningKey, token: JoinToken,
        address: String = "http://127.0.0.1:1"
    ) throws {
        self.token = token
        identity = Identity(key: key)
        member = Contact(
            role: role, publicKey: key.publicKey, proof: token.proof(of: key.publicKey, as: role),
            address: address
        ).signed(1, by: key)
    }

    /// The same at another address, as it says itself, or as somebody else says.
    func moved(to address: String, sequence: UInt64?) -> Contact {
        var member = member
        member.address = address
        return sequence.map { member.signed($0, by: identity.key) } ?? member
    }

    var id: PeerID { identity.id }

    /// What messages need of this peer, which knows these members.
    func edge(knowing contacts: [Contact] = []) -> ServerEdge {
        let directory = Directory(token: token)
        for contact in contacts { directory.learn(contact) }
        return ServerEdge(identity: identity, directory: directory, clock: Clock())
    }

    /// A request as this peer sends it.
    func wire(
        _ request: some ServerRequest, knowing contacts: [Contact] = []
    ) throws -> WireRequest {
        try #require(request.encode(edge(knowing: contacts)))
    }

    /// The headers of a signed request. A discovery's id is zero.
    func headers(
        _ method: String, _ target: String, to receiver: PeerID, body: [UInt8] = [],
        bodyHash: Hash256? = nil, at time: Instant = Clock.systemTime(),
        nonce: UInt64 = .random(in: .min ... .max), introduction: String? = nil
    ) -> [(String, String)] {
        let introduction = introduction ?? Introduction.text(of: member)
        let signature = RequestSignature(
            of: RequestSignature.Subject(
                receiver: receiver, method: method, target: target, introduction: introduction,
                bodyHash: bodyHash ?? SHA256.hash(body)),
            by: identity, at: time, nonce: nonce)
        return [
            ("Authorization", signature.header), (Introduction.header, introduction),
            (AddressRecord.header, member.record?.hexadecimal ?? ""),
        ]
    }

    /// The headers of a request under a session.
    func headers(
        _ method: String, _ target: String, to receiver: PeerID, body: [UInt8] = [],
        in session: PeerSession, at time: Instant = Clock.systemTime()
    ) -> [(String, String)] {
        let code = RequestCode(
            of: RequestSignature.Subject(
                receiver: receiver, method: method, target: target, introduction: "",
                bodyHash: SHA256.hash(body)),
            in: session, at: time, nonce: .random(in: .min ... .max))
        return [("Authorization", code.header)]
    }

    /// A capability of this peer for another.
    func capability(
        for bearer: PeerID, _ chunk: ChunkID, expires: Instant = Clock.systemTime() + .minutes(1)
    ) -> SignedCapability {
        SignedCapability(
            Capability(issuer: id, bearer: bearer, chunk: chunk, expires: expires), by: identity)
    }
}
