import Primitives

/// The functions that exact confidence intervals are made of. Built on `PortableMath`, so that a
/// report has the same digits on every machine.
package enum SpecialFunctions {
    /// ln Γ(x) for x > 0, within 1e-14 of the larger of 1 and the result.
    ///
    /// Stirling's series (Abramowitz and Stegun 6.1.41) above 15; the recurrence Γ(x+1) = x·Γ(x)
    /// leads there.
    package static func logGamma(_ x: Double) -> Double {
        precondition(x > 0, "ln Γ is taken of positive numbers")
        var x = x
        var product = 1.0
        while x < 15 {
            product *= x
            x += 1
        }
        // B₂ₙ / (2n (2n−1)) for n = 1, 2, …
        let terms = [
            1.0 / 12, -1.0 / 360, 1.0 / 1_260, -1.0 / 1_680, 1.0 / 1_188, -691.0 / 360_360,
            1.0 / 156,
        ]
        let inverseSquare = 1 / (x * x)
        let series = terms.reversed().reduce(0) { $0 * inverseSquare + $1 } / x
        let halfLogTwoPi = 0.918938533204672742
        return (x - 0.5) * PortableMath.log(x) - x + halfLogTwoPi + series
            - PortableMath.log(product)
    }

    /// The regularized incomplete beta function Iₓ(a, b) for a, b > 0 and 0 ≤ x ≤ 1: the
    /// probability that a Beta(a, b) variable is at most x. Within 1e-9 relative for a + b up to 10⁶.
    ///
    /// The continued fraction DLMF 8.17.22, which converges fast below the mean; above it the
    /// symmetry Iₓ(a, b) = 1 − I₁₋ₓ(b, a).
    package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        precondition(a > 0 && b > 0 && (0...1).contains(x), "Iₓ(a, b) needs 0 ≤ x ≤ 1 and a, b > 0")
        if x == 0 || x == 1 { return x }
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let logFactor =
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * PortableMath.log(x)
            + b * PortableMath.log(1 - x)
        let fraction = continuedFraction { step in
            if step == 0 { return 1 }
            let m = Double(step / 2)
            if step.isMultiple(of: 2) { return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) }
            return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        } denominator: { _ in
            1
        }
        return min(1, PortableMath.exp(logFactor) * fraction / a)
    }

    /// The regularized lower incomplete gamma function P(a, x) for a > 0, x ≥ 0: the probability
    /// that a Gamma(a) variable is at most x, which is that of at least a Poisson(x) events.
    ///
    /// The series DLMF 8.11.4 below the mean, the continued fraction 8.9.2 above.
    package static func incompleteGamma(_ a: Double, _ x: Double) -> Double {
        precondition(a > 0 && x >= 0, "P(a, x) needs a > 0 and x ≥ 0")
        if x == 0 { return 0 }
        let factor = PortableMath.exp(a * PortableMath.log(x) - x - logGamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var n = a
            while term > sum * 1e-17 {
                n += 1
                term *= x / n
                sum += term
            }
            return min(1, factor * sum)
        }
        let fraction = continuedFraction { step in
            step == 0 ? 1 : -Double(step) * (Double(step) - a)
        } denominator: { step in
            x + 2 * Double(step) + 1 - a
        }
        return max(0, 1 - factor * fraction)
    }

    /// n₀/(d₀ + n₁/(d₁ + n₂/(d₂ + …))) by the modified Lentz algorithm (Thompson and Barnett, 1986).
    private static func continuedFraction(
        numerator: (Int) -> Double, denominator: (Int) -> Double
    ) -> Double {
        let tiny = 1e-300
        var value = tiny
        var c = value
        var d = 0.0
        for step in 0..<1_000_000 {
            let n = numerator(step)
            let b = denominator(step)
            d = b + n * d
            if d == 0 { d = tiny }
            c = b + n / c
            if c == 0 { c = tiny }
            d = 1 / d
            let factor = c * d
            value *= factor
            if (factor - 1).magnitude < 1e-16 { break }
        }
        return value
    }
}
