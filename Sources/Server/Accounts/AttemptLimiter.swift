package import Primitives

/// Limits how often passwords can be guessed.
///
/// Three sliding windows count attempts that were let through and did not succeed: by user name and
/// client address together, by address, and by name over all addresses. The last one stops a guesser
/// who has many addresses, but it would let that guesser lock a user out, so it does not count
/// against addresses from which the user has logged in before. An address that is new to the user
/// gets its turn too: a refused attempt is not counted, so that a window empties however hard
/// somebody tries, and sessions that exist are never touched. Nobody is ever locked for good.
package struct AttemptLimiter: Sendable {
    /// How many attempts may fail within `window`.
    package struct Limits: Sendable {
        package var window = Duration.minutes(5)
        package var perNameAndAddress = 5
        /// More than can wait for their turn at once, so that many users behind one address who log
        /// in at the same time are not refused.
        package var perAddress = 60
        package var perName = 20
        /// How long an address stays familiar to a user.
        package var familiarity = Duration.days(30)
        /// How many names, addresses or pairs of them are remembered, each.
        package var capacity = 10_000

        package init() {}
    }

    /// One attempt that was let through.
    struct Attempt: Sendable {
        let name: String
        let address: String
        let time: Instant
        fileprivate var pair: String { name + "\n" + address }
    }

    private var pairs: AttemptTable
    private var addresses: AttemptTable
    private var names: AttemptTable
    /// Who logged in from where: each with the last time.
    private var familiar: AttemptTable

    package init(_ limits: Limits) {
        func table(_ limit: Int, _ window: Duration) -> AttemptTable {
            AttemptTable(limit: limit, window: window, capacity: limits.capacity)
        }
        pairs = table(limits.perNameAndAddress, limits.window)
        addresses = table(limits.perAddress, limits.window)
        names = table(limits.perName, limits.window)
        familiar = table(1, limits.familiarity)
    }

    /// Counts an attempt, before anyone knows how it ends, or throws `tooManyAttempts`.
    mutating func admit(
        name: AccountName, address: String, at now: Instant
    ) throws(AccountError) -> Attempt {
        let attempt = Attempt(
            name: name.folded, address: ClientAddress.group(of: address), time: now)
        var delays = [
            pairs.delay(for: attempt.pair, at: now), addresses.delay(for: attempt.address, at: now),
        ]
        // Full means that the one success is still remembered.
        if familiar.delay(for: attempt.pair, at: now) == nil {
            delays.append(names.delay(for: attempt.name, at: now))
        }
        if let delay = delays.compactMap({ $0 }).max() { throw .tooManyAttempts(retryAfter: delay) }
        pairs.count(attempt.pair, at: now)
        addresses.count(attempt.address, at: now)
        names.count(attempt.name, at: now)
        return attempt
    }

    /// Forgets the failures of a user who has shown to be that user. An address's other failures
    /// stay: whoever guesses from there may have an account too.
    mutating func succeeded(_ attempt: Attempt) {
        pairs.clear(attempt.pair)
        names.clear(attempt.name)
        addresses.withdraw(attempt.address, at: attempt.time)
        familiar.clear(attempt.pair)
        familiar.count(attempt.pair, at: attempt.time)
    }

    /// Takes back an attempt that came to no answer.
    mutating func withdraw(_ attempt: Attempt) {
        pairs.withdraw(attempt.pair, at: attempt.time)
        names.withdraw(attempt.name, at: attempt.time)
        addresses.withdraw(attempt.address, at: attempt.time)
    }

    /// Frees what no longer counts.
    mutating func sweep(at now: Instant) {
        pairs.sweep(at: now)
        addresses.sweep(at: now)
        names.sweep(at: now)
        familiar.sweep(at: now)
    }

    /// How many keys are remembered in the fullest table.
    var fullestCount: Int { max(pairs.count, addresses.count, names.count, familiar.count) }
}

/// Times of attempts by key, within a sliding window.
private struct AttemptTable: Sendable {
    let limit: Int
    let window: Duration
    let capacity: Int
    /// Oldest first, and never more than `limit`.
    var times: [String: [Instant]] = [:]

    var count: Int { times.count }

    /// How long until one more is within the limit; nil when it is.
    func delay(for key: String, at now: Instant) -> Duration? {
        let recent = (times[key] ?? []).filter { $0 + window > now }
        guard recent.count >= limit, let oldest = recent.first else { return nil }
        return oldest + window - now
    }

    mutating func count(_ key: String, at now: Instant) {
        if times[key] == nil, times.count >= capacity { makeRoom(at: now) }
        let recent = (times[key] ?? []).filter { $0 + window > now }
        // A familiar address may exceed a name's limit.
        times[key] = (recent + [now]).suffix(limit)
    }

    mutating func clear(_ key: String) { times[key] = nil }

    mutating func withdraw(_ key: String, at time: Instant) {
        guard var present = times[key], let index = present.lastIndex(of: time) else { return }
        present.remove(at: index)
        times[key] = present.isEmpty ? nil : present
    }

    mutating func sweep(at now: Instant) {
        times = times.filter { entry in entry.value.contains { $0 + window > now } }
    }

    /// Where the window is full of others, the half that was idle for longest goes: whoever wants a
    /// counter forgotten must make thousands of attempts elsewhere for the few that this gains.
    private mutating func makeRoom(at now: Instant) {
        sweep(at: now)
        guard times.count >= capacity else { return }
        let last = times.mapValues { $0.last ?? .origin }
        let idle = last.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (key, _) in idle.prefix(capacity / 2 + 1) { times[key] = nil }
    }
}
