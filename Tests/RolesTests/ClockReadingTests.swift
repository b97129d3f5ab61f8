import Primitives
import Testing

@testable import Roles

@Suite struct ClockReadingTests {
    private let now = Instant.origin + .days(20_000)

    @Test func `a difference is told once, until it is well below the bound again`() {
        var reading = ClockReading()
        #expect(reading.ahead == nil)
        #expect(reading.showed(now + .seconds(5), at: now) == nil)
        #expect(reading.ahead == .seconds(5))
        #expect(reading.showed(now - .seconds(6), at: now) == .zero - .seconds(6))
        #expect(reading.showed(now + .seconds(40), at: now) == nil)
        #expect(reading.showed(now + .seconds(3), at: now) == nil)
        #expect(reading.showed(now + .seconds(6), at: now) == nil, "it was not right meanwhile")
        #expect(reading.showed(now + .seconds(2), at: now) == nil)
        #expect(reading.showed(now + .seconds(6), at: now) == .seconds(6))
    }

    @Test func `what a clock shows is as far ahead as it was, within a day`() {
        var reading = ClockReading()
        #expect(reading.shows(at: now) == now)
        for (ahead, allowed) in [
            (Duration.seconds(40), Duration.seconds(40)),
            (.zero - .seconds(40), .zero - .seconds(40)),
            (.days(2), .days(1)), (.zero - .days(2), .zero - .days(1)),
        ] {
            _ = reading.showed(now + ahead, at: now)
            #expect(reading.shows(at: now + .hours(1)) == now + .hours(1) + allowed)
        }
    }

    @Test func `times at the ends of what is admitted are no trap`() {
        let ends = [Instant.admitted.lowerBound, Instant.admitted.upperBound]
        for time in ends {
            for now in ends {
                var reading = ClockReading()
                _ = reading.showed(time, at: now)
                #expect(reading.shows(at: now) + ProtocolSettings.longest > .origin)
                #expect([reading].largestDifference == max(time - now, now - time))
            }
        }
    }
}
