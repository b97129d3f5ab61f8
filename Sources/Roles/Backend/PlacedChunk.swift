import Primitives

/// A chunk that a backend answers for.
package struct PlacedChunk: Sendable {
    package let byteCount: Int
    package internal(set) var state: State
    package var holders: [Holder] = []
    /// Members that a store or a copy is under way to.
    var underWay: [Int] = []
    /// Members whose replica is to go: they were challenged, or asked to delete it, and have not answered.
    var deleting: [Int] = []

    /// What the chunk is kept for.
    package enum State: Sendable {
        /// A user put it, for a commit before it expires. → committed, or forgotten
        case staged(Hold)
        /// It is in a file that the ledger has, or is about to have. → forgotten, when it is released
        case committed(Commitment)
    }

    /// For whom a staged chunk is kept.
    package struct Hold: Sendable {
        let user: PeerID
        /// When it was put or kept on last.
        var since: Instant
        /// How often it was kept on since it was put.
        var renewals: UInt8 = 0
    }

    /// What is owed to a chunk of a file.
    package struct Commitment: Sendable {
        /// Where it waits for repair; nil when it does not.
        var repairTicket: RepairQueue.Ticket?
        /// Its holders changed since its last placement record.
        var isDirty = false
    }

    /// A member that holds the chunk.
    package struct Holder: Sendable {
        package var member: Int
        /// When it was counted as a holder.
        var since: Instant
    }

    package func isHeld(by member: Int) -> Bool { holders.contains { $0.member == member } }

    package var isCommitted: Bool { commitment != nil }

    /// Nil while it is staged; then nothing can be set.
    var commitment: Commitment? {
        get {
            if case .committed(let commitment) = state { commitment } else { nil }
        }
        set {
            if isCommitted, let newValue { state = .committed(newValue) }
        }
    }

    /// Nil once it is committed.
    var hold: Hold? {
        if case .staged(let hold) = state { hold } else { nil }
    }

    /// Whether this user put it and has not committed it.
    func isStaged(by user: PeerID) -> Bool { hold?.user == user }
}
