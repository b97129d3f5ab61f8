import Merkle
import Primitives
package import Roles

/// What belongs to a violation beside what was violated, so that one cause is told from another.
extension Observer {
    /// A participant took an input when that was seen.
    package mutating func place(_ input: Input, by actor: UInt32) {
        oracles.place("\(self[actor].kind), \(input.name)")
    }

    /// Something else was under way when that was seen.
    package mutating func place(_ what: String) { oracles.place(what) }

    /// What the ledgers count on that is no good replica of a chunk: each kind once, as the end of a
    /// sentence; nothing where there is none.
    func countedOn(_ chunk: ChunkID) -> String {
        var count = 0
        var kinds: Set<String> = []
        for backend in backends {
            for peer in backend.ledger?.placements[chunk] ?? [] {
                guard let actor = actor(peer) else { continue }
                count += 1
                if let kind = defect(of: chunk, on: actor) { kinds.insert(kind) }
            }
        }
        let enough = count < census.target ? "too few holders" : "enough holders"
        return kinds.isEmpty
            ? ", counted on \(enough)"
            : ", counted on \(enough), of which \(kinds.sorted().joined(separator: ", "))"
    }

    /// Whether a node that does not lie has a replica.
    func isHonestlyHeld(_ chunk: ChunkID) -> Bool {
        nodes.contains { $0.replicas.contains(chunk) && !self[$0.actor].isLiar }
    }

    /// Whether all that the ledgers count on are good replicas.
    func isWell(_ chunk: ChunkID) -> Bool {
        backends.allSatisfy { backend in
            (backend.ledger?.placements[chunk] ?? []).allSatisfy { peer in
                actor(peer).map { defect(of: chunk, on: $0) == nil } ?? true
            }
        }
    }

    /// Why a holder is none.
    private func defect(of chunk: ChunkID, on actor: UInt32) -> String? {
        let participant = self[actor]
        if participant.isGone { return "one is gone" }
        if let lie = participant.lie { return "one lies (\(lie))" }
        if census.isDivergent(chunk, on: actor) { return "one was struck by a fault" }
        if !nodes[participant.slot].replicas.contains(chunk) { return "one holds none" }
        return participant.isUp ? nil : "one is down"
    }
}
