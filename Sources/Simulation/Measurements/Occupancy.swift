import Primitives

/// How long how many things stood at each level: a histogram weighted by time, up to a closing
/// instant.
package struct Occupancy: Sendable {
    private var counts: [Int]
    /// Thing-seconds by level.
    private var integrals: [Double]
    private var changedAt: [Instant]
    private var closedAt = Instant.distantFuture

    /// Levels 0 to `levels − 1`; the last stands for that many or more.
    init(levels: Int) {
        counts = Array(repeating: 0, count: levels)
        integrals = Array(repeating: 0, count: levels)
        changedAt = Array(repeating: .origin, count: levels)
    }

    mutating func enter(_ level: Int, at now: Instant) { adjust(level, by: 1, at: now) }
    mutating func leave(_ level: Int, at now: Instant) { adjust(level, by: -1, at: now) }

    mutating func move(from: Int, to: Int, at now: Instant) {
        guard from != to else { return }
        adjust(from, by: -1, at: now)
        adjust(to, by: 1, at: now)
    }

    private mutating func adjust(_ level: Int, by difference: Int, at now: Instant) {
        let index = min(level, counts.count - 1)
        settle(index, at: now)
        counts[index] += difference
    }

    private mutating func settle(_ index: Int, at now: Instant) {
        let until = min(now, closedAt)
        guard until > changedAt[index] else { return }
        integrals[index] += Double(counts[index]) * (until - changedAt[index]).seconds
        changedAt[index] = until
    }

    /// Things at present below a level.
    func count(below level: Int) -> Int { counts.prefix(level).reduce(0, +) }

    /// Nothing after this instant is counted.
    mutating func close(at instant: Instant) {
        for index in counts.indices { settle(index, at: instant) }
        closedAt = instant
    }

    /// Share of thing-time at each level, up to `now`; zeros when there was none.
    func shares(at now: Instant) -> [Double] {
        var copy = self
        for index in counts.indices { copy.settle(index, at: now) }
        let total = copy.integrals.reduce(0, +)
        return copy.integrals.map { total > 0 ? $0 / total : 0 }
    }
}
