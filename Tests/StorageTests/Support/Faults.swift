import Platform
import Synchronization

/// Decides which system calls fail.
final class Faults: Sendable {
    private struct State {
        var count = 0
        var rule: (@Sendable (_ call: Int, FileSystem.Operation, String) -> FileSystem.Fault?)?
    }

    private let state = Mutex(State())

    /// Counts the calls of one kind, from 1 on.
    final class Count: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// How many calls there were.
    var count: Int { state.withLock { $0.count } }

    /// From now on calls fail by this rule, which is given their number, from 1 on.
    func set(
        _ rule: (@Sendable (_ call: Int, FileSystem.Operation, String) -> FileSystem.Fault?)?
    ) {
        state.withLock { state in
            state.count = 0
            state.rule = rule
        }
    }

    var files: FileSystem {
        FileSystem { operation, path in
            self.state.withLock { state in
                state.count += 1
                return state.rule?(state.count, operation, path)
            }
        }
    }
}
