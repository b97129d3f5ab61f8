import Primitives
import Testing

@testable import Observation

struct OccupancyTests {
    /// Against keeping every thing's history and adding up.
    @Test(arguments: 1...10)
    func `shares equal those of a brute-force sum`(_ seed: UInt64) {
        var random = RandomSource(seed: seed, who: 1, purpose: 2)
        var occupancy = Occupancy(levels: 4)
        var levels: [Int] = []
        var sums = [0.0, 0, 0, 0]
        var now = 0
        for _ in 0..<200 {
            let step = random.below(7)
            for _ in 0..<step {
                for level in levels { sums[min(level, 3)] += 1 }
            }
            now += step
            let instant = Instant.origin + .seconds(Int64(now))
            switch random.below(3) {
            case 0:
                levels.append(random.below(6))
                occupancy.enter(levels.last!, at: instant)
            case 1 where !levels.isEmpty:
                let index = random.below(levels.count)
                let level = random.below(6)
                occupancy.move(from: levels[index], to: level, at: instant)
                levels[index] = level
            case 2 where !levels.isEmpty:
                occupancy.leave(levels.remove(at: random.below(levels.count)), at: instant)
            default: break
            }
            for level in 0...3 {
                #expect(occupancy.count(below: level) == levels.count { $0 < level })
            }
        }
        let total = sums.reduce(0, +)
        occupancy.advance(to: .origin + .seconds(Int64(now)))
        for (share, sum) in zip(occupancy.shares, sums) {
            #expect(abs(share - sum / total) < 1e-12, "seed \(seed)")
        }
    }

    @Test func `nothing has no shares`() {
        var occupancy = Occupancy(levels: 3)
        occupancy.advance(to: .origin + .seconds(9))
        #expect(occupancy.shares == [0, 0, 0])
    }
}
