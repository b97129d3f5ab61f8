import Merkle
package import Primitives

/// The nodes as a backend sees them, merged from what every discovery says. A member keeps its index
/// for as long as the backend runs.
package struct Members: Sendable {
    package private(set) var all: [Member] = []
    private var indices: [PeerID: Int] = [:]
    /// The failure domains that there are, or were.
    private(set) var domains: Set<UInt32> = []
    /// By node, where the operator says in which domain it is: what it claims of that is not heard.
    private let assignedDomains: [PeerID: UInt32]
    /// Those that have proven themselves, in order.
    private(set) var vetted: [Int] = []
    /// The domains that hold too large a share of all chunks.
    var fullDomains: Set<UInt32> = []
    /// By discovery: when it last answered, which run it was and how far its news was heard.
    var feeds: [Feed]
    /// The largest free space that a member told of lately, for weighing candidates.
    private(set) var mostFreeBytes: UInt64 = 1

    /// What counts of a node's free space at most: 64 TiB, so that the space of 2¹⁷ nodes, the most
    /// that a network has, can be added up, whatever they claim.
    private static let freeBytesLimit: UInt64 = 1 << 46

    /// Changes whenever a member may have become able to take a chunk that it could not take before.
    private(set) var candidates: UInt64 = 0
    /// The most room that a member has which may be given chunks: a bound that stands until
    /// `candidates` changes, since until then room only shrinks.
    private(set) var mostRoom = UInt64.max

    struct Feed: Sendable {
        var lastAnswer: Instant?
        var epoch: UInt64 = 0
        var version: UInt64 = 0
        /// When that run was first heard: what it does not know, it can not know for longer.
        var since = Instant.origin
        var clock = ClockReading()
        /// It had answered lately when that was last looked at.
        var wasFresh = false
    }

    init(discoveries: Int = 0, assignedDomains: [PeerID: UInt32] = [:]) {
        self.assignedDomains = assignedDomains
        feeds = Array(repeating: Feed(), count: discoveries)
    }

    package func index(of peer: PeerID) -> Int? { indices[peer] }

    package subscript(index: Int) -> Member {
        _read { yield all[index] }
        _modify { yield &all[index] }
    }

    /// `joined` is when the ledger says that it did; nil: just now.
    mutating func add(
        _ peer: PeerID, domain claimed: UInt32, capacityBytes: UInt64, joined: Instant? = nil,
        at now: Instant
    ) -> Int {
        let index = all.count
        let domain = assignedDomains[peer] ?? claimed
        all.append(
            Member(
                peer: peer, domain: domain, capacityBytes: capacityBytes, joined: joined ?? now,
                lastSeen: now,
                views: Array(repeating: nil, count: feeds.count)))
        indices[peer] = index
        domains.insert(domain)
        return index
    }

    /// Whether no discovery that answers says anything of a member, which has not left.
    func isUnheardOf(_ index: Int) -> Bool {
        all[index].standing != .left
            && !zip(all[index].views, feeds).contains { $0 != nil && $1.wasFresh }
    }

    /// When some discovery last called a member alive, or the backend started.
    func lastSeen(_ index: Int) -> Instant {
        var seen = all[index].lastSeen
        for (view, feed) in zip(all[index].views, feeds) where view == .alive {
            seen = max(seen, feed.lastAnswer ?? seen)
        }
        return seen
    }

    /// A discovery started anew and forgot everything: what it said before stands no longer, but it
    /// was true when it last answered.
    mutating func forgetViews(of slot: Int) {
        for index in all.indices {
            all[index].lastSeen = lastSeen(index)
            all[index].views[slot] = nil
        }
    }

    /// Forgets what was placed: by now it shows in what the members report, as far as it came about.
    mutating func forgetPlacements() {
        mostFreeBytes = 1
        for index in all.indices {
            changeRoom(of: index) { $0.placedBytes = 0 }
            guard all[index].standing.countsForRedundancy else { continue }
            mostFreeBytes = max(mostFreeBytes, all[index].freeBytes)
        }
    }

    /// Brings what was measured half-way back to what is assumed of a stranger, so that a node that
    /// was slow once is tried again: nobody asks the slower ones, so nothing new is measured of them.
    mutating func fadeAnswerTimes() {
        for index in all.indices {
            all[index].answerTime = (all[index].answerTime + Member.assumedAnswerTime) / 2
        }
    }

    /// Takes note of the free space that a member claims, as far as its capacity allows for it.
    mutating func heard(freeBytes: UInt64, capacityBytes: UInt64, of index: Int) {
        changeRoom(of: index) {
            $0.freeBytes = min(freeBytes, capacityBytes, Self.freeBytesLimit)
        }
        mostFreeBytes = max(mostFreeBytes, all[index].freeBytes)
    }

    /// Looks anew at who has proven itself.
    mutating func vet(_ isVetted: (borrowing Member) -> Bool) {
        vetted = []
        for index in all.indices {
            all[index].isVetted = isVetted(all[index])
            if all[index].isVetted, all[index].standing != .left { vetted.append(index) }
        }
    }

    // MARK: Candidates

    /// A member may have become able to take chunks.
    mutating func candidateGained() {
        candidates += 1
        mostRoom = .max
    }

    /// More room makes a candidate of a member that had not enough for the largest chunk.
    private mutating func changeRoom(of index: Int, by change: (inout Member) -> Void) {
        let before = all[index].room
        change(&all[index])
        if all[index].room > before, before < UInt64(ProtocolSettings.chunkBytes.upperBound) {
            candidateGained()
        }
    }

    mutating func measureRoom() {
        mostRoom = all.reduce(0) { $1.standing.acceptsChunks ? max($0, $1.room) : $0 }
    }
}
