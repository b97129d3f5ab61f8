import Cryptography
import Merkle
import Primitives
import Testing

@testable import Observation
@testable import Roles
@testable import Simulation

/// What those do that deviate from the protocol, and what the store makes of it.
struct LieFaultTests {
    private func world(
        _ lie: Lie, of selection: FaultSettings.Selection, at: Duration = .minutes(15),
        _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> World {
        World(
            .small {
                $0.faults = [
                    FaultSettings(
                        name: "fault",
                        kind: .condition(.lying(lie), at: at, lasting: nil, of: selection))
                ]
                $0.workload.readsPerDay = 3_000
                $0.workload.writesPerDay = 1_500
                change(&$0)
            })
    }

    private func effects(of world: World) -> UInt64 { world.measurements().faults[0].effects }

    /// Two of six nodes lie, or all users, and replicas vanish, so that there is something to repair.
    private func liars(_ lie: Lie) -> World {
        var world = world(lie, of: lie.teller == .users ? .users : .nodes(2)) {
            $0.faults.append(
                FaultSettings(name: "vanish", kind: .lostChunks(every: .constant(.minutes(1)))))
        }
        world.finishRun()
        return world
    }

    @Test(arguments: Lie.allCases.filter { $0.teller != .discoveries })
    func `a liar tells lies until the end, and files can still be read`(lie: Lie) {
        let world = liars(lie)
        #expect(effects(of: world) > 0)
        #expect(world.oracles.violations(of: .readIntegrity) == 0)
        #expect(world.oracles.violations(of: .durability) == 0)
        #expect(world.oracles.violations(of: .ledger) == 0)
        #expect(world.oracles.violations(of: .inventoryTruth) == 0)
    }

    @Test(arguments: Lie.allCases)
    func `a lie that neither hides nor does damage needs no longer settling`(lie: Lie) {
        var world = WorldConfiguration()
        let honest = world.settle
        world.faults = [
            FaultSettings(
                name: "lie",
                kind: .condition(.lying(lie), at: .zero, lasting: nil, of: .nodes(1)))
        ]
        let harmless: [Lie] = [
            .boast, .evade, .delay, .fabricate, .relocate, .omit, .bury, .invent, .odd,
        ]
        #expect((world.settle == honest) == harmless.contains(lie))
    }

    @Test(arguments: [Lie.drop, .alter, .share, .extreme])
    func `nothing on a node that keeps nothing counts`(lie: Lie) {
        var world = world(lie, of: .nodes(6))
        world.run(until: .origin + .minutes(15) + .milliseconds(1))
        #expect(world.observer.nodes.allSatisfy { $0.replicas.isEmpty })
        #expect(world.referencedChunks.allSatisfy { world.census.facts[$0]?.durable == 0 })
    }

    @Test func `made-up chunks are watched, and nothing that is there is taken for missing`() {
        var world = world(.fabricate, of: .nodes(1))
        world.run(until: .origin + .minutes(40))
        let slot = world.nodeIndices.firstIndex {
            world.environment.participants[Int($0)].isAfflicted
        }
        let liar = world.backends[0].members.index(
            of: PeerID(UInt64(world.nodeIndices[slot ?? 0])))
        let watched = world.backends[0].orphans[liar ?? 0] ?? [:]
        #expect(watched.count >= 62)
        #expect(world.meters.merkle.falselyFound == 0)
        // The others are compared meanwhile.
        #expect(world.meters.merkle.comparisonsEqual > 5)
    }

    @Test func `what is placed on liars by their domains stands in fewer than it seems`() {
        let world = world(.relocate, of: .domain(0), at: .zero) { $0.topology.nodes = 9 }
        var run = world
        run.finishRun()
        #expect(effects(of: run) > 0)
        #expect(run.backends[0].members.domains.count == 5)
        #expect(run.meters.redundancy.chunksCrowded > 0)
        #expect(run.complaints.isEmpty)
    }

    @Test func `what was said before comes again when its node is long gone`() {
        var world = world(.replay, of: .nodes(1))
        world.run(until: .origin + .minutes(20))
        let liar = world.nodeIndices.first { world.environment.participants[Int($0)].isAfflicted }
        world.environment.destroy(liar!, isFault: true)
        world.carryOutOrders()
        world.run(for: .minutes(6))
        // Silent for longer than makes others dead, it is thought to come back.
        #expect(world.discoveries[0].status(of: PeerID(UInt64(liar!))) != .dead)
        world.run(for: .minutes(20))
        #expect(world.discoveries[0].status(of: PeerID(UInt64(liar!))) == .dead)
    }

    @Test func `nodes that there are not are asked in vain, and files are stored nevertheless`() {
        var world = world(.invent, of: .discoveries, at: .zero)
        world.finishRun()
        #expect(world.backends[0].members.all.count == 6 + 2)
        #expect(world.meters.control.requestsTimedOut > 0)
        #expect(world.meters.durability.filesAcknowledged > 20)
        #expect(world.meters.availability.uploadsFailed == 0)
    }

    @Test func `backends that are told otherwise of the same node differ`() {
        var world = world(.conflict, of: .discoveries) { $0.topology.backends = 2 }
        world.run(until: .origin + .minutes(16))
        func statuses(_ slot: Int) -> [PeerStatus?] {
            world.nodeIndices.map { node in
                let members = world.backends[slot].members
                return members.index(of: PeerID(UInt64(node))).map { members[$0].standing.status }
                    ?? nil
            }
        }
        world.restart(world.nodeIndices[0], after: .minutes(1))
        world.restart(world.nodeIndices[1], after: .minutes(1))
        world.run(for: .minutes(1))
        #expect(statuses(0) != statuses(1))
    }

    @Test func `odd requests are refused or forgotten, and nobody else is worse off`() {
        var world = world(.odd, of: .users) { $0.workload.intrusionsPerDay = 1_000 }
        world.finishRun()
        #expect(effects(of: world) > 300)
        expectNoComplaint(world)
        #expect(world.meters.availability.uploadsFailed == 0)
        // Of what they ask for, something is as good as what others do.
        #expect(world.backends[0].files.count > world.observer.files.count)
    }

    // MARK: What becomes of liars

    @Test func `how long liars live, what they cost and who suffers is counted`() {
        var world = world(.drop, of: .nodes(2)) {
            $0.settings.auditInterval = .seconds(30)
            $0.workload.writesPerDay = 6_000
        }
        world.run(until: .origin + .minutes(16))
        #expect(world.meters.liars.nodes == 2 && world.meters.liars.lives.quantiles.count == 0)
        world.finishRun()
        let liars = world.meters.liars
        #expect(liars.lives.quantiles.count == 2)
        #expect(liars.lives.quantiles.max <= 45 * 60)
        #expect(liars.replicasPlaced > 0 && liars.bytesPlaced > UInt64(liars.replicasPlaced))
        #expect(liars.replicasGivenUp > 0 && liars.bytesGivenUp > UInt64(liars.replicasGivenUp))
        #expect(liars.honestDoubted == 0 && liars.honestStripped == 0)
    }

    @Test func `where nobody lies, nothing is told of liars`() {
        let world = World.finished(.small())
        #expect(world.meters.liars.nodes == 0 && world.observer.liars.isEmpty)
    }
}
