import Foundation
import Primitives
import Testing

@Suite struct PortableMathTests {
    /// How far two numbers differ, relative to the second. Zero where they are the same, or both NaN.
    static func relativeError(_ value: Double, _ expected: Double) -> Double {
        if value == expected || value.isNaN && expected.isNaN { return 0 }
        return abs(value - expected) / abs(expected)
    }

    static let extremes: [Double] = [
        .leastNonzeroMagnitude, 0x1.8p-1070, .leastNormalMagnitude, .leastNormalMagnitude.nextDown,
        1e-300, 1e-10, 0.5, 0.7071067811865475, 0.7071067811865476, Double(1).nextDown, 1,
        Double(1).nextUp, 1.4142135623730949, 1.4142135623730951, 1.4142135623730954, 2, 10, 1e10,
        1e300, .greatestFiniteMagnitude,
    ]

    @Test func `the logarithm is within 1e-15 at the extremes`() {
        for x in Self.extremes {
            #expect(Self.relativeError(PortableMath.log(x), Foundation.log(x)) < 1e-15, "ln \(x)")
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `the logarithm is within 1e-15 of all positive numbers`(seed: UInt64) {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for _ in 0..<20_000 {
            // Uniform over bit patterns: every magnitude, subnormals as well.
            let any = Double(bitPattern: random.below(Double.infinity.bitPattern))
            let near = 1 + (random.unit() - 0.5) * Foundation.pow(2, -Double(random.below(50)))
            for x in [any, near] {
                let error = Self.relativeError(PortableMath.log(x), Foundation.log(x))
                #expect(error < 1e-15, "ln \(x), seed \(seed)")
            }
        }
    }

    @Test func `the logarithm has its special values`() {
        #expect(PortableMath.log(0) == -.infinity)
        #expect(PortableMath.log(-0.0) == -.infinity)
        #expect(PortableMath.log(.infinity) == .infinity)
        #expect(PortableMath.log(1) == 0)
        #expect(PortableMath.log(-1).isNaN)
        #expect(PortableMath.log(-.infinity).isNaN)
        #expect(PortableMath.log(.nan).isNaN)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `the exponential is within 1e-15 where the result is normal`(seed: UInt64) {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for _ in 0..<20_000 {
            let wide = (random.unit() * 2 - 1) * 708
            let narrow = (random.unit() - 0.5) * Foundation.pow(2, -Double(random.below(60)))
            for x in [wide, narrow] {
                let error = Self.relativeError(PortableMath.exp(x), Foundation.exp(x))
                #expect(error < 1e-15, "e^\(x), seed \(seed)")
            }
        }
    }

    @Test func `the exponential is within one unit where the result is subnormal`() {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        for _ in 0..<10_000 {
            let x = -708 - random.unit() * 40
            let difference = abs(PortableMath.exp(x) - Foundation.exp(x))
            #expect(difference <= max(.leastNonzeroMagnitude, Foundation.exp(x) * 1e-15), "e^\(x)")
        }
    }

    @Test func `the exponential has its special values`() {
        #expect(PortableMath.exp(0) == 1)
        #expect(PortableMath.exp(-0.0) == 1)
        #expect(PortableMath.exp(.infinity) == .infinity)
        #expect(PortableMath.exp(-.infinity) == 0)
        #expect(PortableMath.exp(710) == .infinity)
        #expect(PortableMath.exp(-746) == 0)
        #expect(PortableMath.exp(.nan).isNaN)
        let largest = 709.782712893384
        #expect(Self.relativeError(PortableMath.exp(largest), Foundation.exp(largest)) < 1e-15)
        #expect(PortableMath.exp(-745.1) == .leastNonzeroMagnitude)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `powers are within 1e-14 for results that are not extreme`(seed: UInt64) {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for _ in 0..<20_000 {
            let x = Foundation.exp((random.unit() * 2 - 1) * 5)
            let y = (random.unit() * 2 - 1) * 5
            let error = Self.relativeError(PortableMath.pow(x, y), Foundation.pow(x, y))
            #expect(error < 1e-14, "\(x)^\(y), seed \(seed)")
        }
    }

    @Test func `powers have their special values`() {
        #expect(PortableMath.pow(0, 0) == 1)
        #expect(PortableMath.pow(5, 0) == 1)
        #expect(PortableMath.pow(0, 2) == 0)
        #expect(PortableMath.pow(0, -2) == .infinity)
        #expect(PortableMath.pow(1, 1e300) == 1)
    }

    @Test func `the binary logarithm rounds up`() {
        for exponent in 0..<62 {
            let power = 1 << exponent
            #expect(PortableMath.ceilLog2(power) == exponent)
            #expect(PortableMath.ceilLog2(power + 1) == exponent + 1)
        }
        #expect(PortableMath.ceilLog2(.max) == 63)
    }
}
