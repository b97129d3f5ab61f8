import Cryptography
package import Primitives
package import Roles
import Synchronization

/// Decides who a request between servers is from, or why nobody may be served.
package struct Gate: Sendable {
    /// The server that it belongs to; zero for a discovery, which is known by its address only.
    let own: PeerID
    let directory: Directory
    let clock: Clock
    /// Those of a server that grants any.
    var sessions: GrantedSessions?
    private let replays = Box()

    private final class Box: Sendable {
        let seen = Mutex(ReplayGuard())
    }

    package enum Refusal: String, Error {
        case unsigned, expired, stranger, replayed
        /// The session is not, or no longer, one of this server's.
        case unknownSession
    }

    /// The member that sent this very request, a first time, by its signature or under a session.
    /// Throws why it is not served.
    package func caller(
        authorization: String?, introduction: String?, method: String, target: String,
        bodyHash: Hash256
    ) throws(Refusal) -> Contact {
        guard let sessions, let authorization, authorization.hasPrefix(RequestCode.scheme) else {
            return try signer(
                authorization: authorization, introduction: introduction, method: method,
                target: target, bodyHash: bodyHash)
        }
        let now = clock.now
        guard let code = RequestCode(header: authorization) else { throw .unsigned }
        guard RequestSignature.isCurrent(code.expires, at: now) else { throw .expired }
        guard let (member, session) = sessions.session(code.session, at: now) else {
            throw .unknownSession
        }
        let subject = RequestSignature.Subject(
            receiver: own, method: method, target: target, introduction: "", bodyHash: bodyHash)
        guard code.isValid(for: subject, in: session) else { throw .unsigned }
        let isNew = replays.seen.withLock { $0.admit(member.publicKey, nonce: code.nonce, at: now) }
        guard isNew else { throw .replayed }
        return member
    }

    /// Grants a session to a member. Nil where it cannot.
    func grant(_ offer: SessionOfferForm, to member: Contact) -> SessionGrantForm? {
        sessions?.grant(offer, to: member, at: clock.now)
    }

    /// The member that signed this very request, a first time. Throws why it is not served.
    package func signer(
        authorization: String?, introduction: String?, method: String, target: String,
        bodyHash: Hash256
    ) throws(Refusal) -> Contact {
        guard let authorization, let introduction,
            let signature = RequestSignature(header: authorization),
            let member = Introduction.contact(from: introduction, key: signature.sender)
        else { throw .unsigned }
        let now = clock.now
        let subject = RequestSignature.Subject(
            receiver: own, method: method, target: target, introduction: introduction,
            bodyHash: bodyHash)
        guard signature.isCurrent(at: now) else { throw .expired }
        guard signature.isValid(for: subject) else { throw .unsigned }
        switch directory.learn(member) {
        case .known, .new: break
        case .stranger, .refused: throw .stranger
        }
        guard replays.seen.withLock({ $0.admit(signature, at: now) }) else { throw .replayed }
        return member
    }
}
