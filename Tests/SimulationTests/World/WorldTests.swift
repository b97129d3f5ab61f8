import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

/// The world as a value: determined by its configuration, copied, branched, cut into slices.
struct WorldTests {
    /// A small world with churn, faults and a busy workload.
    static func busy(
        seed: UInt64 = 1, _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> WorldConfiguration {
        .small(seed: seed) {
            $0.topology.nodes = 9
            $0.topology.backends = 2
            $0.network.loss = 0.002
            $0.network.duplication = 0.002
            $0.churn.session = .weibull(shape: 0.6, scale: .minutes(30))
            $0.churn.downtime = .exponential(mean: .minutes(2))
            $0.churn.lifetime = .exponential(mean: .hours(10))
            $0.churn.replacement = .constant(.minutes(5))
            $0.workload.readsPerDay = 2_000
            $0.workload.writesPerDay = 300
            $0.workload.deletesPerDay = 200
            $0.workload.intrusionsPerDay = 200
            $0.faults = [
                FaultSettings(
                    name: "cut",
                    kind: .partition(
                        at: .minutes(20), lasting: .minutes(10), of: .domain(1),
                        direction: .both)),
                FaultSettings(name: "rot", kind: .bitRot(every: .constant(.minutes(9)))),
            ]
            change(&$0)
        }
    }

    @Test func `the same configuration gives the same world, event for event`() {
        let a = World.finished(Self.busy())
        let b = World.finished(Self.busy())
        #expect(a.digest == b.digest)
        #expect(a.measurements() == b.measurements())
        #expect(a.samples == b.samples)
        #expect(a.events > 10_000)
        expectNoComplaint(a)
    }

    @Test func `another seed gives another world`() {
        #expect(World.finished(Self.busy()).digest != World.finished(Self.busy(seed: 2)).digest)
    }

    @Test func `a copy of a running world goes on exactly as the original does`() {
        var original = World(Self.busy())
        original.run(until: .origin + .minutes(25))
        let copy = original
        original.finishRun()
        // The original has gone on meanwhile, and that is nothing to the copy.
        var branch = copy
        branch.finishRun()
        #expect(branch.digest == original.digest)
        #expect(branch.measurements() == original.measurements())
        #expect(copy.now == .origin + .minutes(25))
    }

    @Test func `a branch with another seed goes its own way`() {
        var original = World(Self.busy())
        original.run(until: .origin + .minutes(25))
        var branch = original
        branch.reseed(77)
        var sibling = original
        sibling.reseed(77)
        original.finishRun()
        branch.finishRun()
        sibling.finishRun()
        #expect(branch.digest != original.digest)
        #expect(branch.digest == sibling.digest)
        expectNoComplaint(branch)
    }

    @Test func `running in slices is running at once`() {
        var sliced = World(Self.busy())
        while sliced.now < sliced.end { sliced.run(until: sliced.end, limit: 997) }
        sliced.finish()
        #expect(sliced.digest == World.finished(Self.busy()).digest)
    }

    @Test func `a fault changes nothing before it begins`() {
        var with = World(Self.busy())
        var without = World(Self.busy { $0.faults = [] })
        let before = Instant.origin + .minutes(8)
        with.run(until: before)
        without.run(until: before)
        #expect(with.digest == without.digest)
        with.run(until: .origin + .minutes(40))
        without.run(until: .origin + .minutes(40))
        #expect(with.digest != without.digest)
    }

    @Test func `taking one fault away leaves churn and the other fault's times as they were`() {
        let with = World.finished(Self.busy())
        let without = World.finished(Self.busy { $0.faults.removeFirst() })
        #expect(with.digest != without.digest)
        let (a, b) = (with.measurements(), without.measurements())
        #expect(a["churn.sessionsEnded"] == b["churn.sessionsEnded"])
        #expect(a["churn.nodesDestroyed"] == b["churn.nodesDestroyed"])
        #expect(a.faults.last?.effects == b.faults.last?.effects)
    }

    @Test func `real bytes pass all oracles as well`() {
        let world = World.finished(
            Self.busy {
                $0.workload.payload = .real
                $0.workload.chunkBytes = 4_096
                $0.workload.largestFileBytes = 20_000
            })
        expectNoComplaint(world)
        #expect(world.meters.durability.filesAcknowledged > 6)
    }

    @Test func `every read is compared and every intrusion refused`() {
        let world = World.finished(Self.busy())
        let outcomes = Dictionary(
            uniqueKeysWithValues: world.oracles.outcomes.map { ($0.name, $0.checks) })
        for name in Oracles.Name.allCases {
            #expect((outcomes[name.rawValue] ?? 0) > 0, "\(name.rawValue) looked at nothing")
        }
    }

    @Test func `a backend that crashes knows from its ledger what it knew`() {
        var world = World(.small())
        world.runUntilFilled()
        world.run(for: .minutes(3))
        let before = world.backends[0]
        world.restart(world.backendIndices[0], after: .seconds(20))
        world.run(for: .minutes(2))
        let after = world.backends[0]
        #expect(after.isReady)
        #expect(after.files == before.files)
        #expect(Set(after.chunks.keys) == Set(before.chunks.keys))
        for (id, chunk) in before.chunks {
            let holders = Set(chunk.holders.map { before.members[$0.member].peer })
            let found = Set(
                (after.chunks[id]?.holders ?? []).map { after.members[$0.member].peer })
            #expect(found == holders)
        }
        #expect(Set(after.members.all.map(\.peer)) == Set(before.members.all.map(\.peer)))
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a node that crashes knows from its disk what it held`() throws {
        var world = World(.small())
        world.runUntilFilled()
        world.run(for: .minutes(3))
        let slot = try #require(world.nodes.indices.first { !world.nodes[$0].index.isEmpty })
        let before = world.nodes[slot].index
        world.goDown(world.nodeIndices[slot])
        #expect(world.nodes[slot].index.isEmpty)
        world.run(for: .seconds(20))
        world.comeUp(world.nodeIndices[slot])
        world.run(for: .seconds(5))
        #expect(world.nodes[slot].index == before)
    }

    @Test func `backends that crash during uploads lose nothing that was acknowledged`() {
        let world = World.finished(
            Self.busy {
                $0.workload.writesPerDay = 3_000
                $0.faults = [
                    FaultSettings(
                        name: "crash",
                        kind: .crashes(
                            every: .exponential(mean: .minutes(2)), downtime: .seconds(20),
                            of: .backends))
                ]
            })
        expectNoComplaint(world)
        #expect(world.meters.churn.backendRestarts > 5)
        #expect(world.meters.durability.filesAcknowledged > 50)
    }
}
