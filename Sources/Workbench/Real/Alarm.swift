import Dispatch
import Synchronization

/// Lets one task wait for a time or for a call, whichever comes first, without holding up a thread.
final class Alarm: Sendable {
    private struct State {
        var waiting: CheckedContinuation<Void, Never>?
        /// Tells waits apart, so that a late timer wakes none but its own.
        var number = 0
        /// It rang while nobody waited.
        var hasRung = false
    }

    private let state = Mutex(State())

    /// Returns after so many nanoseconds, or when the alarm rings.
    func wait(nanoseconds: Int64) async {
        await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                guard !state.hasRung else {
                    state.hasRung = false
                    return nil
                }
                state.number += 1
                state.waiting = continuation
                return state.number
            }
            guard let number else { return continuation.resume() }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .nanoseconds(Int(clamping: nanoseconds))
            ) { self.wake { $0.number == number } }
        }
    }

    /// Ends a wait, or the next one before it begins.
    func ring() {
        wake { state in
            if state.waiting == nil { state.hasRung = true }
            return true
        }
    }

    private func wake(where applies: (inout State) -> Bool) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard applies(&state) else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        continuation?.resume()
    }
}
