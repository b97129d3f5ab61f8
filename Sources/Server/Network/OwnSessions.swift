import Primitives
import Synchronization

/// The sessions that this server has with others, which it asked for.
final class OwnSessions: Sendable {
    private struct Entry {
        var session: PeerSession?
        /// Not before then is the peer asked for another one.
        var asksAt: Instant
    }

    private let entries = Mutex<[PeerID: Entry]>([:])

    /// How long a peer is left alone that was asked, whatever comes of it.
    private static let pause = Duration.minutes(1)

    /// The session with a peer, if there is one; and whether now is the time to ask for another, which
    /// one caller alone is told.
    func session(with peer: PeerID, at now: Instant) -> (session: PeerSession?, isToAsk: Bool) {
        entries.withLock { entries in
            var entry = entries[peer] ?? Entry(session: nil, asksAt: now)
            if let session = entry.session, session.expires <= now { entry.session = nil }
            let isToAsk = now >= entry.asksAt
            if isToAsk { entry.asksAt = now + Self.pause }
            entries[peer] = entry
            return (entry.session, isToAsk)
        }
    }

    func keep(_ session: PeerSession, with peer: PeerID, at now: Instant) {
        // Well before its end, so that there is always one; whatever end the peer gave it.
        let left = max(.zero, min(session.expires - now, PeerSession.lifetime))
        let asksAt = now + max(left * 3 / 4, Self.pause)
        entries.withLock { $0[peer] = Entry(session: session, asksAt: asksAt) }
    }

    /// The peer does not know a session any more.
    func forget(_ session: PeerSession, with peer: PeerID, at now: Instant) {
        entries.withLock { entries in
            guard entries[peer]?.session?.id == session.id else { return }
            entries[peer] = Entry(session: nil, asksAt: now)
        }
    }
}
