import Merkle
package import Primitives
package import Roles

/// Whether a world that was left to itself has come to rest.
extension Observer {
    /// Looks at a backend once faults are over for long: nothing is stuck in it, and it agrees with
    /// everybody on who is there. `isLossless`: no message is lost by chance.
    package mutating func inspectAtRest(
        _ backend: Backend, _ actor: UInt32, isLossless: Bool, at now: Instant
    ) {
        guard self[actor].isUp, backend.isReady else { return }
        let stuck = backend.stuck(at: now)
        oracles.check(
            .liveness, at: now, stuck.isEmpty,
            "a backend waits for ever with \(stuck.joined(separator: ", "))")
        guard discoveries.contains(where: { $0.isUp }), !discoveries.contains(where: { $0.isLiar })
        else { return }
        for member in backend.members.all {
            guard let status = member.standing.status else { continue }
            checkStatus(status, of: member.peer, in: "a backend", isLossless, at: now)
        }
    }

    /// Looks at a discovery likewise.
    package mutating func inspectAtRest(
        _ discovery: Discovery, _ actor: UInt32, isLossless: Bool, at now: Instant
    ) {
        guard self[actor].isUp else { return }
        for node in nodes {
            let peer = peer(of: node.actor)
            guard let status = discovery.status(of: peer) else { continue }
            checkStatus(status, of: peer, in: "a discovery", isLossless, at: now)
        }
    }

    private var discoveries: [Participant] { participants.filter { $0.kind == .discovery } }

    /// A node that has been there for long is alive, one that has long been gone is not.
    private mutating func checkStatus(
        _ status: PeerStatus, of peer: PeerID, in whose: String, _ isLossless: Bool, at now: Instant
    ) {
        guard let actor = actor(peer) else { return }
        let node = self[actor]
        // Who is no node was invented, and what a liar said may come again.
        guard node.kind == .node, !node.isLiar else { return }
        // In seconds, since sums of the longest times are none.
        let slack =
            (settings.suspectAfter.seconds + settings.heartbeatInterval.seconds) * 2
            + settings.peersInterval.seconds * 4
        guard (now - node.since).seconds > slack else { return }
        if node.isGone {
            oracles.check(
                .liveness, at: now, status != .alive, "a node that is gone is alive in \(whose)")
        } else if node.isUp {
            oracles.check(
                .liveness, at: now, status == .alive || (!isLossless && status == .suspect),
                "a node that is there is \(status) in \(whose)")
        }
    }

    /// So many events passed since faults ended; `expected` are those that a world at rest has.
    package mutating func checkEvents(_ count: UInt64, expected: Double, at now: Instant) {
        let work = meters.repair.transfers - (measured?.repair.transfers ?? 0)
        let held = nodes.reduce(0) { $0 + $1.replicas.count }
        // Whom a liar, or a node whose disk keeps nothing, has do something in vain does it again and again.
        let hasUnfit = nodes.contains { self[$0.actor].isUnfit && !self[$0.actor].isGone }
        let patience = 1.0 + (liars.isEmpty ? 0 : 9) + (hasUnfit ? 9 : 0)
        let most = patience * (3 * expected + 300 * Double(work + held) + 20_000)
        oracles.check(
            .liveness, at: now, Double(count) <= most,
            "\(count) events since faults ended, where \(Int(most)) are many")
    }
}
