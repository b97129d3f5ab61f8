import Primitives
import Testing

@testable import Live

@Suite struct WireTimeTests {
    @Test func timesAreReadAsTheyAreWritten() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_900_000_000_123_000_000, "2030-03-17T17:46:40.123Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (.max, "2262-04-11T23:47:16.854Z"), (.min, "1677-09-21T00:12:43.145Z"),
        ] as [(Int64, String)] {
            #expect(WireTime.text(Instant(nanoseconds: nanoseconds)) == text)
            let read = WireTime.instant(text)
            // The earliest milliseconds begin before the earliest instant.
            if nanoseconds != .min { #expect(read.map(WireTime.text) == text) }
        }
    }

    @Test func anythingElseIsNoTime() {
        for bad in [
            "", "1970-01-01", "1970-01-01T00:00:00Z", "1970-02-30T00:00:00.000Z",
            "1970-13-01T00:00:00.000Z", "1970-01-01T24:00:00.000Z", "1970-01-01T00:00:60.000Z",
            "1970-01-01 00:00:00.000Z", "1970-01-01T00:00:00.000z", "-970-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.999Z", "0000-00-00T00:00:00.000Z", "２０３０-01-01T00:00:00.000Z",
        ] {
            #expect(WireTime.instant(bad) == nil, "\(bad)")
        }
    }
}
