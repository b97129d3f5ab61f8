import NIOCore
import Primitives
import Roles
import Testing

@testable import Server

@Suite struct TimerQueueTests {
    private func timer(_ token: UInt64) -> TimerQueue.Due { .timer(Timer(.retry, token)) }
    private func time(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test func `what is due comes earliest first and in order at one time`() {
        var queue = TimerQueue()
        for (token, delay) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
            queue.add(timer(UInt64(token)), at: time(Int64(delay)))
        }
        #expect(queue.next(at: time(9)) == nil)
        #expect(queue.next(at: time(20)) == timer(2))
        #expect(queue.next(at: time(20)) == timer(4))
        #expect(queue.next(at: time(20)) == timer(3))
        #expect(queue.next(at: time(20)) == nil)
        #expect(queue.next(at: time(30)) == timer(1))
    }

    @Test func `the loop is asked for an earlier alarm only`() {
        var queue = TimerQueue()
        #expect(queue.nextAlarm() == nil)
        queue.add(timer(1), at: time(20))
        #expect(queue.nextAlarm() == time(20))
        queue.add(timer(2), at: time(30))
        #expect(queue.nextAlarm() == nil)
        queue.add(timer(3), at: time(10))
        #expect(queue.nextAlarm() == time(10))
    }

    @Test func `an alarm that an earlier one replaced does nothing so that alarms do not multiply`()
    {
        var queue = TimerQueue()
        queue.add(timer(1), at: time(20))
        _ = queue.nextAlarm()
        queue.add(timer(2), at: time(10))
        _ = queue.nextAlarm()
        let first = queue.rings(time(10))
        #expect(first)
        #expect(queue.next(at: time(10)) == timer(2))
        #expect(queue.nextAlarm() == time(20))
        // Two tasks of the loop come at 20 now; the second finds nothing to do.
        let second = queue.rings(time(20))
        #expect(second)
        #expect(queue.next(at: time(20)) == timer(1))
        let third = queue.rings(time(20))
        #expect(!third)
    }
}
