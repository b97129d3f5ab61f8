import Primitives
import Roles
import Testing

@Suite struct EffectsTests {
    @Test func `a request sends its message and sets the timer of its timeout`() {
        var effects = Effects()
        effects.request(.leave, to: Peers.backend, call: CallID(5), timeout: .seconds(9))
        #expect(effects.sends.map(\.to) == [Peers.backend])
        #expect(effects.sends.map(\.call) == [CallID(5)])
        #expect(effects.timers.map(\.timer) == [Timer(.callTimeout, 5)])
        #expect(effects.timers.map(\.after) == [.seconds(9)])
    }

    @Test func `emptied effects hold nothing`() {
        var effects = Effects()
        effects.request(.leave, to: Peers.backend, call: CallID(5), timeout: .seconds(9))
        effects.note(.requestTimedOut)
        effects.disk.append(.recoverLog)
        effects.stops = true
        effects.removeAll()
        #expect(effects.sends.isEmpty && effects.timers.isEmpty)
        #expect(effects.disk.isEmpty && effects.notes.isEmpty)
        #expect(!effects.stops)
    }
}
