import Primitives
import Testing

@testable import Wire

@Suite struct WireTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_900_000_000_123_000_000, "2030-03-17T17:46:40.123Z"),
            (951_782_400_123_999_999, "2000-02-29T00:00:00.123Z"),
            (.max, "2262-04-11T23:47:16.854Z"), (.min, "1677-09-21T00:12:43.145Z"),
        ] as [(Int64, String)])
    func `times are written in UTC with milliseconds`(nanoseconds: Int64, text: String) {
        #expect(WireTime.text(Instant(nanoseconds: nanoseconds)) == text)
    }

    @Test func `no millisecond is taken for the one beside it`() {
        for millisecond in 0..<1_000 as Range<Int64> {
            let digits = String(String(1_000 + millisecond).dropFirst())
            for second in [0, 1_999_999_999, 7_000_000_000] as [Int64] {
                for rest in [0, 999_999] as [Int64] {
                    let time = Instant(
                        nanoseconds: (second * 1_000 + millisecond) * 1_000_000 + rest)
                    #expect(WireTime.text(time).hasSuffix(".\(digits)Z"))
                }
            }
        }
    }
}
