import Cryptography
package import Primitives
import Roles
import Wire

/// A key that two servers agreed on, so that not every request between them has to be signed: making
/// and checking a signature takes a hundred times as long as an authentication code.
///
/// The initiator sends a fresh X25519 key in a signed request. The receiver answers with one of its
/// own, and signs both. The session's key is derived from what the two have in common, and so known to
/// nobody who recorded all that was said, not even with both identities at hand.
package struct PeerSession: Sendable {
    /// Random, by the receiver.
    package let id: UInt64
    package let expires: Instant
    let key: SecretKey

    /// How long a session is good for.
    package static let lifetime = Duration.hours(1)
}

/// `POST /session`.
struct SessionOfferForm: Codable {
    /// The initiator's X25519 key.
    var key: Hash256
}

/// The answer to `POST /session`.
struct SessionGrantForm: Codable {
    var id: Word
    /// The receiver's X25519 key.
    var key: Hash256
    /// Nanoseconds since 1970.
    var expires: Instant
    /// Of the receiver's identity, over all of it.
    var signature: Hex
}

/// The initiator's side of an agreement on a session.
struct SessionOffer: Sendable {
    static let route = Route(.post, "/session")

    private let own: PublicKey
    private let key: AgreementKey

    init(by own: PublicKey, seed: SecretKey) throws(CryptographyError) {
        self.own = own
        key = try AgreementKey(seed: seed)
    }

    var form: SessionOfferForm { SessionOfferForm(key: key.publicKey) }

    /// Nil for what the peer did not sign, or did not make of this offer.
    func session(granted form: SessionGrantForm, by peer: PublicKey) -> PeerSession? {
        let transcript = Transcript(
            initiator: own, receiver: peer, offered: key.publicKey, granted: form.key,
            id: form.id.value, expires: form.expires)
        guard let signature = Signature(bytes: form.signature.bytes),
            peer.isValid(signature, for: transcript.bytes)
        else { return nil }
        return transcript.session(key.secret(with: form.key))
    }
}

/// What both sides of a session have to agree on.
private struct Transcript {
    var initiator: PublicKey
    var receiver: PublicKey
    var offered: Hash256
    var granted: Hash256
    var id: UInt64
    var expires: Instant

    var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 192)
        writer.write("DecentraStore session v1")
        writer.write(initiator.bytes)
        writer.write(receiver.bytes)
        writer.write(offered)
        writer.write(granted)
        writer.write(id)
        writer.write(expires.nanoseconds)
        return writer.bytes
    }

    func session(_ secret: SecretKey?) -> PeerSession? {
        guard let secret,
            let key = try? HKDF.derive(from: secret, salt: [], info: bytes, count: 32)
        else { return nil }
        return PeerSession(id: id, expires: expires, key: key)
    }
}

/// Proves who sent a request, under a session.
///
/// Travels as `Authorization: DecentraStore-Session <hexadecimal>`: the session's id (8), expiry in
/// nanoseconds since 1970 (8), nonce (8), HMAC-SHA-256 (32) over these, the receiver, method, target
/// and the SHA-256 of the body. The sender need not introduce itself again.
struct RequestCode: Sendable {
    let session: UInt64
    let expires: Instant
    let nonce: UInt64
    private let code: Hash256

    static let scheme = "DecentraStore-Session "
    private static let byteCount = 8 + 8 + 8 + 32

    init(
        of subject: RequestSignature.Subject, in session: PeerSession, at now: Instant,
        nonce: UInt64
    ) {
        self.session = session.id
        expires = now + RequestSignature.lifetime
        self.nonce = nonce
        code = Self.code(subject, session, expires, nonce)
    }

    /// Reads a header's value. Nil for anything but what `header` writes.
    init?(header: String) {
        guard header.hasPrefix(Self.scheme),
            let bytes = Hexadecimal.decode(String(header.dropFirst(Self.scheme.count))),
            bytes.count == Self.byteCount
        else { return nil }
        var reader = ByteReader(bytes)
        guard let session = try? reader.read(UInt64.self),
            let expires = try? reader.readInstant(),
            let nonce = try? reader.read(UInt64.self), let code = try? reader.readHash()
        else { return nil }
        self.session = session
        self.expires = expires
        self.nonce = nonce
        self.code = code
    }

    /// The value of the `Authorization` header.
    var header: String {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.write(session)
        writer.write(expires.nanoseconds)
        writer.write(nonce)
        writer.write(code)
        return Self.scheme + Hexadecimal.encode(writer.bytes)
    }

    /// Whether the session's other side sent this very request.
    func isValid(for subject: RequestSignature.Subject, in session: PeerSession) -> Bool {
        session.id == self.session
            && constantTimeEqual(
                code.bytes, Self.code(subject, session, expires, nonce).bytes)
    }

    private static func code(
        _ subject: RequestSignature.Subject, _ session: PeerSession, _ expires: Instant,
        _ nonce: UInt64
    ) -> Hash256 {
        var writer = ByteWriter(reserving: 256)
        writer.write("DecentraStore coded request v1")
        writer.write(session.id)
        subject.write(to: &writer)
        writer.write(expires.nanoseconds)
        writer.write(nonce)
        return HMAC.authenticate(writer.bytes, key: session.key)
    }
}

extension PeerSession {
    /// The receiver's side of an agreement. Nil for an offer with which there is no secret.
    static func grant(
        _ offer: SessionOfferForm, to initiator: PublicKey, by identity: Identity,
        seed: SecretKey, id: UInt64, at now: Instant
    ) -> (session: PeerSession, form: SessionGrantForm)? {
        guard let key = try? AgreementKey(seed: seed) else { return nil }
        let transcript = Transcript(
            initiator: initiator, receiver: identity.publicKey, offered: offer.key,
            granted: key.publicKey, id: id, expires: now + lifetime)
        guard let session = transcript.session(key.secret(with: offer.key)) else { return nil }
        let form = SessionGrantForm(
            id: Word(id), key: key.publicKey, expires: transcript.expires,
            signature: Hex(identity.key.sign(transcript.bytes).bytes))
        return (session, form)
    }
}
