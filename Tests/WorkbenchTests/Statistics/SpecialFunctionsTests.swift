import Testing

@testable import Workbench

/// Reference values of scipy 1.17.1 (`scipy.special.gammaln`, `betainc`, `gammainc`).
@Suite struct SpecialFunctionsTests {
    @Test(
        arguments: [
            (0.001, 6.907178885383853), (0.1, 2.252712651734206), (0.5, 0.5723649429247),
            (1, 0.0), (1.5, -0.12078223763524526), (2, 0.0), (3.7, 1.428072326665388),
            (10, 12.801827480081469), (14.9, 24.924132002217277), (15, 25.191221182738683),
            (100.5, 361.43554046777757), (1_000_000, 12815504.569147611),
        ] as [(Double, Double)])
    func `log gamma agrees with SciPy`(x: Double, expected: Double) {
        let value = SpecialFunctions.logGamma(x)
        #expect(
            (value - expected).magnitude <= 2e-14 * max(1, expected.magnitude), "\(x): \(value)")
    }

    @Test(
        arguments: [
            (0.5, 0.5, 0.5, 0.5000000000000001), (0.1, 2, 3, 0.05230000000000001),
            (0.9, 2, 3, 0.9963), (0.3, 10, 20, 0.3640040810719437),
            (1e-06, 1, 2000, 0.001998002330669597), (0.01, 5, 400, 0.3790149519418786),
            (0.5, 5000, 5000, 0.49999999999999967), (0.999, 1000, 1, 0.36769542477096373),
            (0.2, 0.01, 30, 0.9999981074242387), (0, 3, 4, 0), (1, 3, 4, 1),
        ] as [(Double, Double, Double, Double)])
    func `incomplete beta agrees with SciPy`(x: Double, a: Double, b: Double, expected: Double) {
        let value = SpecialFunctions.incompleteBeta(x, a, b)
        #expect((value - expected).magnitude <= 1e-10 * expected, "\(x) \(a) \(b): \(value)")
    }

    @Test(
        arguments: [
            (0.5, 0.1, 0.34527915398142317), (1, 1, 0.6321205588285577),
            (3, 2, 0.32332358381693654),
            (10, 3, 0.0011024881301154815), (10, 20, 0.9950045876916924),
            (100, 90, 0.15822098918643007), (100, 130, 0.9972495916326934),
            (5000, 5100, 0.9206711189223811), (1, 50, 1.0), (2, 0, 0),
        ] as [(Double, Double, Double)])
    func `incomplete gamma agrees with SciPy`(a: Double, x: Double, expected: Double) {
        let value = SpecialFunctions.incompleteGamma(a, x)
        #expect((value - expected).magnitude <= 1e-10 * expected, "\(a) \(x): \(value)")
    }
}
