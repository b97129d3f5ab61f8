import Cryptography
import Primitives

/// How a request between servers proved whom it is from.
enum RequestProof: Sendable {
    case signed(RequestSignature)
    case coded(RequestCode, PeerSession)

    /// The value of the `Authorization` header.
    var header: String {
        switch self {
        case .signed(let signature): signature.header
        case .coded(let code, _): code.header
        }
    }
}

/// Proves whose an answer between servers is, and to which request: a status that somebody on the way
/// made up could have the sender believe that a chunk is stored.
///
/// Travels as `DecentraStore-Answer: <hexadecimal>`, over the request's own proof, the status and the
/// SHA-256 of the body (of a chunk, its name): HMAC-SHA-256 (32) with the session's key where the request
/// came under a session, else the Ed25519 signature (64) of who answers. A discovery, which is known by its address
/// only, proves none.
struct AnswerProof {
    static let header = "DecentraStore-Answer"

    let request: RequestProof
    let status: Int
    let bodyHash: Hash256

    /// The header's value.
    func text(by identity: Identity) -> String {
        switch request {
        case .signed: Hexadecimal.encode(identity.key.sign(message).bytes)
        case .coded(_, let session): Hexadecimal.encode(code(session).bytes)
        }
    }

    /// Whether the holder of a key answered so.
    func isValid(_ text: String, by key: PublicKey) -> Bool {
        guard let bytes = Hexadecimal.decode(text) else { return false }
        switch request {
        case .signed:
            return Signature(bytes: bytes).map { key.isValid($0, for: message) } ?? false
        case .coded(_, let session): return constantTimeEqual(bytes, code(session).bytes)
        }
    }

    private func code(_ session: PeerSession) -> Hash256 {
        HMAC.authenticate(message, key: session.key)
    }

    private var message: [UInt8] {
        var writer = ByteWriter(reserving: 512)
        writer.write("DecentraStore answer v1")
        writer.write(request.header)
        writer.write(UInt64(status))
        writer.write(bodyHash)
        return writer.bytes
    }
}
