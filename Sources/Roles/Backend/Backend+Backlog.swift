import DequeModule
import Merkle
import Primitives

/// Members all of whose chunks are to be looked at anew, since they came back, died, or are to go.
///
/// One may hold a million, so that they are taken in steps: while one is worked off, users are served.
struct Backlog: Sendable {
    enum Work: Sendable {
        /// Brings the placement of each in line with who holds it now.
        case reconcile
        /// Queues those that lack replicas now.
        case enqueue
    }

    struct Entry: Sendable {
        let member: Int
        let work: Work
        /// The last chunk that was looked at.
        var after: ChunkID?
    }

    var entries: Deque<Entry> = []
    /// Chunks that may still be looked at before the next pause.
    var left = step
    /// The end of a pause is set.
    var isPausing = false

    /// Chunks between two pauses.
    static let step = 1024
    static let pause = Duration.milliseconds(10)

    /// Who is to be looked at already is from the start.
    mutating func add(_ work: Work, of member: Int) {
        entries.removeAll { $0.member == member && $0.work == work }
        entries.append(Entry(member: member, work: work))
    }
}

extension Backend {
    /// Looks at all chunks that a member is to hold: at once as far as that is little, else bit by bit.
    mutating func lookAnew(
        _ work: Backlog.Work, at member: Int, at now: Instant, effects: inout Effects
    ) {
        backlog.add(work, of: member)
        workOff(at: now, effects: &effects)
    }

    /// A pause is over.
    mutating func resumeBacklog(at now: Instant, effects: inout Effects) {
        backlog.isPausing = false
        backlog.left = Backlog.step
        workOff(at: now, effects: &effects)
    }

    private mutating func workOff(at now: Instant, effects: inout Effects) {
        while var entry = backlog.entries.first, !backlog.isPausing {
            guard let chunk = members[entry.member].expected.next(after: entry.after) else {
                backlog.entries.removeFirst()
                continue
            }
            guard backlog.left > 0 else { return pause(effects: &effects) }
            backlog.left -= 1
            entry.after = chunk
            backlog.entries[0] = entry
            switch entry.work {
            case .reconcile: reconcile(chunk, at: now, effects: &effects)
            case .enqueue: enqueueIfNeeded(chunk)
            }
        }
    }

    private mutating func pause(effects: inout Effects) {
        effects.mark(.backlogPaused)
        backlog.isPausing = true
        effects.schedule(Timer(.backlog), after: Backlog.pause)
    }
}
