import Foundation
import Synchronization

/// Runs what takes a core for tenths of a second and much memory, such as scrypt: on threads of its
/// own, so that nothing else waits for a thread, a few at a time, and with a bounded queue.
final class PasswordWorkers: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let maximumRunning: Int
    private let maximumWaiting: Int

    init(maximumRunning: Int, maximumWaiting: Int) {
        self.maximumRunning = maximumRunning
        self.maximumWaiting = maximumWaiting
    }

    /// How many run or wait.
    var admittedCount: Int { state.withLock { $0.running + $0.waiting.count } }

    /// Runs `body` when its turn comes. Throws `tooBusy`, without waiting, when too many wait
    /// already.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let result: Result<Value, AccountError> = await withCheckedContinuation { continuation in
            let isAdmitted = admit {
                continuation.resume(returning: Result { () throws(AccountError) in try body() })
            }
            if !isAdmitted { continuation.resume(returning: .failure(.tooBusy)) }
        }
        return try result.get()
    }

    private func admit(_ job: @escaping @Sendable () -> Void) -> Bool {
        enum Admission { case run, wait, refuse }
        let admission = state.withLock { state in
            if state.running < maximumRunning {
                state.running += 1
                return Admission.run
            }
            guard state.waiting.count < maximumWaiting else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
        // A dispatch queue would take its threads from those that tasks run on.
        if admission == .run { Thread.detachNewThread { self.work(first: job) } }
        return admission != .refuse
    }

    private func work(first: @Sendable () -> Void) {
        first()
        while let next = next() { next() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
