import Cryptography
import Platform
import Primitives
import Roles
import Synchronization

/// The sessions that a server has granted to others, in memory only: after a restart nobody has one,
/// and whoever shows one signs instead.
final class GrantedSessions: Sendable {
    private struct Entry {
        var member: Contact
        var session: PeerSession
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        /// By member, older first.
        var ids: [PeerID: [UInt64]] = [:]

        mutating func dropExpired(at now: Instant) {
            entries = entries.filter { $0.value.session.expires > now }
            let left = Set(entries.keys)
            ids = ids.mapValues { $0.filter(left.contains) }.filter { !$0.value.isEmpty }
        }
    }

    private let identity: Identity
    private let state = Mutex(State())

    /// Sessions of all members together.
    static let limit = 4096
    /// Of one: the one in use, and the one that replaces it.
    private static let limitOfOne = 2

    init(identity: Identity) { self.identity = identity }

    /// Grants a session to a member that signed its offer. Nil where there are too many.
    func grant(
        _ offer: SessionOfferForm, to member: Contact, at now: Instant
    ) -> SessionGrantForm? {
        guard
            let (session, form) = PeerSession.grant(
                offer, to: member.publicKey, by: identity, seed: SystemRandom.key(),
                id: SystemRandom.word(), at: now)
        else { return nil }
        return state.withLock { state in
            if state.entries.count >= Self.limit { state.dropExpired(at: now) }
            guard state.entries.count < Self.limit else { return nil }
            var own = state.ids[member.id] ?? []
            if own.count >= Self.limitOfOne { state.entries[own.removeFirst()] = nil }
            state.entries[session.id] = Entry(member: member, session: session)
            state.ids[member.id] = own + [session.id]
            return form
        }
    }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// As after a restart.
    func forgetAll() { state.withLock { $0 = State() } }

    /// The session of an id and who it was granted to, while it is good.
    func session(_ id: UInt64, at now: Instant) -> (member: Contact, session: PeerSession)? {
        state.withLock { state in
            guard let entry = state.entries[id], entry.session.expires > now else { return nil }
            return (entry.member, entry.session)
        }
    }
}
