import Synchronization

/// Lets one task wait for a time or for a call, whichever comes first, without holding up a thread.
final class Alarm: Sendable {
    private enum State {
        case idle
        case waiting(Task<Void, Never>)
        /// It rang while nobody waited.
        case rung
    }

    private let state = Mutex(State.idle)

    /// Returns after so many nanoseconds, or when the alarm rings.
    func wait(nanoseconds: Int64) async {
        let sleep = state.withLock { state -> Task<Void, Never>? in
            if case .rung = state { return nil }
            let sleep = Task<Void, Never> {
                try? await Task.sleep(for: .nanoseconds(nanoseconds))
            }
            state = .waiting(sleep)
            return sleep
        }
        await sleep?.value
        state.withLock { $0 = .idle }
    }

    /// Ends a wait, or the next one before it begins.
    func ring() {
        state.withLock { state in
            if case .waiting(let sleep) = state { sleep.cancel() } else { state = .rung }
        }
    }
}
