import Dispatch
import Files
import Glibc
import Synchronization
import Testing

@testable import Server

@Suite struct PasswordWorkersTests {
    /// Holds jobs back until the test lets them go.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)

        func wait() { semaphore.wait() }
        func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
    }

    /// What was done, in order.
    private final class Order: Sendable {
        private let notes = Mutex<[String]>([])

        var all: [String] { notes.withLock { $0 } }
        func note(_ what: String) { notes.withLock { $0.append(what) } }
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
                    try await workers.run(for: .logIn) { () throws(AccountError) in
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
            Task { try await workers.run(for: .logIn) { () throws(AccountError) in gate.wait() } }
        }
        while workers.admittedCount < 5 { await Task.yield() }
        await #expect(throws: AccountError.tooBusy) {
            try await workers.run(for: .logIn) { () throws(AccountError) in }
        }
        gate.open(for: 5)
        for task in held { try await task.value }
        try await workers.run(for: .logIn) { () throws(AccountError) in }
    }

    @Test func `However many register, who logs in has a worker`() async throws {
        let workers = PasswordWorkers(maximumRunning: 2, maximumWaiting: 32)
        let gate = Gate()
        // One runs, and 32 wait.
        let registrations = (0..<33).map { _ in
            Task {
                try await workers.run(for: .registration) { () throws(AccountError) in gate.wait() }
            }
        }
        while workers.admittedCount < 33 { await Task.yield() }
        await #expect(throws: AccountError.tooBusy) {
            try await workers.run(for: .registration) { () throws(AccountError) in }
        }
        for _ in 0..<10 { try await workers.run(for: .logIn) { () throws(AccountError) in } }
        gate.open(for: 33)
        for task in registrations { try await task.value }
    }

    @Test func `Where there is one worker, who logs in goes before who registers`() async throws {
        let workers = PasswordWorkers(maximumRunning: 1, maximumWaiting: 4)
        let gate = Gate()
        let order = Order()
        let jobs: [(PasswordWorkers.Purpose, @Sendable () -> Void)] = [
            (.registration, { gate.wait() }), (.registration, { order.note("registration") }),
            (.logIn, { order.note("log-in") }),
        ]
        var tasks: [Task<Void, any Error>] = []
        for (purpose, job) in jobs {
            tasks.append(
                Task { try await workers.run(for: purpose) { () throws(AccountError) in job() } })
            while workers.admittedCount < tasks.count { await Task.yield() }
        }
        gate.open(for: 1)
        for task in tasks { try await task.value }
        #expect(order.all == ["log-in", "registration"])
    }

    @Test func `A log-in succeeds while 40 register at once`() async throws {
        // Holds back what registers: the account that logs in has a key with other parameters.
        let gate = Gate()
        let settings = AccountsFixture.settings()
        let accounts = try await Accounts(
            store: MemoryAccountStore(), secret: ServerSecret("a secret of the tests"),
            addresses: AccountsFixture.addresses, settings: settings
        ) { parameters in
            if parameters == settings.keyRules.standard { gate.wait() }
        }
        let key = try PasswordProtectedKey.made(of: .test(), cost: 32)
        _ = try await accounts.register("ada", key: key, at: AccountsFixture.start)
        let registrations = (0..<40).map { number in
            Task {
                _ = try? await accounts.register(
                    "user\(number)", password: AccountsFixture.password, at: AccountsFixture.start)
            }
        }
        while accounts.workers.admittedCount < 33 { await Task.yield() }
        _ = try await accounts.logIn(
            "ada", password: AccountsFixture.password, from: "10.0.0.1", at: AccountsFixture.start)
        gate.open(for: 40)
        for task in registrations { await task.value }
    }

    @Test func `A job's error reaches who asked for it`() async {
        let workers = PasswordWorkers(maximumRunning: 1, maximumWaiting: 1)
        await #expect(throws: AccountError.wrongCredentials) {
            try await workers.run(for: .logIn) { () throws(AccountError) in throw .wrongCredentials
            }
        }
    }
}
