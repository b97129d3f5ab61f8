package import Primitives

/// A participant as a value: state without I/O.
///
/// It is handed an input and the time, changes itself, and names the effects that it wants. Two
/// drivers feed roles: the simulated `World`, and a live host. A role cannot tell which.
package protocol Role: Sendable {
    mutating func handle(
        _ input: Input, at now: Instant, random: inout RandomSource, effects: inout Effects)
}

/// What can happen to a role.
package enum Input: Sendable {
    /// The first input of every run; the role asks its disk what it kept.
    case start
    case request(from: PeerID, call: CallID, Request)
    /// What came of the request that this participant made under `call`.
    case answer(from: PeerID, call: CallID, Answer)
    case timer(Timer)
    case disk(DiskEvent)
    /// An operator's wish that the node leave for good.
    case leave
    /// An operator's word that a backend is no more: a node that leaves does not wait for it.
    case forget(PeerID)
    /// An operator's wish that what a node deleted since then come back.
    case undelete(since: Instant)
    /// A backend joined the network, which is proven at the live edge: a node serves it from now on.
    case backend(PeerID)
}

extension Input {
    /// What it is, in words without numbers.
    package var name: String {
        switch self {
        case .start: "start"
        case .request(_, _, let request): Message.request(request).name
        case .answer(_, _, let answer): Message.answer(answer).name
        case .timer(let timer): "timer \(timer.kind)"
        case .disk(let event): "disk \(event.name)"
        case .leave: "leave"
        case .forget: "forget"
        case .undelete: "undelete"
        case .backend: "backend"
        }
    }
}

extension DiskEvent {
    fileprivate var name: String {
        switch self {
        case .recoveredChunks, .recoveredLog: "recovered"
        case .wrote: "wrote"
        case .synced: "synced"
        case .read, .readBlock: "read"
        }
    }
}

/// A timer that a role set. It cannot be cancelled: a role ignores one that means nothing any more.
@frozen
package struct Timer: Sendable, Equatable {
    /// What a timer is for.
    package enum Kind: UInt8, Sendable {
        case heartbeat, sweep, scrub, leave
        case callTimeout, retry, hedge
        case peers, maintenance, repair
        /// The simulated user's own: what it does next.
        case workload
        /// The end of a pause in what is done bit by bit.
        case backlog
    }

    package var kind: Kind
    /// Tells timers of one kind apart: a call, an operation, or zero.
    package var token: UInt64

    package init(_ kind: Kind, _ token: UInt64 = 0) {
        self.kind = kind
        self.token = token
    }
}

/// What a disk reports.
package enum DiskEvent: Sendable {
    case recoveredChunks([StoredChunk])
    /// Encoded ledger blocks, oldest first.
    case recoveredLog([[UInt8]])
    /// An encoded ledger block that was asked for; nil where there is none.
    case readBlock(height: UInt64, [UInt8]?)
    case wrote(token: UInt64, DiskOutcome)
    case synced(token: UInt64)
    case read(token: UInt64, ReadOutcome)
}

/// What came of a write.
package enum DiskOutcome: UInt8, Sendable {
    case written
    case full
    case failed
}

/// What came of a read.
package enum ReadOutcome: Sendable {
    /// As they stand on the disk: whether they have the chunk's name is for the reader to see.
    case bytes(Payload)
    /// The disk was read, and what is there is not all of the chunk, or nothing.
    case damaged
    /// The disk could not be read, which says nothing of what is on it.
    case unavailable
}

/// What a role asks of its disk, which carries requests out in their order, as far as they touch
/// the same chunk. Writes and deletions are volatile until the next completed sync.
package enum DiskRequest: Sendable {
    case recoverChunks
    case recoverLog
    case write(token: UInt64, StoredChunk, Payload)
    case read(token: UInt64, ChunkID)
    case delete(ChunkID)
    /// Notes beside a chunk since when it is trash; nil: no longer.
    case setTrashed(ChunkID, since: Instant?)
    /// Appends an encoded block to the log.
    case append([UInt8])
    /// Reads one encoded block of the log back.
    case readBlock(height: UInt64)
    case sync(token: UInt64)
}

/// One replica as a node's disk describes it.
package struct StoredChunk: Sendable, Equatable {
    package var chunk: ChunkID
    package var byteCount: Int
    /// The backend that stored it.
    package var owner: PeerID
    package var stamp: Instant
    /// Since when it is trash: it was to be deleted, and is kept for a while; nil when it is not.
    package var trashed: Instant?

    package init(
        chunk: ChunkID, byteCount: Int, owner: PeerID, stamp: Instant, trashed: Instant? = nil
    ) {
        self.chunk = chunk
        self.byteCount = byteCount
        self.owner = owner
        self.stamp = stamp
        self.trashed = trashed
    }
}

/// What a role wants done. A driver reuses one value for all inputs.
package struct Effects: Sendable {
    /// A message to be sent; `call` is `.none` where no answer is expected.
    package struct Send: Sendable {
        package var to: PeerID
        package var call: CallID
        package var message: Message
    }

    /// A timer to be set.
    package struct TimerRequest: Sendable {
        package var after: Duration
        package var timer: Timer
    }

    package var sends: [Send] = []
    package var timers: [TimerRequest] = []
    package var disk: [DiskRequest] = []
    package var notes: [Note] = []
    /// The rare ways that the role took.
    package var marks = Marks()
    /// The role has left for good and wants no further input.
    package var stops = false

    package init() {}

    /// Sends a request whose answer, if any, belongs to no call.
    @inlinable
    package mutating func tell(_ request: Request, to peer: PeerID) {
        sends.append(Send(to: peer, call: .none, message: .request(request)))
    }

    /// Answers a request that was made under `call`.
    @inlinable
    package mutating func answer(_ answer: Answer, to peer: PeerID, call: CallID) {
        sends.append(Send(to: peer, call: call, message: .answer(answer)))
    }

    @inlinable
    package mutating func schedule(_ timer: Timer, after delay: Duration) {
        timers.append(TimerRequest(after: delay, timer: timer))
    }

    /// Sends a request whose timeout comes back as `Timer(.callTimeout, call)`.
    package mutating func request(
        _ request: Request, to peer: PeerID, call: CallID, timeout: Duration
    ) {
        sends.append(Send(to: peer, call: call, message: .request(request)))
        schedule(Timer(.callTimeout, call.raw), after: timeout)
    }

    package mutating func note(_ note: Note) { notes.append(note) }

    package mutating func mark(_ mark: Mark) { marks.insert(mark) }

    /// Empties it and keeps its buffers.
    package mutating func removeAll() {
        // Most inputs want one or two things; asking first is quicker than removing nothing.
        if !sends.isEmpty { sends.removeAll(keepingCapacity: true) }
        if !timers.isEmpty { timers.removeAll(keepingCapacity: true) }
        if !disk.isEmpty { disk.removeAll(keepingCapacity: true) }
        if !notes.isEmpty { notes.removeAll(keepingCapacity: true) }
        marks = Marks()
        stops = false
    }
}
