/// Elementary functions built from IEEE 754 basic operations alone, so that they give the same bits
/// on every machine. The C library's choose instructions by processor and may differ in the last
/// place, which would be enough to part two simulations.
package enum PortableMath {
    /// ln 2 in two parts: the first has trailing zeros, so that its product with an exponent is exact.
    private static let ln2High = 6.93147180369123816490e-01
    private static let ln2Low = 1.90821492927058770002e-10

    /// The natural logarithm, within 1e-15 relative. NaN below zero.
    ///
    /// x = m·2^e with m near 1; ln m = 2·artanh(s), s = (m−1)/(m+1).
    package static func log(_ x: Double) -> Double {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        var exponent = Double(x.exponent)
        var mantissa = x.significand
        if mantissa > 1.4142135623730951 {
            mantissa /= 2
            exponent += 1
        }
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        // s ≤ 0.1716, so the terms of the series fall below 2⁻⁵³ by the eleventh.
        var sum = 0.0
        var k = 23
        while k >= 3 {
            sum = (sum + 1 / Double(k)) * square
            k -= 2
        }
        return exponent * ln2High + (exponent * ln2Low + 2 * (s + s * sum))
    }

    /// e to the power of x, within 1e-15 relative.
    ///
    /// x = k·ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor series of e^r.
    package static func exp(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709.782712893384 { return .infinity }
        if x < -745.2 { return 0 }
        let k = (x / 0.6931471805599453).rounded()
        let r = (x - k * ln2High) - k * ln2Low
        var sum = 1.0
        var n = 17.0
        while n >= 1 {
            sum = 1 + r * sum / n
            n -= 1
        }
        return Double(sign: .plus, exponent: Int(k), significand: sum)
    }

    /// x to the power of y for x ≥ 0, within 1e-14 relative for results that are not extreme.
    package static func pow(_ x: Double, _ y: Double) -> Double {
        if y == 0 { return 1 }
        if x == 0 { return y > 0 ? 0 : .infinity }
        return exp(y * log(x))
    }

    /// log₂ n rounded up, for n ≥ 1.
    package static func ceilLog2(_ n: Int) -> Int {
        precondition(n >= 1, "the logarithm needs a positive number")
        return Int.bitWidth - (n - 1).leadingZeroBitCount
    }
}
