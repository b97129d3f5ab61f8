import Merkle
import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

/// What participants do, or what befalls them, while a condition concerns them; and what the store makes
/// of it.
struct ConditionTests {
    private func world(
        _ condition: Condition, of selection: FaultSettings.Selection,
        at: Duration = .minutes(15), lasting: Duration? = .minutes(10),
        _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> World {
        World(
            .small {
                $0.faults = [
                    FaultSettings(
                        name: "fault",
                        kind: .condition(condition, at: at, lasting: lasting, of: selection))
                ]
                $0.workload.readsPerDay = 3_000
                $0.workload.writesPerDay = 1_500
                change(&$0)
            })
    }

    private func effects(of world: World) -> UInt64 { world.measurements().faults[0].effects }

    private func statuses(_ world: World) -> [PeerStatus?] {
        world.backends[0].members.all.map(\.standing.status)
    }

    @Test func `a node that hangs is suspected, and does late what waited`() {
        var world = world(.paused, of: .nodes(1), lasting: .minutes(3))
        world.run(until: .origin + .minutes(15))
        #expect(effects(of: world) == 0)
        world.run(until: .origin + .minutes(17))
        #expect(effects(of: world) > 0)
        #expect(statuses(world).filter { $0 == .suspect }.count == 1)
        // No crash: it counts as up all the while.
        #expect(world.latest["nodesUp"] == 6)
        world.run(until: .origin + .minutes(19))
        #expect(statuses(world).allSatisfy { $0 == .alive })
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `users wait for a backend that hangs, and go on then`() {
        var world = world(.paused, of: .backends, lasting: .minutes(2))
        world.finishRun()
        #expect(effects(of: world) > 0)
        expectNoComplaint(world)
    }

    @Test(arguments: [Duration.minutes(5), .zero - .minutes(5)])
    func `a backend's clock may be off`(offset: Duration) {
        var world = world(.clock(offset: offset, drift: 0), of: .backends)
        world.run(until: .origin + .minutes(20))
        let now = world.now
        #expect(world.environment.clock(of: world.backendIndices[0]) == now + offset)
        #expect(world.environment.clock(of: world.nodeIndices[0]) == now)
        world.finishRun()
        #expect(effects(of: world) > 0)
        expectNoComplaint(world)
    }

    @Test func `a clock that gains beats faster`() {
        var calm = world(.clock(offset: .zero, drift: 0), of: .nodes(6))
        var fast = world(.clock(offset: .zero, drift: 0.5), of: .nodes(6))
        calm.finishRun()
        fast.finishRun()
        #expect(fast.meters.control.messages > calm.meters.control.messages)
        expectNoComplaint(fast)
    }

    @Test func `slow transfers take longer, and nothing else does`() {
        var calm = world(.slowTransfers(factor: 1), of: .nodes(6))
        var slow = world(.slowTransfers(factor: 300), of: .nodes(6))
        calm.finishRun()
        slow.finishRun()
        #expect(effects(of: slow) > 0)
        let worst = slow.meters.latency, usual = calm.meters.latency
        #expect(worst.reads.quantiles.mean > usual.reads.quantiles.mean)
        expectNoComplaint(slow)
    }

    @Test func `users' links are slow where they are said to be`() {
        var calm = world(.paused, of: .nodes(1)) { $0.faults = [] }
        var slow = world(.paused, of: .nodes(1)) {
            $0.faults = []
            $0.users.uploadBytesPerSecond = 20_000
            $0.users.downloadBytesPerSecond = 20_000
        }
        calm.finishRun()
        slow.finishRun()
        let far = slow.meters.latency, near = calm.meters.latency
        #expect(far.reads.quantiles.mean > 3 * near.reads.quantiles.mean)
        expectNoComplaint(slow)
    }

    @Test func `reads that a disk refuses are no damage`() {
        var world = world(.unreadableDisk(share: 0.7), of: .nodes(6))
        world.run(until: .origin + .minutes(24))
        #expect(effects(of: world) > 10)
        #expect(world.meters.merkle.falselyFound == 0)
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a full disk takes nothing, and its chunks go elsewhere`() {
        var world = world(.fullDisk, of: .nodes(2))
        world.finishRun()
        #expect(effects(of: world) > 0)
        expectNoComplaint(world)
    }

    @Test func `a node that is out of descriptors refuses for now, and loses nothing by it`() {
        var world = world(.exhausted, of: .nodes(3))
        world.run(until: .origin + .minutes(24))
        #expect(effects(of: world) > 10)
        #expect(world.meters.merkle.falselyFound == 0)
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a disk that hangs finishes nothing while its node is thought to be well`() {
        var world = world(.hungDisk, of: .nodes(1))
        world.run(until: .origin + .minutes(20))
        #expect(effects(of: world) > 0)
        #expect(statuses(world).allSatisfy { $0 == .alive })
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a partition may part two sets and nobody else`() {
        var world = World(
            .small {
                $0.faults = [
                    FaultSettings(
                        name: "fault",
                        kind: .partition(
                            at: .minutes(15), lasting: .minutes(10), of: .domain(0),
                            from: .backends, direction: .both))
                ]
                $0.workload.readsPerDay = 3_000
            })
        world.run(until: .origin + .minutes(24))
        #expect(effects(of: world) > 0)
        // The discovery hears the nodes that the backend cannot reach.
        #expect(statuses(world).allSatisfy { $0 == .alive })
        world.finishRun()
        expectNoComplaint(world)
    }

    /// A world in which a user sends two chunks for some seconds while links are as `kind` says, or somebody
    /// is down for a moment.
    private func uploading(
        _ kind: FaultSettings.Kind?, _ meanwhile: (inout World) -> Void = { _ in }
    ) -> World {
        var world = World(
            .small {
                $0.users.uploadBytesPerSecond = 20_000
                $0.workload.files = 0
                $0.faults = kind.map { [FaultSettings(name: "fault", kind: $0)] } ?? []
            })
        world.run(until: .origin + .minutes(10))
        world.put(byteCount: 2 * 64 * 1024, by: 0)
        world.run(for: .seconds(2))
        meanwhile(&world)
        world.run(for: .seconds(6))
        return world
    }

    @Test func `what is on its way when its connection is cut does not arrive`() {
        let calm = uploading(nil)
        #expect(calm.backends[0].chunks.count == 2)
        for direction in FaultSettings.Direction.allCases {
            let cut = uploading(
                .partition(
                    at: .minutes(10) + .seconds(1), lasting: .seconds(1), of: .users,
                    direction: direction))
            #expect((effects(of: cut) > 0) == (direction != .incoming))
            #expect(cut.backends[0].chunks.isEmpty == (direction != .incoming))
        }
    }

    @Test func `what is on its way when either end goes down does not arrive`() {
        for isUser in [true, false] {
            let world = uploading(nil) { world in
                world.restart(
                    isUser ? world.userIndices[0] : world.backendIndices[0], after: .seconds(1))
            }
            #expect(world.backends[0].isReady && world.backends[0].chunks.isEmpty)
            #expect(world.meters.control.messagesLost >= 2)
        }
    }

    @Test func `who was destroyed is never back, and what a node kept is made again`() {
        for selection in [FaultSettings.Selection.nodes(1), .discovery(0)] {
            var world = World(
                .small {
                    $0.topology.discoveries = 2
                    $0.settings.deadAfter = .minutes(5)
                    $0.faults = [
                        FaultSettings(
                            name: "fault", kind: .destroyed(at: .minutes(15), of: selection))
                    ]
                })
            world.finishRun()
            #expect(effects(of: world) == 1)
            #expect(world.environment.participants.filter { !$0.isUp }.count == 1)
            expectNoComplaint(world)
        }
    }

    @Test func `without its backend nobody can read a file`() {
        var world = World(
            .small {
                $0.faults = [
                    FaultSettings(
                        name: "fault", kind: .destroyed(at: .minutes(15), of: .backend(0)))
                ]
            })
        world.finishRun()
        #expect(world.oracles.violations(of: .durability) > 0)
    }

    @Test func `a backend that takes long for each message makes its users wait in turn`() {
        func readSeconds(_ handling: Duration) -> Double? {
            var world = World(
                .small {
                    $0.backends.handling = handling
                    $0.workload.readsPerDay = 20_000
                })
            world.finishRun()
            expectNoComplaint(world)
            guard case .quantiles(let times) = world.measurements()["latency.readSeconds"] else {
                return nil
            }
            return times.p50
        }
        let (quick, slow) = (readSeconds(.zero), readSeconds(.milliseconds(200)))
        #expect((slow ?? 0) > (quick ?? .infinity) + 0.4)
    }

    @Test func `a node whose disk was emptied is told what it lacks`() {
        var world = World(
            .small {
                $0.faults = [
                    FaultSettings(
                        name: "fault", kind: .emptied(at: .minutes(15), of: .nodes(1)))
                ]
            })
        world.run(until: .origin + .minutes(14))
        let held = world.observer.nodes.reduce(0) { $0 + $1.replicas.count }
        world.run(until: .origin + .minutes(15) + .milliseconds(1))
        #expect(effects(of: world) == 1)
        #expect(world.observer.nodes.reduce(0) { $0 + $1.replicas.count } < held)
        world.finishRun()
        #expect(world.meters.merkle.foundByComparison > 0)
        expectNoComplaint(world)
    }

    @Test(arguments: 1...3)
    func `crashes that keep some of what was not synced lose nothing that was acknowledged`(
        seed: UInt64
    ) {
        let world = World.finished(
            .small(seed: seed) {
                $0.nodes.disk.crash = .keepsSome
                $0.nodes.disk.syncLatency = .seconds(2)
                $0.workload.writesPerDay = 3_000
                $0.workload.deletesPerDay = 2_000
                $0.faults = [
                    FaultSettings(
                        name: "fault",
                        kind: .crashes(
                            every: .constant(.minutes(1)), downtime: .seconds(20), of: .nodes(6)))
                ]
            })
        #expect(effects(of: world) > 30)
        expectNoComplaint(world)
    }
}
