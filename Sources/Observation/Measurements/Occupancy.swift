import Primitives

/// How long how many things stood at each level: a histogram weighted by time.
package struct Occupancy: Sendable {
    private var counts: [Int]
    /// Thing-seconds by level.
    private var integrals: [Double]
    private var changedAt: [Instant]

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
        guard now > changedAt[index] else { return }
        integrals[index] += Double(counts[index]) * (now - changedAt[index]).seconds
        changedAt[index] = now
    }

    /// Things at present below a level.
    func count(below level: Int) -> Int { counts.prefix(level).reduce(0, +) }

    /// Takes in the time up to the present.
    mutating func advance(to now: Instant) {
        for index in counts.indices { settle(index, at: now) }
    }

    /// Share of thing-time at each level, as far as it was taken in; zeros when there was none.
    var shares: [Double] {
        let total = integrals.reduce(0, +)
        return integrals.map { total > 0 ? $0 / total : 0 }
    }
}
