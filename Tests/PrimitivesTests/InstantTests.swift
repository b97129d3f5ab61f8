import Primitives
import Testing

@Suite struct DurationTests {
    @Test func `units are multiples of each other`() {
        #expect(Duration.days(1) == .hours(24))
        #expect(Duration.hours(1) == .minutes(60))
        #expect(Duration.minutes(1) == .seconds(60))
        #expect(Duration.seconds(1) == .milliseconds(1_000))
        #expect(Duration.milliseconds(1) == .microseconds(1_000))
        #expect(Duration.microseconds(1) == .nanoseconds(1_000))
    }

    @Test func `seconds are rounded to the nearest nanosecond and clamped`() {
        #expect(Duration(seconds: 1.5) == .milliseconds(1_500))
        #expect(Duration(seconds: -1e-9) == .nanoseconds(-1))
        #expect(Duration(seconds: 0.6e-9) == .nanoseconds(1))
        #expect(Duration(seconds: 0.4e-9) == .zero)
        #expect(Duration(seconds: 1e300).nanoseconds == .max)
        #expect(Duration(seconds: -1e300).nanoseconds == .min)
        #expect(Duration(seconds: .infinity).nanoseconds == .max)
        #expect(Duration.milliseconds(-250).seconds == -0.25)
    }

    @Test func `it adds, scales and compares`() {
        #expect(Duration.seconds(2) + .seconds(3) == .seconds(5))
        #expect(Duration.seconds(2) - .seconds(3) == .seconds(-1))
        #expect(Duration.seconds(2) * 3 == .seconds(6))
        #expect(Duration.seconds(6) / 4 == .milliseconds(1_500))
        #expect(Duration.seconds(2).scaled(by: 0.25) == .milliseconds(500))
        #expect(Duration.seconds(1) < .seconds(2))
        var sum = Duration.zero
        sum += .seconds(1)
        #expect(sum == .seconds(1))
    }

    @Test func `scaling is clamped`() {
        #expect(Duration.days(10_000).scaled(by: 1e9).nanoseconds == .max)
        #expect(Duration.days(10_000).scaled(by: -1e9).nanoseconds == .min)
        #expect(Duration.days(1).scaled(by: .infinity).nanoseconds == .max)
    }
}

@Suite struct InstantTests {
    @Test func `instants and durations go together`() {
        let start = Instant.origin
        let end = start + .seconds(5)
        #expect(end - start == .seconds(5))
        #expect(end - .seconds(5) == start)
        #expect(end.seconds == 5)
        #expect(start < end && end < .distantFuture)
        var now = start
        now += .seconds(1)
        #expect(now == Instant(nanoseconds: 1_000_000_000))
    }
}
