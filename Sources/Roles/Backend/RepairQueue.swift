import DequeModule
import Primitives

/// One replica being made from another.
package struct RepairTransfer: Sendable {
    let chunk: ChunkID
    let target: Int
    let source: Int
    let byteCount: Int
}

/// Chunks that wait for repair, by the number of replicas that they have left; on the last level those
/// that have enough, in fewer failure domains than there could be.
///
/// One that found no target waits apart, and is tried again once a member became able to take a
/// replica, a bounded number at a time: a round costs what changed, however many wait.
package struct RepairQueue: Sendable {
    /// A chunk's place in the queue. Entries under another number are outdated.
    struct Ticket: Sendable {
        let level: UInt32
        let number: UInt32
    }

    private struct Entry: Sendable {
        let chunk: ChunkID
        let number: UInt32
    }

    /// Tries that may find no target before the next round of maintenance.
    static let fruitlessTriesPerRound = 256
    /// Chunks of each level that are tried in a round in which nothing changed.
    static let probesPerRound = 4

    private var levels: [Deque<Entry>]
    /// Chunks that found no target, by level.
    private var waiting: [Deque<Entry>]
    /// How many of those, from the front, are to be tried again.
    private var due: [Int]
    private var fruitlessTriesLeft = fruitlessTriesPerRound
    /// The candidates as of the last time that all were to be tried again.
    private var candidates: UInt64 = 0
    private var lastNumber: UInt32 = 0
    /// Chunks whose transfer failed, or of which too little is proven; they wait for the next round of maintenance.
    private var failed: [ChunkID] = []
    package internal(set) var underWay = 0
    /// When the next transfer may start, so that repair keeps to its bandwidth.
    var nextStart = Instant.origin
    var timerIsSet = false
    /// How often no target was found since the start.
    package private(set) var fruitlessTries = 0

    init(replicas: Int) {
        levels = Array(repeating: [], count: replicas + 1)
        waiting = levels
        due = Array(repeating: 0, count: replicas + 1)
    }

    /// Entries of chunks that lack replicas, outdated ones included.
    package var count: Int {
        (levels.dropLast() + waiting.dropLast()).reduce(failed.count) { $0 + $1.count }
    }

    /// Whether there is something to try now.
    var isEmpty: Bool {
        levels.allSatisfy(\.isEmpty) && (fruitlessTriesLeft <= 0 || due.allSatisfy { $0 == 0 })
    }

    mutating func push(_ chunk: ChunkID, level: Int) -> Ticket {
        let ticket = makeTicket(level)
        levels[level].append(Entry(chunk: chunk, number: ticket.number))
        return ticket
    }

    /// Has a chunk wait until somebody may be able to take a replica.
    mutating func wait(_ chunk: ChunkID, level: Int) -> Ticket {
        fruitlessTries += 1
        fruitlessTriesLeft -= 1
        let ticket = makeTicket(level)
        waiting[level].append(Entry(chunk: chunk, number: ticket.number))
        return ticket
    }

    private mutating func makeTicket(_ level: Int) -> Ticket {
        lastNumber &+= 1
        return Ticket(level: UInt32(level), number: lastNumber)
    }

    /// The timer has waited for the next transfer, whatever a clock shows that stands still.
    mutating func waited(until now: Instant) {
        timerIsSet = false
        nextStart = min(nextStart, now)
    }

    mutating func retryLater(_ chunk: ChunkID) { failed.append(chunk) }

    mutating func takeFailed() -> [ChunkID] {
        defer { failed = [] }
        return failed
    }

    /// A new round: once all that were to be tried again were, all that lack replicas are if somebody
    /// became a candidate since, else a few.
    mutating func startRound(candidates: UInt64) {
        fruitlessTriesLeft = Self.fruitlessTriesPerRound
        guard due.allSatisfy({ $0 == 0 }) else { return }
        let limit = candidates == self.candidates ? Self.probesPerRound : .max
        due = waiting.map { min($0.count, limit) }
        due[due.count - 1] = min(waiting[due.count - 1].count, Self.probesPerRound)
        self.candidates = candidates
    }

    /// One that stands in too few failure domains found another, and so may all of those.
    mutating func foundDomain() { due[due.count - 1] = waiting[due.count - 1].count }

    /// The next entry of the least redundant level.
    mutating func pop() -> (chunk: ChunkID, number: UInt32)? {
        for level in levels.indices {
            if let entry = levels[level].popFirst() { return (entry.chunk, entry.number) }
            if due[level] > 0, fruitlessTriesLeft > 0, let entry = waiting[level].popFirst() {
                due[level] -= 1
                return (entry.chunk, entry.number)
            }
        }
        return nil
    }
}
