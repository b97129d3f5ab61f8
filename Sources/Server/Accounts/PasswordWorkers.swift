import Foundation
import Synchronization

/// Runs what takes a core for tenths of a second and much memory, such as scrypt: on threads of its
/// own, so that nothing else waits for a thread, a few at a time, and with bounded queues.
///
/// Anybody may register, so that registrations keep no log-in waiting: they have a queue of their own,
/// one worker always is for log-ins (where there are two), and who logs in goes first.
final class PasswordWorkers: Sendable {
    /// What a job is done for.
    enum Purpose: CaseIterable {
        case logIn, registration
    }

    private struct Queue {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private struct State {
        private var queues: [Purpose: Queue] = [:]

        subscript(_ purpose: Purpose) -> Queue {
            get { queues[purpose] ?? Queue() }
            set { queues[purpose] = newValue }
        }

        var running: Int { queues.values.reduce(0) { $0 + $1.running } }
    }

    private let state = Mutex(State())
    private let maximumRunning: Int
    private let maximumWaiting: Int

    /// `maximumWaiting` holds for each purpose.
    init(maximumRunning: Int, maximumWaiting: Int) {
        self.maximumRunning = maximumRunning
        self.maximumWaiting = maximumWaiting
    }

    /// How many run or wait.
    var admittedCount: Int {
        state.withLock { state in
            Purpose.allCases.reduce(0) { $0 + state[$1].running + state[$1].waiting.count }
        }
    }

    /// Runs `body` when its turn comes. Throws `tooBusy`, without waiting, when too many wait
    /// already.
    func run<Value: Sendable>(
        for purpose: Purpose, _ body: @escaping @Sendable () throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let result: Result<Value, AccountError> = await withCheckedContinuation { continuation in
            let isAdmitted = admit(purpose) {
                continuation.resume(returning: Result { () throws(AccountError) in try body() })
            }
            if !isAdmitted { continuation.resume(returning: .failure(.tooBusy)) }
        }
        return try result.get()
    }

    private func admit(_ purpose: Purpose, _ job: @escaping @Sendable () -> Void) -> Bool {
        enum Admission { case run, wait, refuse }
        let admission = state.withLock { state in
            if mayRun(purpose, state) {
                state[purpose].running += 1
                return Admission.run
            }
            guard state[purpose].waiting.count < maximumWaiting else { return .refuse }
            state[purpose].waiting.append(job)
            return .wait
        }
        // A dispatch queue would take its threads from those that tasks run on.
        if admission == .run { Thread.detachNewThread { self.work(first: job, for: purpose) } }
        return admission != .refuse
    }

    private func mayRun(_ purpose: Purpose, _ state: State) -> Bool {
        guard state.running < maximumRunning else { return false }
        return purpose == .logIn
            || state[.registration].running < Self.registrationShare(of: maximumRunning)
    }

    /// How many of so many workers registrations may have.
    static func registrationShare(of workers: Int) -> Int { max(1, workers - 1) }

    private func work(first: @Sendable () -> Void, for purpose: Purpose) {
        first()
        var last = purpose
        while let (job, purpose) = next(after: last) {
            job()
            last = purpose
        }
    }

    /// What a worker does next; nil where it is to end.
    private func next(after last: Purpose) -> (@Sendable () -> Void, Purpose)? {
        state.withLock { state in
            state[last].running -= 1
            let purpose = Purpose.allCases.first {
                !state[$0].waiting.isEmpty && mayRun($0, state)
            }
            guard let purpose else { return nil }
            state[purpose].running += 1
            return (state[purpose].waiting.removeFirst(), purpose)
        }
    }
}
