import Primitives
import Testing

@testable import Server

@Suite struct AttemptLimiterTests {
    private let start = AccountsFixture.start
    private let ada = try! AccountName("ada")

    @Test func `A name from one address has five tries in five minutes`() throws {
        var limiter = AttemptLimiter(.init())
        for second in 0..<5 {
            _ = try limiter.admit(name: ada, address: "a", at: start + .seconds(Int64(second)))
        }
        #expect(throws: AccountError.tooManyAttempts(retryAfter: .seconds(290))) {
            try limiter.admit(name: ada, address: "a", at: start + .seconds(10))
        }
        // The window slides: one try is free once the first has left it.
        _ = try limiter.admit(name: ada, address: "a", at: start + .seconds(300))
        #expect(throws: AccountError.tooManyAttempts(retryAfter: .seconds(1))) {
            try limiter.admit(name: ada, address: "a", at: start + .seconds(300))
        }
    }

    @Test func `The name's case does not give more tries`() throws {
        var limiter = AttemptLimiter(.init())
        for text in ["ada", "Ada", "ADA", "aDa", "adA"] {
            _ = try limiter.admit(name: AccountName(text), address: "a", at: start)
        }
        #expect(throws: AccountError.self) {
            try limiter.admit(name: ada, address: "a", at: start)
        }
    }

    @Test func `A success forgets the user's failures, but not the address's`() throws {
        var limits = AttemptLimiter.Limits()
        limits.perAddress = 8
        var limiter = AttemptLimiter(limits)
        for _ in 0..<4 { _ = try limiter.admit(name: ada, address: "a", at: start) }
        limiter.succeeded(try limiter.admit(name: ada, address: "a", at: start))
        for _ in 0..<4 { _ = try limiter.admit(name: ada, address: "a", at: start) }
        #expect(throws: AccountError.self) {
            try limiter.admit(name: AccountName("bob"), address: "a", at: start)
        }
    }

    @Test func `An address has its own limit over all names`() throws {
        var limiter = AttemptLimiter(.init())
        for index in 0..<60 {
            _ = try limiter.admit(
                name: AccountName("user\(index)"), address: "a", at: start)
        }
        #expect(throws: AccountError.tooManyAttempts(retryAfter: .minutes(5))) {
            try limiter.admit(name: ada, address: "a", at: start)
        }
        _ = try limiter.admit(name: ada, address: "b", at: start)
    }

    @Test func `Many addresses do not give more tries at a name`() throws {
        var limiter = AttemptLimiter(.init())
        for index in 0..<20 {
            _ = try limiter.admit(name: ada, address: "\(index)", at: start)
        }
        #expect(throws: AccountError.tooManyAttempts(retryAfter: .minutes(5))) {
            try limiter.admit(name: ada, address: "20", at: start)
        }
    }

    @Test func `A guesser with many addresses does not lock out who logged in before`() throws {
        var limiter = AttemptLimiter(.init())
        limiter.succeeded(try limiter.admit(name: ada, address: "home", at: start))
        for minute in 0..<600 {
            let now = start + .minutes(Int64(minute))
            for index in 0..<50 {
                _ = try? limiter.admit(name: ada, address: "\(index)", at: now)
            }
            if minute % 10 == 0 { _ = try limiter.admit(name: ada, address: "home", at: now) }
        }
    }

    @Test func `Refused tries do not lengthen the wait`() throws {
        var limiter = AttemptLimiter(.init())
        for _ in 0..<5 { _ = try limiter.admit(name: ada, address: "a", at: start) }
        for second in 1..<300 {
            #expect(throws: AccountError.self) {
                try limiter.admit(name: ada, address: "a", at: start + .seconds(Int64(second)))
            }
        }
        _ = try limiter.admit(name: ada, address: "a", at: start + .seconds(300))
    }

    @Test func `A try that was taken back does not count`() throws {
        var limiter = AttemptLimiter(.init())
        for _ in 0..<100 {
            limiter.withdraw(try limiter.admit(name: ada, address: "a", at: start))
        }
        #expect(limiter.fullestCount == 0)
    }

    @Test func `Memory is bounded, and a recent failure outlives a flood`() throws {
        var limits = AttemptLimiter.Limits()
        limits.capacity = 100
        var limiter = AttemptLimiter(limits)
        for index in 0..<10_000 {
            let now = start + .milliseconds(Int64(index))
            _ = try? limiter.admit(
                name: AccountName("user\(index)"), address: "\(index)", at: now)
            if index % 20 == 0 { _ = try? limiter.admit(name: ada, address: "a", at: now) }
            #expect(limiter.fullestCount <= 100)
        }
        #expect(throws: AccountError.self) {
            try limiter.admit(name: ada, address: "a", at: start + .seconds(10))
        }
        limiter.sweep(at: start + .hours(1))
        #expect(limiter.fullestCount == 0)
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2/64"),
        ("2001:db8:1:2::9%eth0", "20:1:d:b8:0:1:0:2/64"), ("unix", "unix"),
        (String(repeating: "x", count: 1_000), String(repeating: "x", count: 64)),
    ])
    func `Addresses that one client has are one`(address: String, group: String) {
        #expect(ClientAddress.group(of: address) == group)
    }
}
