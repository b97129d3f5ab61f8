import Primitives
import Roles
import Testing

@Suite struct CallsTests {
    private var calls: Calls<String>
    private let peer = Peers.node(1)

    init() {
        var random = RandomSource(seed: 1, who: 1, purpose: 1)
        calls = Calls(random: &random)
    }

    @Test mutating func `an answer closes the call that it belongs to, once`() {
        let first = calls.open(to: peer, "first")
        let second = calls.open(to: peer, "second")
        #expect(first != second)
        #expect(calls.close(second, from: peer) == "second")
        #expect(calls.close(second, from: peer) == nil)
        #expect(calls.close(first, from: peer) == "first")
        #expect(calls.count == 0)
    }

    @Test mutating func `an answer from anybody but the peer that was asked leaves the call open`()
    {
        let call = calls.open(to: peer, "mine")
        #expect(calls.close(call, from: Peers.stranger) == nil)
        #expect(calls.close(call, from: peer) == "mine")
    }

    @Test mutating func `an answer after the timeout means nothing`() {
        let call = calls.open(to: peer, "late")
        let expired = calls.expire(call)
        #expect(expired?.peer == peer)
        #expect(expired?.context == "late")
        #expect(calls.close(call, from: peer) == nil)
        #expect(calls.count == 0)
    }

    @Test mutating func `the timeout of an answered call means nothing`() {
        let call = calls.open(to: peer, "answered")
        _ = calls.close(call, from: peer)
        #expect(calls.expire(call) == nil)
    }

    @Test func `the id that stands for no answer is never given to a call`() {
        // A state whose first number is the largest, so that the id after it would be zero.
        var random = RandomSource(state: (1, 0x4FC7_1C71_C71C_71C7, 0, 0))
        var calls = Calls<Int>(random: &random)
        #expect(calls.open(to: peer, 0) == CallID(1))
    }

    @Test func `the calls of two runs have different ids`() {
        var random = RandomSource(seed: 3, who: 1, purpose: 1)
        var former = Calls<Int>(random: &random)
        var present = Calls<Int>(random: &random)
        let ids = Set((0..<1000).map { former.open(to: peer, $0) })
        for number in 0..<1000 { #expect(!ids.contains(present.open(to: peer, number))) }
    }
}
