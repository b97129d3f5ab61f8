import HeapModule
import NIOCore
import Roles

/// What a host has to do later, earliest first, behind few tasks of its event loop: a loop that keeps
/// thousands of tasks takes long to cancel any of them.
struct TimerQueue {
    enum Due: Equatable {
        case timer(Timer)
        /// Look for requests that waited too long.
        case sweep
        /// A process that hung goes on.
        case resumption
    }

    private struct Entry: Comparable {
        var deadline: NIODeadline
        /// Keeps entries of one time in their order.
        var sequence: UInt64
        var due: Due

        static func < (a: Entry, b: Entry) -> Bool {
            (a.deadline, a.sequence) < (b.deadline, b.sequence)
        }
    }

    private var entries = Heap<Entry>()
    private var sequence: UInt64 = 0
    /// When the loop wakes the host; nil when it was not asked to.
    private var alarm: NIODeadline?

    mutating func add(_ due: Due, at deadline: NIODeadline) {
        sequence += 1
        entries.insert(Entry(deadline: deadline, sequence: sequence, due: due))
    }

    /// When to have the loop wake the host; nil when it does early enough anyway.
    mutating func nextAlarm() -> NIODeadline? {
        guard let first = entries.min?.deadline, alarm.map({ first < $0 }) ?? true else {
            return nil
        }
        alarm = first
        return first
    }

    /// Told of an alarm that came. False for one that an earlier one took the place of.
    mutating func rings(_ alarm: NIODeadline) -> Bool {
        guard alarm == self.alarm else { return false }
        self.alarm = nil
        return true
    }

    /// Takes the next entry that is due.
    mutating func next(at now: NIODeadline) -> Due? {
        guard let first = entries.min, first.deadline <= now else { return nil }
        return entries.removeMin().due
    }
}
