import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Live

@Suite struct PasswordWorkersTests {
    /// Holds jobs back until the test lets them go.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        func wait() { semaphore.wait() }
        func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
    }

    /// How many jobs run, and the most that ever did.
    private final class Meter: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func measure() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
            // Long enough for others to be seen.
            usleep(1_000)
            counts.withLock { $0.now -= 1 }
        }
    }

    @Test func `No more run at once than may, and all come to their turn`() async throws {
        let workers = PasswordWorkers(maximumRunning: 2, maximumWaiting: 100)
        let meter = Meter()
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<50 {
                group.addTask {
                    try await workers.run { () throws(AccountError) in
                        meter.measure()
                        return index
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.sorted() == Array(0..<50))
        #expect(1...2 ~= meter.most)
    }

    @Test func `Who comes when the queue is full is told so at once`() async throws {
        let workers = PasswordWorkers(maximumRunning: 2, maximumWaiting: 3)
        let gate = Gate()
        let held = (0..<5).map { _ in
            Task { try await workers.run { () throws(AccountError) in gate.wait() } }
        }
        while workers.admittedCount < 5 { await Task.yield() }
        await #expect(throws: AccountError.tooBusy) {
            try await workers.run { () throws(AccountError) in }
        }
        gate.open(for: 5)
        for task in held { try await task.value }
        try await workers.run { () throws(AccountError) in }
    }

    @Test func `A job's error reaches who asked for it`() async {
        let workers = PasswordWorkers(maximumRunning: 1, maximumWaiting: 1)
        await #expect(throws: AccountError.wrongCredentials) {
            try await workers.run { () throws(AccountError) in throw .wrongCredentials }
        }
    }
}
