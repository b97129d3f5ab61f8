import Primitives
import Synchronization
import Testing

@testable import Server

@Suite struct SlewedClockTests {
    /// A system whose clock somebody sets.
    private final class System: Sendable {
        let state = Mutex((uptime: Int64(7), ahead: Duration.zero))

        var time: Instant {
            state.withLock { state in
                let start = Instant.origin + .days(20_000)
                return start + Duration(nanoseconds: state.uptime) + state.ahead
            }
        }

        var clock: SlewedClock {
            SlewedClock(uptime: { self.state.withLock { $0.uptime } }, system: { self.time })
        }

        func pass(_ duration: Duration) {
            state.withLock { $0.uptime += duration.nanoseconds }
        }

        func set(ahead: Duration) { state.withLock { $0.ahead = ahead } }
    }

    @Test(arguments: [Duration.seconds(40), .hours(1), .zero - .seconds(40), .zero - .minutes(10)])
    func `a clock that is set is followed, without a jump and never back`(by ahead: Duration) {
        let system = System()
        let clock = system.clock
        var last = clock.now
        system.set(ahead: ahead)
        for _ in 0..<10_000 {
            system.pass(.milliseconds(700))
            let now = clock.now
            // At no more than twice and no less than half the speed.
            #expect(now - last <= .milliseconds(1400) && now - last >= .milliseconds(350))
            last = now
        }
        #expect(clock.now == system.time)
    }

    @Test func `whoever looks seldom is not led past the time`() {
        let system = System()
        let clock = system.clock
        for ahead in [Duration.seconds(40), .zero, .zero - .seconds(40)] {
            system.set(ahead: ahead)
            for _ in 0..<4 {
                system.pass(.hours(1))
                _ = clock.now
            }
            #expect(clock.now == system.time)
        }
    }

    @Test func `a clock that drifts is followed`() {
        let system = System()
        let clock = system.clock
        for second in 1...10_000 as ClosedRange<Int64> {
            system.pass(.seconds(1))
            // As NTP slews at most: half a millisecond a second.
            system.set(ahead: .microseconds(500 * second))
            let difference = system.time - clock.now
            #expect(difference <= .milliseconds(2) && difference >= .zero - .milliseconds(2))
        }
    }

    @Test func `without anybody setting it, time is the system's`() {
        let before = Clock.systemTime()
        let clock = Clock()
        let now = clock.now
        #expect(now >= before && now <= Clock.systemTime() + .milliseconds(1))
    }
}
