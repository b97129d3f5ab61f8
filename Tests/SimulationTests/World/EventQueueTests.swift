import Primitives
import Testing

@testable import Roles
@testable import Simulation

struct EventQueueTests {
    /// Schedules an event that carries a number, of whichever kind the number asks for.
    private func schedule(_ number: UInt64, at instant: Instant, in queue: inout EventQueue) {
        switch number % 4 {
        case 0:
            queue.schedule(
                EventQueue.Delivery(
                    from: 0, to: 0, call: CallID(number),
                    message: .request(.discovery(.unregister(Unregister())))), at: instant)
        case 1:
            queue.schedule(
                EventQueue.Alarm(actor: 0, epoch: 0, timer: Timer(.retry, number)), at: instant)
        case 2:
            queue.schedule(
                EventQueue.Completion(actor: 0, epoch: 0, event: .synced(token: number)),
                at: instant)
        default: queue.schedule(.fill(Int(number)), at: instant)
        }
    }

    private func take(_ queue: inout EventQueue) -> (at: Instant, number: UInt64) {
        let (at, kind, slot) = queue.popKey()
        switch kind {
        case .message: return (at, queue.takeDelivery(slot).call.raw)
        case .timer: return (at, queue.takeAlarm(slot).timer.token)
        case .disk:
            guard case .synced(let token) = queue.takeCompletion(slot).event else { return (at, 0) }
            return (at, token)
        case .environment:
            guard case .fill(let number) = queue.takeEnvironmentEvent(slot) else { return (at, 0) }
            return (at, UInt64(number))
        }
    }

    /// Few distinct instants, so that many events share one.
    @Test(arguments: 1...20)
    func `events come in order of time and, within an instant, of scheduling`(_ seed: UInt64) {
        var random = RandomSource(seed: seed, who: 1, purpose: 5)
        var queue = EventQueue()
        var reference: [(at: Instant, number: UInt64)] = []
        var number: UInt64 = 0
        var now = Instant.origin
        for _ in 0..<3_000 {
            if reference.isEmpty || random.chance(0.55) {
                number += 1
                let instant = now + .nanoseconds(Int64(random.below(20)))
                schedule(number, at: instant, in: &queue)
                let place = reference.firstIndex { $0.at > instant } ?? reference.count
                reference.insert((instant, number), at: place)
            } else {
                #expect(queue.nextAt == reference[0].at)
                let event = take(&queue)
                #expect(event == reference.removeFirst(), "seed \(seed)")
                now = event.at
            }
            #expect(queue.count == reference.count)
        }
        while let expected = reference.first {
            #expect(take(&queue) == expected, "seed \(seed)")
            reference.removeFirst()
        }
        #expect(queue.nextAt == nil)
    }

    @Test func `slots are used again`() {
        var queue = EventQueue()
        var slots: Set<Int> = []
        for number in 0..<1_000 as Range<Int64> {
            let at = Instant(nanoseconds: number)
            for _ in 0..<2 {
                queue.schedule(
                    EventQueue.Alarm(actor: 0, epoch: 0, timer: Timer(.retry)), at: at)
            }
            for _ in 0..<2 {
                let (_, _, slot) = queue.popKey()
                _ = queue.takeAlarm(slot)
                slots.insert(slot)
            }
        }
        #expect(slots == [0, 1])
    }

    @Test func `a copy goes its own way`() {
        var queue = EventQueue()
        for number in 1...9 as ClosedRange<UInt64> {
            schedule(number, at: Instant(nanoseconds: 10 - Int64(number)), in: &queue)
        }
        var copy = queue
        _ = take(&queue)
        schedule(100, at: .origin, in: &queue)
        #expect(take(&queue).number == 100)
        #expect((1...9).map { _ in take(&copy).number } == [9, 8, 7, 6, 5, 4, 3, 2, 1])
    }
}
