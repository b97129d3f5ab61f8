import Foundation
import Primitives
import Testing

@testable import Workbench

@Suite struct DecimalNumberTests {
    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (123_456.7, "123457"),
            (1_234_567, "1234570"), (999_999.5, "1000000"), (0.000012345678, "0.0000123457"),
            (0.00000012, "1.2e-7"), (1e15, "1e15"), (5e14, "500000000000000"), (1.5e300, "1.5e300"),
            (.leastNonzeroMagnitude, "5e-324"), (1 / 3.0, "0.333333"), (2 / 3.0, "0.666667"),
            (0.9999996, "1"),
        ] as [(Double, String)])
    func `six significant digits are kept`(value: Double, text: String) {
        #expect(DecimalNumber(value, significantDigits: 6).jsonText == text)
    }

    @Test(
        arguments: [
            (0.005, 2, "0.01"), (0.0049, 2, "0.00"), (1.995, 2, "2.00"), (-2.5, 0, "-3"),
            (0.4, 0, "0"),
            (-0.004, 2, "0.00"), (12.3, 3, "12.300"), (99.95, 1, "100.0"),
            (1e21, 0, "1000000000000000000000"),
        ] as [(Double, Int, String)])
    func `rounding goes half away from zero`(value: Double, decimals: Int, text: String) {
        #expect(DecimalNumber(value, decimals: decimals).fixed(decimals: decimals) == text)
    }

    @Test func `text reads back to what was written`() {
        let seed: UInt64 = 3
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(
                Double(DecimalNumber(value, significantDigits: 17).jsonText) == value,
                "seed \(seed)")
        }
    }
}
