package import Merkle
package import Primitives

/// One node as a backend sees it.
///
/// What is asked of members again and again is a stored property, or one of `standing`: to compute a
/// property of the member itself would copy all of it first.
package struct Member: Sendable {
    package let peer: PeerID
    /// As the operator says, or else as it claims.
    package let domain: UInt32
    package let capacityBytes: UInt64
    /// When it joined, as the ledger says.
    let joined: Instant
    /// It has been here, and met challenges, for long enough to be given as much as any other.
    package internal(set) var isVetted = false
    /// As last reported, which may be off by 1 % of the capacity.
    package var freeBytes: UInt64 = 0
    /// What was placed here since placements were last forgotten and no report may show yet.
    var placedBytes: UInt64 = 0
    package internal(set) var standing = Standing.staying(.suspect)
    /// When some discovery last called it alive, or the backend started. While one does, that is when
    /// this last changed; see `Members.lastSeen`.
    var lastSeen: Instant
    /// What each discovery says of it; nil where it says nothing.
    var views: [PeerStatus?]
    /// The run of the node that was heard of last, and the one that was compared with.
    var incarnation: UInt64 = 0
    var nextComparison = Instant.origin
    var nextAudit = Instant.origin
    /// What its answers showed of its clock.
    package internal(set) var clock = ClockReading()
    /// How it did when it was challenged.
    var trust = Trust()
    /// The committed chunks that it is to hold.
    package var expected = InventoryTree()
    /// Smoothed time that it took to answer a retrieval.
    var answerTime = Self.assumedAnswerTime

    /// What a member of which nothing was measured is taken to need for an answer.
    static let assumedAnswerTime = Duration.milliseconds(50)

    /// The room that it is thought to have.
    @inline(__always)
    var room: UInt64 { freeBytes > placedBytes ? freeBytes - placedBytes : 0 }

    /// It has no room until placements are forgotten, whatever was reported.
    mutating func isFull() { placedBytes = freeBytes }
}

/// How a member does when it is challenged to prove what it holds.
struct Trust: Sendable {
    /// With so many unmet in turn, or so many answers of other bytes, nothing new is placed on a member.
    static let placementLimit = 3

    /// It has met one in this run.
    private(set) var hasProven = false
    /// Challenges in turn that it left unanswered, or said that it cannot meet now.
    private(set) var unmet = 0
    /// Answers of other bytes than those of the chunk. A node reads and checks what it sends, so that it
    /// knew better.
    private(set) var falsified = 0
    /// When it left the first and the last unmet, or falsified one.
    private(set) var since = Instant.origin
    private(set) var last = Instant.origin

    var mayBeGivenMore: Bool {
        unmet < Self.placementLimit && falsified < Self.placementLimit
    }
    var isSpotless: Bool { unmet == 0 && falsified == 0 }

    mutating func met() {
        unmet = 0
        hasProven = true
    }

    /// What it did is too long ago to count.
    mutating func forgive() { (unmet, falsified) = (0, 0) }

    mutating func didFalsify(at now: Instant) {
        falsified += 1
        last = now
    }

    mutating func didNotMeet(at now: Instant) {
        if unmet == 0 { since = now }
        unmet += 1
        last = now
    }
}

extension Member {
    /// Whether a node is one of the network, and whether it is there.
    package enum Standing: Sendable, Equatable {
        /// → doubted, leaving, left
        case staying(PeerStatus)
        /// It met no challenge for as long as a silent node takes to be dead: nothing new is placed
        /// here, and what is here does not count. → staying (it met one), leaving, left
        case doubted(PeerStatus)
        /// It asked to go for good: nothing new is placed here, and what is here does not count.
        /// → staying (it restarted), left
        case leaving(PeerStatus)
        /// It has gone for good.
        case left

        /// Nil for one that has left.
        @inline(__always)
        package var status: PeerStatus? {
            switch self {
            case .staying(let status), .doubted(let status), .leaving(let status): status
            case .left: nil
            }
        }

        /// It can be asked for what it holds.
        @inline(__always)
        var isReachable: Bool { status == .alive }

        /// It is there, or may be silent for a while only.
        var isThoughtToBeThere: Bool { status == .alive || status == .suspect }

        /// Something new may be placed here.
        @inline(__always)
        var acceptsChunks: Bool { self == .staying(.alive) }

        /// A replica here counts: the node is there, or is thought to come back.
        @inline(__always)
        package var countsForRedundancy: Bool {
            switch self {
            case .staying(let status): status != .dead
            case .doubted, .leaving, .left: false
            }
        }

        /// The network thinks otherwise of whether it is there.
        mutating func isNow(_ status: PeerStatus) {
            switch self {
            case .staying: self = .staying(status)
            case .doubted: self = .doubted(status)
            case .leaving: self = .leaving(status)
            case .left: break
            }
        }

        /// It asks to go. False when it did before.
        mutating func wantsToLeave() -> Bool {
            switch self {
            case .staying(let status), .doubted(let status): self = .leaving(status)
            case .leaving, .left: return false
            }
            return true
        }

        /// It met no challenge for long. False when that changes nothing.
        mutating func isDoubted() -> Bool {
            guard case .staying(let status) = self else { return false }
            self = .doubted(status)
            return true
        }

        /// It met a challenge. False when it was not doubted.
        mutating func isTrusted() -> Bool {
            guard case .doubted(let status) = self else { return false }
            self = .staying(status)
            return true
        }

        /// It restarted, and no longer wants to leave. False when it did not want to.
        mutating func restarted() -> Bool {
            guard case .leaving(let status) = self else { return false }
            self = .staying(status)
            return true
        }
    }
}
