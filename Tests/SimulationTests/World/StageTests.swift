import Primitives
import Roles
import Testing

@testable import Simulation

/// A world whose servers run elsewhere.
struct StageTests {
    private static let node: UInt32 = 3

    /// One discovery, backend and user, and three nodes, after their starts were ordered.
    private func started() -> World {
        var world = World.acted(
            .small {
                $0.topology.nodes = 3
                $0.topology.users = 1
                $0.topology.backends = 1
                $0.topology.discoveries = 1
            })
        world.run(until: .origin + .seconds(100))
        return world
    }

    private func starts(_ orders: [StageOrder]) -> [UInt32] {
        orders.compactMap { if case .start(let actor, _) = $0 { actor } else { nil } }.sorted()
    }

    @Test func `servers are ordered to start, and users are not`() {
        var world = started()
        #expect(starts(world.takeOrders()) == [0, 1, 3, 4, 5])
        #expect(!world.hasOrders)
    }

    @Test func `a crash and a return are orders, and the former run means nothing then`() {
        var world = started()
        _ = world.takeOrders()
        let run = StagedRun(actor: Self.node, epoch: world.participants[Int(Self.node)].epoch)
        #expect(world.isCurrent(run))
        world.goDown(Self.node)
        #expect(!world.isCurrent(run))
        world.comeUp(Self.node)
        let orders = world.takeOrders()
        guard orders.count == 2, case .crash(Self.node) = orders[0],
            case .start(Self.node, let epoch) = orders[1]
        else {
            Issue.record("\(orders)")
            return
        }
        #expect(epoch == run.epoch + 1 && !world.isCurrent(run))
        #expect(world.isCurrent(StagedRun(actor: Self.node, epoch: epoch)))
    }

    // MARK: What a disk gives back

    private let stored = StoredChunk(
        chunk: ChunkID(Hash256(1, 2, 3, 4)), byteCount: 2, owner: PeerID(1),
        stamp: Instant(nanoseconds: 5))

    private func run(of world: World) -> StagedRun {
        StagedRun(actor: Self.node, epoch: world.participants[Int(Self.node)].epoch)
    }

    /// A node wrote a chunk, and perhaps synced it, before it crashed and came back.
    private func restarted(afterSync: Bool) -> World {
        var world = started()
        let run = run(of: world)
        world.saw(.write(token: 1, stored, Payload(bytes: [1, 2], byteCount: 2)), by: run)
        world.saw(.wrote(token: 1, .written), by: run)
        world.saw(.sync(token: 2), by: run)
        if afterSync { world.saw(.synced(token: 2), by: run) }
        world.goDown(Self.node)
        world.comeUp(Self.node)
        return world
    }

    @Test(arguments: [false, true])
    func `a chunk that is there after a restart counts, whether or not its sync was heard of`(
        wasHeard: Bool
    ) {
        var world = restarted(afterSync: wasHeard)
        world.saw(.recoveredChunks([stored]), by: run(of: world))
        #expect(world.oracles.violations == 0)
        #expect(world.census.durableReplicas(of: stored.chunk) == 1)
    }

    @Test func `a chunk that was not synced may be gone after a restart`() {
        var world = restarted(afterSync: false)
        world.saw(.recoveredChunks([]), by: run(of: world))
        #expect(world.oracles.violations == 0)
        #expect(world.census.durableReplicas(of: stored.chunk) == 0)
    }

    @Test func `a chunk that was reported as synced and is gone is a violation`() {
        var world = restarted(afterSync: true)
        world.saw(.recoveredChunks([]), by: run(of: world))
        #expect(world.oracles.violations(of: .durableAcknowledgement) == 1)
        #expect(world.census.durableReplicas(of: stored.chunk) == 0)
    }

    @Test func `a chunk that comes from nowhere is a violation`() {
        var world = restarted(afterSync: true)
        var other = stored
        other.stamp = Instant(nanoseconds: 6)
        world.saw(.recoveredChunks([stored, other]), by: run(of: world))
        #expect(world.oracles.violations(of: .inventoryTruth) == 1)
    }

    @Test func `a deletion that did not last brings the chunk back`() {
        var world = restarted(afterSync: true)
        world.saw(.recoveredChunks([stored]), by: run(of: world))
        world.saw(.delete(stored.chunk), by: run(of: world))
        #expect(world.census.durableReplicas(of: stored.chunk) == 0)
        world.goDown(Self.node)
        world.comeUp(Self.node)
        world.saw(.recoveredChunks([stored]), by: run(of: world))
        #expect(world.oracles.violations == 0)
        #expect(world.census.durableReplicas(of: stored.chunk) == 1)
    }

    @Test func `what a disk holds in the end is compared with what it reported`() {
        var world = restarted(afterSync: true)
        world.saw(.recoveredChunks([stored]), by: run(of: world))
        world.audit(Self.node, found: [stored], damaged: [])
        #expect(world.oracles.violations == 0)
        world.audit(Self.node, found: [stored], damaged: [stored.chunk])
        #expect(world.oracles.violations(of: .inventoryTruth) == 1)
        world.audit(Self.node, found: [], damaged: [])
        #expect(world.oracles.violations(of: .inventoryTruth) == 2)
    }

    @Test func `a log that lost a synced block, or holds another, is a violation`() {
        var disk = LogDisk(speed: DiskSettings())
        disk.append([1])
        _ = disk.startSync(at: .origin)
        _ = disk.finishSync()
        disk.append([2])
        var same = disk
        #expect(same.reconcile(with: [[1], [2]]) == [[2]])
        #expect(same.durableCount == 2)
        same = disk
        #expect(same.reconcile(with: [[1]]) == [])
        same = disk
        #expect(same.reconcile(with: []) == nil)
        same = disk
        #expect(same.reconcile(with: [[3], [2]]) == nil)
    }
}
