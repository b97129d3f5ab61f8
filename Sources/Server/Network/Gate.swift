import HTTPTypes
import Primitives
import Roles
import Synchronization

/// Decides who a request between servers is from, or why nobody may be served.
struct Gate: Sendable {
    /// The server that it belongs to; zero for a discovery, which is known by its address only.
    let own: PeerID
    let directory: Directory
    let clock: Clock
    /// Those of a server that grants any.
    var sessions: GrantedSessions?
    private let replays = Box()

    static let expiredCode = "expired"

    private final class Box: Sendable {
        let seen = Mutex(ReplayGuard())
    }

    /// The member that sent this very request, a first time, by its signature or, unless it must sign,
    /// under a session; and how it proved that. Throws why it is not served.
    func caller(
        _ subject: RequestSignature.Subject, authorization: String?, record: String? = nil,
        mustSign: Bool
    ) throws(HTTPFailure) -> (member: Contact, proof: RequestProof) {
        guard !mustSign, let sessions, let authorization,
            authorization.hasPrefix(RequestCode.scheme)
        else { return try signer(subject, authorization, record) }
        let now = clock.now
        guard let code = RequestCode(header: authorization) else { throw .unsigned }
        guard RequestSignature.isCurrent(code.expires, at: now) else { throw .expired }
        guard let (member, session) = sessions.session(code.session, at: now) else {
            throw HTTPFailure(
                .unauthorized, "unknown-session", "The session has ended. Sign the request.")
        }
        var subject = subject
        subject.introduction = ""
        guard code.isValid(for: subject, in: session) else { throw .unsigned }
        try admit(member, nonce: code.nonce, at: now)
        return (member, .coded(code, session))
    }

    /// Grants a session to a member. Nil where it cannot.
    func grant(_ offer: SessionOfferForm, to member: Contact) -> SessionGrantForm? {
        sessions?.grant(offer, to: member, at: clock.now)
    }

    private func signer(
        _ subject: RequestSignature.Subject, _ authorization: String?, _ record: String?
    ) throws(HTTPFailure) -> (member: Contact, proof: RequestProof) {
        guard let signature = authorization.flatMap(RequestSignature.init(header:)),
            var member = Introduction.contact(from: subject.introduction, key: signature.sender)
        else { throw .unsigned }
        let now = clock.now
        guard signature.isCurrent(at: now) else { throw .expired }
        guard signature.isValid(for: subject) else { throw .unsigned }
        member.record = record.flatMap(AddressRecord.init(hexadecimal:))
        switch directory.learn(member) {
        case .known, .new: break
        case .stranger, .refused:
            throw HTTPFailure(
                .forbidden, "stranger", "The sender has not this network's join token.")
        }
        try admit(member, nonce: signature.nonce, at: now)
        return (member, .signed(signature))
    }

    private func admit(_ member: Contact, nonce: UInt64, at now: Instant) throws(HTTPFailure) {
        let isNew = replays.seen.withLock { $0.admit(member.id, nonce: nonce, at: now) }
        guard isNew else {
            throw HTTPFailure(.conflict, "replayed", "This request was served before.")
        }
    }
}

extension HTTPFailure {
    fileprivate static let unsigned = HTTPFailure(
        .unauthorized, "unsigned", "The request is not signed by who it says.")

    fileprivate static let expired = HTTPFailure(
        .unauthorized, Gate.expiredCode,
        "The signature has expired, or the clocks of the two servers differ.")
}
