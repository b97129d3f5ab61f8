import Ledger
import Primitives
import Testing

@testable import Roles

struct BackendMembershipTests {
    private let settings = ProtocolSettings()

    @Test func `what a discovery says becomes a member's status`() {
        var bench = BackendBench(nodes: 2)
        #expect(bench.backend.members.all.map(\.status) == [.alive, .alive])
        bench.hear(nodes: [1], .suspect)
        #expect(bench.backend.members.all.map(\.status) == [.alive, .suspect])
        bench.hear(nodes: [1], .dead)
        #expect(bench.backend.members.all.map(\.status) == [.alive, .dead])
        bench.hear(nodes: [1], .alive)
        #expect(bench.backend.members.all.map(\.status) == [.alive, .alive])
    }

    @Test func `the best of what several discoveries say counts`() {
        var bench = BackendBench(nodes: 1, discoveries: 2)
        bench.hear(nodes: [0], .dead, from: 0)
        #expect(bench.backend.members[0].status == .alive)
        bench.hear(nodes: [0], .suspect, from: 1)
        #expect(bench.backend.members[0].status == .suspect)
    }

    /// Lets time pass while the discoveries answer and have nothing new to say.
    private func wait(
        _ bench: inout BackendBench, _ duration: Duration, hearing slots: [Int],
        epochs: [UInt64] = [1, 1]
    ) {
        let end = bench.now + duration
        while bench.now < end {
            bench.now += .seconds(30)
            for slot in slots { bench.hear(nodes: [], from: slot, epoch: epochs[slot]) }
            bench.maintain()
        }
    }

    @Test func `members that were alive all along survive a discovery's restart`() {
        var bench = BackendBench(nodes: 2)
        wait(&bench, settings.deadAfter * 2, hearing: [0])
        // A new run of it knows nobody yet.
        bench.hear(nodes: [], epoch: 2)
        bench.maintain()
        #expect(bench.backend.members.all.map(\.status) == [.suspect, .suspect])
        bench.hear(nodes: [0], epoch: 2)
        #expect(bench.backend.members.all.map(\.status) == [.alive, .suspect])
        // The other one never registers again.
        wait(&bench, settings.deadAfter + .minutes(1), hearing: [0], epochs: [2])
        #expect(bench.backend.members.all.map(\.status) == [.alive, .dead])
    }

    @Test func `nobody is dead because no discovery was there for a long time`() {
        var bench = BackendBench(nodes: 2)
        wait(&bench, settings.deadAfter * 2, hearing: [])
        #expect(bench.backend.members.all.map(\.status) == [.alive, .alive])
        bench.hear(nodes: [], epoch: 2)
        #expect(bench.backend.members.all.map(\.status) == [.suspect, .suspect])
    }

    @Test func `a discovery that falls silent takes its word along`() {
        var bench = BackendBench(nodes: 1, discoveries: 2)
        bench.hear(nodes: [0], .dead, from: 1)
        wait(&bench, .minutes(5), hearing: [0, 1])
        #expect(bench.backend.members[0].status == .alive)
        // Only the first could hear the node.
        wait(&bench, .minutes(5), hearing: [1])
        #expect(bench.backend.members[0].status == .dead)
    }

    @Test func `a member that only a silent discovery knew is given the whole time`() {
        var bench = BackendBench(nodes: 1, discoveries: 2)
        bench.hear(nodes: [], from: 1, epoch: 2)
        wait(&bench, settings.deadAfter * 2, hearing: [0, 1], epochs: [1, 2])
        wait(&bench, settings.deadAfter - .minutes(1), hearing: [1], epochs: [1, 2])
        #expect(bench.backend.members[0].status == .suspect)
        wait(&bench, .minutes(2), hearing: [1], epochs: [1, 2])
        #expect(bench.backend.members[0].status == .dead)
    }

    @Test func `death and return are in the ledger and outlast a restart`() {
        var bench = BackendBench(nodes: 3)
        bench.hear(nodes: [1], .dead)
        bench.maintain()
        bench.maintain(after: .minutes(2))
        bench.sync()
        bench.restart()
        #expect(bench.backend.members.all.map(\.status) == [.suspect, .dead, .suspect])
        bench.hear(nodes: 0..<3)
        bench.maintain()
        bench.maintain(after: .minutes(2))
        bench.sync()
        bench.restart()
        #expect(bench.backend.members.all.map(\.status) == [.suspect, .suspect, .suspect])
    }
}
