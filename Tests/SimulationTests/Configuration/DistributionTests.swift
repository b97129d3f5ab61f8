import Foundation
import Primitives
import Testing

@testable import Simulation

struct DistributionTests {
    private func draws(_ law: Distribution, _ count: Int, seed: UInt64) -> [Double] {
        var random = RandomSource(seed: seed, who: 1, purpose: 4)
        return (0..<count).map { _ in law.draw(&random).seconds }
    }

    /// Within four standard errors, which a right law misses once in sixteen thousand.
    private func expectMean(
        _ law: Distribution, mean: Double, deviation: Double, seed: UInt64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let list = draws(law, 20_000, seed: seed)
        let found = list.reduce(0, +) / Double(list.count)
        let error = deviation / Double(list.count).squareRoot()
        #expect(
            abs(found - mean) < 4 * error, "seed \(seed): \(found), not \(mean)",
            sourceLocation: sourceLocation)
        #expect(list.allSatisfy { $0 >= 0 }, sourceLocation: sourceLocation)
    }

    @Test(arguments: 1...4)
    func `exponential draws have their mean`(_ seed: UInt64) {
        expectMean(.exponential(mean: .hours(2)), mean: 7_200, deviation: 7_200, seed: seed)
    }

    /// Mean k·Γ(1 + 1/s) and variance k²·(Γ(1 + 2/s) − Γ(1 + 1/s)²), of shape s and scale k.
    @Test(arguments: [0.34, 0.6, 1, 2.5], 1...2)
    func `Weibull draws have their mean`(_ shape: Double, _ seed: UInt64) {
        let first = Foundation.tgamma(1 + 1 / shape)
        let second = Foundation.tgamma(1 + 2 / shape)
        expectMean(
            .weibull(shape: shape, scale: .seconds(1_000)), mean: 1_000 * first,
            deviation: 1_000 * (second - first * first).squareRoot(), seed: seed)
    }

    @Test func `half of the draws are below the median`() {
        let law = Distribution.weibull(shape: 0.6, scale: .seconds(1_000))
        let median = 1_000 * Foundation.pow(Foundation.log(2), 1 / 0.6)
        let list = draws(law, 20_000, seed: 5)
        let below = Double(list.count { $0 < median }) / Double(list.count)
        #expect(abs(below - 0.5) < 4 * 0.5 / Double(list.count).squareRoot())
    }

    @Test func `a constant is always the same`() {
        #expect(draws(.constant(.seconds(5)), 3, seed: 1) == [5, 5, 5])
    }
}
