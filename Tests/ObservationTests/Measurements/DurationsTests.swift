import Primitives
import Testing

@testable import Observation

struct DurationsTests {
    @Test func `nothing recorded is all zero`() {
        #expect(Durations().quantiles == Quantiles())
    }

    @Test(arguments: 1...5)
    func `quantiles are those of the sorted list to three digits`(_ seed: UInt64) {
        var random = RandomSource(seed: seed, who: 1, purpose: 3)
        var durations = Durations()
        var list: [Double] = []
        for _ in 0..<5_000 {
            // From milliseconds to weeks, so that every magnitude occurs.
            let duration = Duration(seconds: PortableMath.exp(random.unit() * 20 - 6))
            durations.record(duration)
            list.append(duration.seconds)
        }
        list.sort()
        let quantiles = durations.quantiles
        #expect(quantiles.count == list.count)
        #expect(quantiles.max == list.last)
        let mean = list.reduce(0, +) / Double(list.count)
        #expect(abs(quantiles.mean - mean) < 1e-9 * mean)
        let cases = [(0.5, quantiles.p50), (0.95, quantiles.p95), (0.99, quantiles.p99)]
        for (share, value) in cases {
            let exact = list[Int((share * Double(list.count)).rounded(.up)) - 1]
            // Whole milliseconds, three significant digits.
            #expect(abs(value - exact) <= 0.001 + exact * 0.002, "seed \(seed), \(share)")
        }
    }

    @Test func `negative and very long durations are taken in`() {
        var durations = Durations()
        durations.record(.seconds(-1))
        durations.record(.days(40_000))
        #expect(durations.quantiles.count == 2)
        #expect(durations.quantiles.max == 40_000 * 86_400)
    }
}
