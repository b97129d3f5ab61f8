import DequeModule
import Primitives

/// Where a backend's ledger stands besides its own disk, and what waits for it to stand there.
struct LedgerKeepers: Sendable {
    /// A node that is to keep all blocks.
    struct Keeper: Sendable {
        /// So many it said that it keeps.
        var count: UInt64 = 0
        /// So many were sent, or are about to be.
        var sent: UInt64 = 0
        /// Questions that it has not answered.
        var open = 0
        /// It did not answer, or not now: the next maintenance goes on.
        var isPaused = false
        /// So often in turn it was sent blocks and said nothing.
        var silences = 0
        /// When it is asked next for one of the blocks.
        var nextCheck = Instant.origin
        /// So many such questions in turn it left unmet.
        var unmet = 0

        /// Whether it may be sent another block: one that said nothing is tried with one.
        var mayBeSentMore: Bool { !isPaused && open < (silences > 0 ? 1 : LedgerKeepers.window) }
    }

    /// What is done once enough keepers have so many blocks.
    struct Waiting: Sendable {
        var count: UInt64
        var actions: [Journal.Action]
        var since: Instant
    }

    /// By member.
    private(set) var keepers: [Int: Keeper] = [:]
    /// Until when members are not asked to keep the ledger: they were full, or did not keep it.
    private var barred: [Int: Instant] = [:]
    /// In the order of the ledger.
    var waiting: Deque<Waiting> = []
    /// The last blocks, so that they need not be read back, and the height of the first of them.
    private var recent: Deque<[UInt8]> = []
    private var recentStart: UInt64 = 0
    /// Who is to get a block that is being read back.
    private var reading: [UInt64: [Int]] = [:]
    /// A node knows more of the ledger than stands here, or another.
    var isBehind = false

    /// Blocks that one keeper is sent at once.
    private static let window = 8
    private static let recentLimit = 64

    subscript(member: Int) -> Keeper? {
        _read { yield keepers[member] }
        _modify { yield &keepers[member] }
    }

    /// Those who keep the ledger, in order.
    var members: [Int] { keepers.keys.sorted() }

    /// A member kept so many blocks of old.
    mutating func resume(_ member: Int, count: UInt64) {
        keepers[member] = Keeper(count: count, sent: count)
    }

    /// A member is no keeper, and is not to be one before `time`.
    mutating func bar(_ member: Int, until time: Instant) {
        keepers[member] = nil
        barred[member] = time
    }

    func isBarred(_ member: Int, at now: Instant) -> Bool {
        barred[member].map { now < $0 } ?? false
    }

    /// A block is durable here.
    mutating func add(_ block: [UInt8], at height: UInt64) {
        if recentStart + UInt64(recent.count) != height {
            recent = []
            recentStart = height
        }
        recent.append(block)
        if recent.count > Self.recentLimit {
            recent.removeFirst()
            recentStart += 1
        }
    }

    func recentBlock(_ height: UInt64) -> [UInt8]? {
        guard height >= recentStart, height - recentStart < UInt64(recent.count) else { return nil }
        return recent[recent.startIndex + Int(height - recentStart)]
    }

    /// Somebody waits for a block to be read back. False where others do already.
    mutating func read(_ height: UInt64, for member: Int) -> Bool {
        reading[height, default: []].append(member)
        return reading[height]?.count == 1
    }

    mutating func finishReading(_ height: UInt64) -> [Int] {
        reading.removeValue(forKey: height) ?? []
    }

    /// What may be done now that `needed` keepers, or all that there are, have it.
    mutating func release(needed: Int) -> [Journal.Action] {
        let counts = keepers.values.map(\.count).sorted(by: >)
        let level = needed == 0 ? UInt64.max : counts[min(needed, counts.count) - 1]
        var actions: [Journal.Action] = []
        while let first = waiting.first, first.count <= level {
            actions += first.actions
            waiting.removeFirst()
        }
        return actions
    }
}
