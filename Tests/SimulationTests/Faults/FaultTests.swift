import Merkle
import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

/// Each fault does what it says, counts what it did, and is healed from.
struct FaultTests {
    private func world(
        _ kind: FaultSettings.Kind, _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> World {
        World(
            .small {
                $0.faults = [FaultSettings(name: "fault", kind: kind)]
                $0.workload.readsPerDay = 3_000
                change(&$0)
            })
    }

    private func effects(of world: World) -> UInt64 { world.measurements().faults[0].effects }

    @Test(arguments: FaultSettings.Direction.allCases)
    func `a partition cuts its side off and heals`(direction: FaultSettings.Direction) {
        var world = world(
            .partition(
                at: .minutes(15), lasting: .minutes(10), of: .domain(0), direction: direction))
        world.run(until: .origin + .minutes(14))
        #expect(effects(of: world) == 0)
        // Long enough for the discovery to suspect the two nodes, unless it still hears them.
        world.run(until: .origin + .minutes(18))
        let cut = world.backends[0].members.all.filter { $0.domain == 0 }
        let isHeard = direction == .incoming
        #expect(cut.allSatisfy { ($0.standing.status == .alive) == isHeard })
        #expect(effects(of: world) > 0)
        world.run(until: .origin + .minutes(28))
        #expect(world.backends[0].members.all.allSatisfy { $0.standing.status == .alive })
        let total = effects(of: world)
        world.finishRun()
        #expect(effects(of: world) == total)
        expectNoComplaint(world)
    }

    @Test func `an outage stops a domain, and its nodes come back with what they had synced`() {
        var world = world(.outage(at: .minutes(15), lasting: .minutes(3), of: .domain(1)))
        world.run(until: .origin + .minutes(14))
        let held = world.observer.nodes.map(\.replicas.count)
        world.run(until: .origin + .minutes(16))
        #expect(world.latest["nodesUp"] == 4)
        #expect(effects(of: world) == 2)
        // Before anybody is declared dead, so that nothing has been moved.
        world.run(until: .origin + .minutes(19))
        #expect(world.latest["nodesUp"] == 6)
        #expect(zip(world.observer.nodes.map(\.replicas.count), held).allSatisfy { $0 >= $1 })
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `crashes strike again and again, one participant at a time`() {
        var world = world(
            .crashes(every: .constant(.minutes(4)), downtime: .seconds(30), of: .nodes(6)))
        world.finishRun()
        #expect((10...15).contains(effects(of: world)))
        expectNoComplaint(world)
    }

    @Test func `a degradation disturbs the links of the chosen`() {
        var calm = world(
            .degradation(
                at: .minutes(15), lasting: .minutes(20), of: .nodes(6), loss: 0, duplication: 0,
                latencyFactor: 1))
        var bad = world(
            .degradation(
                at: .minutes(15), lasting: .minutes(20), of: .nodes(6), loss: 0.2,
                duplication: 0.2, latencyFactor: 10))
        calm.finishRun()
        bad.finishRun()
        #expect(effects(of: bad) > 100)
        #expect(bad.meters.control.messagesLost > calm.meters.control.messagesLost + 50)
        #expect(
            bad.meters.latency.reads.quantiles.p95
                > calm.meters.latency.reads.quantiles.p95)
        expectNoComplaint(bad)
    }

    @Test func `rot is found by a scrub or a read, and repaired`() {
        var world = world(.bitRot(every: .constant(.minutes(5))))
        world.finishRun()
        let merkle = world.meters.merkle
        #expect(effects(of: world) > 5)
        #expect(merkle.foundByScrubOrRead > 0)
        #expect(world.meters.redundancy.chunksBelowTarget == 0)
        expectNoComplaint(world)
    }

    @Test func `damage is found by audits where they are frequent, and repaired`() {
        var world = world(.bitRot(every: .constant(.minutes(5)))) {
            $0.settings.auditInterval = .seconds(20)
        }
        world.finishRun()
        let merkle = world.meters.merkle
        #expect(merkle.audits > 100)
        #expect(merkle.foundByAudit > 0)
        #expect(merkle.falselyFound == 0)
        #expect(world.meters.redundancy.chunksBelowTarget == 0)
        expectNoComplaint(world)
    }

    @Test func `chunks that vanish while a node is down are found by comparison, and repaired`() {
        var world = world(.lostChunks(every: .constant(.minutes(3)))) {
            $0.churn.session = .constant(.minutes(10))
            $0.churn.downtime = .constant(.minutes(4))
        }
        world.finishRun()
        let merkle = world.meters.merkle
        #expect(effects(of: world) > 5)
        #expect(merkle.foundByComparison > 0)
        #expect(merkle.falselyFound == 0)
        #expect(world.meters.redundancy.chunksBelowTarget == 0)
        expectNoComplaint(world)
    }

    @Test func `nodes that depart hand over what they hold first`() {
        var world = world(.departure(at: .minutes(15), of: .nodes(2)))
        world.run(until: .origin + .minutes(14))
        #expect(world.meters.churn.nodesLeft == 0)
        world.finishRun()
        #expect(effects(of: world) == 2)
        #expect(world.meters.churn.nodesLeft == 2)
        #expect(world.meters.durability.lostFiles.isEmpty)
        #expect(world.meters.redundancy.chunksBelowTarget == 0)
        expectNoComplaint(world)
    }

    @Test func `a departing node that crashes has not changed its mind`() throws {
        var world = world(.departure(at: .minutes(15), of: .nodes(1)))
        world.run(until: .origin + .minutes(15))
        let actor = try #require(world.environment.faults[0].targets.first)
        if !world.environment.participants[Int(actor)].isGone {
            world.restart(actor, after: .seconds(20))
        }
        world.finishRun()
        #expect(world.environment.participants[Int(actor)].isGone)
        #expect(effects(of: world) == 1)
        expectNoComplaint(world)
    }

    @Test func `lives end with the disk, and new nodes take their places`() {
        let world = World.finished(
            .small {
                $0.topology.nodes = 12
                $0.churn.lifetime = .exponential(mean: .hours(1))
                $0.churn.replacement = .constant(.minutes(2))
            })
        let churn = world.meters.churn
        #expect(churn.nodesDestroyed > 0)
        #expect(churn.nodesJoined > 0)
        #expect(world.meters.repair.times.quantiles.count > 0)
        expectNoComplaint(world)
    }
}
