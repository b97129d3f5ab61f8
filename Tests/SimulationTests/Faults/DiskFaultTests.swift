import Merkle
import Observation
import Primitives
import Roles
import Testing

@testable import Simulation

/// What befalls disks, those of backends too, and what the store makes of it.
struct DiskFaultTests {
    private func world(
        _ kinds: FaultSettings.Kind..., change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> World {
        World(
            .small {
                $0.faults = kinds.enumerated().map {
                    FaultSettings(name: "fault-\($0.offset)", kind: $0.element)
                }
                $0.workload.readsPerDay = 3_000
                $0.workload.writesPerDay = 3_000
                change(&$0)
            })
    }

    private func effects(of world: World) -> [UInt64] {
        world.measurements().faults.map(\.effects)
    }

    private func held(in world: World) -> Int {
        world.observer.nodes.reduce(0) { $0 + $1.replicas.count }
    }

    // MARK: Backends

    @Test(arguments: [Condition.fullDisk, .exhausted, .hungDisk])
    func `a backend acknowledges nothing while its disk takes nothing, and goes on then`(
        condition: Condition
    ) {
        var world = world(
            .condition(condition, at: .minutes(15), lasting: .minutes(10), of: .backends))
        world.run(until: .origin + .minutes(15) + .seconds(1))
        let acknowledged = world.observer.files.count
        world.run(until: .origin + .minutes(25) - .seconds(1))
        #expect(world.observer.files.count == acknowledged)
        #expect(effects(of: world)[0] > 0)
        world.finishRun()
        #expect(world.observer.files.count > acknowledged + 20)
        expectNoComplaint(world)
    }

    @Test func `a backend that cannot read its ledger waits until it can`() {
        var world = world(
            .condition(
                .unreadableDisk(share: 1), at: .minutes(15), lasting: .minutes(10), of: .backends),
            .outage(at: .minutes(16), lasting: .minutes(1), of: .backends))
        world.run(until: .origin + .minutes(25) - .seconds(1))
        #expect(!world.backends[0].isReady)
        #expect(effects(of: world)[0] > 100)
        world.run(until: .origin + .minutes(25) + .seconds(2))
        #expect(world.backends[0].isReady)
        world.finishRun()
        expectNoComplaint(world)
    }

    @Test func `a backend whose disk is not there does not run, and forgets nothing`() {
        var world = world(.emptied(at: .minutes(15), lasting: .minutes(10), of: .backends))
        world.run(until: .origin + .minutes(14))
        let held = held(in: world)
        world.run(until: .origin + .minutes(25) - .seconds(1))
        #expect(!world.environment.participants[Int(world.backendIndices[0])].isUp)
        #expect(self.held(in: world) >= held)
        world.finishRun()
        #expect(effects(of: world) == [1])
        expectNoComplaint(world)
    }

    @Test func `a backend with an older disk has forgotten what no node kept`() {
        var world = world(
            .restored(from: .minutes(15), at: .minutes(25), of: .backends)
        ) { $0.settings.ledgerCopies = 0 }
        world.run(until: .origin + .minutes(15))
        let blocks = world.logDisks[0].contents.blocks.count
        world.run(until: .origin + .minutes(25) - .seconds(1))
        #expect(world.logDisks[0].contents.blocks.count > blocks)
        world.run(until: .origin + .minutes(25))
        #expect(world.logDisks[0].contents.blocks.count == blocks)
        world.finishRun()
        #expect(effects(of: world) == [1])
        #expect(world.oracles.violations(of: .durability) > 0)
        #expect(world.oracles.violations(of: .ledger) == 0)
    }

    @Test(arguments: [
        FaultSettings.Kind.restored(from: .minutes(15), at: .minutes(25), of: .backends),
        .emptied(at: .minutes(25), of: .backends),
    ])
    func `a backend gets back from nodes what its disk lacks`(fault: FaultSettings.Kind) {
        var world = world(fault)
        world.run(until: .origin + .minutes(25) - .seconds(1))
        let blocks = world.logDisks[0].contents.blocks
        world.run(until: .origin + .minutes(26))
        #expect(world.logDisks[0].contents.blocks.starts(with: blocks))
        #expect(world.meters.ledger.blocksFetched > 0)
        world.finishRun()
        #expect(effects(of: world) == [1])
        expectNoComplaint(world)
    }

    // MARK: Nodes

    @Test(arguments: DiskSettings.Store.allCases)
    func `a node whose own disk is back has what it had, and is told what it lacks`(
        store: DiskSettings.Store
    ) {
        var world = world(.emptied(at: .minutes(15), lasting: .seconds(5), of: .nodes(1))) {
            $0.nodes.disk.store = store
        }
        world.run(until: .origin + .minutes(15) - .milliseconds(1))
        let held = world.observer.nodes.map(\.replicas.count)
        world.run(until: .origin + .minutes(15))
        let chosen = world.environment.faults[0].targets[0]
        let slot = Int(world.environment.participants[Int(chosen)].slot)
        #expect(world.observer.nodes[slot].replicas.count == 0 && held[slot] > 0)
        // Before anybody has had the time to copy it all there again.
        world.run(until: .origin + .minutes(15) + .seconds(5))
        #expect(world.observer.nodes[slot].replicas.count >= held[slot])
        world.finishRun()
        #expect(effects(of: world) == [1])
        expectNoComplaint(world)
    }

    @Test(arguments: DiskSettings.Store.allCases)
    func `a node with an older disk is told what it lacks, and deletes what is wanted no more`(
        store: DiskSettings.Store
    ) {
        var world = world(.restored(from: .minutes(12), at: .minutes(25), of: .nodes(1))) {
            $0.nodes.disk.store = store
            $0.workload.deletesPerDay = 2_000
        }
        world.run(until: .origin + .minutes(12))
        let chosen = world.environment.faults[0].targets[0]
        let slot = Int(world.environment.participants[Int(chosen)].slot)
        let held = world.observer.nodes[slot].replicas
        world.run(until: .origin + .minutes(25) - .seconds(1))
        #expect(world.observer.nodes[slot].replicas != held)
        world.run(until: .origin + .minutes(25))
        #expect(world.observer.nodes[slot].replicas == held)
        world.finishRun()
        #expect(effects(of: world) == [1])
        #expect(world.meters.merkle.foundByComparison > 0)
        #expect(world.meters.storage.chunksCollected > 0)
        expectNoComplaint(world)
    }

    @Test(arguments: DiskSettings.Store.allCases)
    func
        `a folder that is replaced under a running node has nothing, and is counted on for nothing`(
            store: DiskSettings.Store
        )
    {
        var world = world(.replaced(at: .minutes(15), of: .nodes(1))) {
            $0.nodes.disk.store = store
        }
        world.run(until: .origin + .minutes(15) - .milliseconds(1))
        let (held, counted) = (held(in: world), world.nodes.map(\.index.count))
        world.run(until: .origin + .minutes(15))
        #expect(effects(of: world) == [1])
        #expect(self.held(in: world) < held)
        #expect(world.nodes.map(\.index.count) == counted)
        world.finishRun()
        switch store {
        case .model:
            #expect(world.meters.merkle.foundByScrubOrRead > 0)
            expectNoComplaint(world)
        case .segments:
            // It serves nothing from files that have no name any more, and backends doubt it in time.
            #expect(world.meters.churn.doubted > 0)
            expectNoComplaint(world)
        }
    }

    @Test(arguments: DiskSettings.Store.allCases)
    func `a node whose folder was replaced is told what it lacks once it restarts`(
        store: DiskSettings.Store
    ) {
        var world = world(
            .replaced(at: .minutes(15), of: .nodes(1)),
            .outage(at: .minutes(20), lasting: .minutes(1), of: .domain(0)),
            .outage(at: .minutes(25), lasting: .minutes(1), of: .domain(1)),
            .outage(at: .minutes(30), lasting: .minutes(1), of: .domain(2))
        ) {
            $0.nodes.disk.store = store
        }
        world.finishRun()
        let merkle = world.meters.merkle
        #expect(merkle.foundByComparison + merkle.foundByScrubOrRead + merkle.foundByAudit > 0)
        expectNoComplaint(world)
    }

    @Test func `slow disks of nodes and of backends make writes wait`() {
        func writeSeconds(_ factor: Double, _ selection: FaultSettings.Selection) -> Double {
            var world = world(
                .condition(
                    .slowDisk(factor: factor), at: .minutes(15), lasting: .minutes(30),
                    of: selection))
            world.finishRun()
            #expect(effects(of: world)[0] > 0)
            expectNoComplaint(world)
            return world.meters.latency.writes.quantiles.mean
        }
        for selection in [FaultSettings.Selection.nodes(6), .backends] {
            #expect(writeSeconds(50, selection) > 2 * writeSeconds(1, selection))
        }
    }

    @Test func `rot by the byte follows what is stored, and is mended`() {
        func rotten(files: Int) -> UInt64 {
            var world = world(.byteRot(perByteYear: 0.02)) {
                $0.workload.files = files
                $0.workload.writesPerDay = 0
                $0.workload.smallestFileBytes = 200_000
            }
            world.finishRun()
            expectNoComplaint(world)
            return effects(of: world)[0]
        }
        let (few, many) = (rotten(files: 4), rotten(files: 60))
        // 0.02 a byte and year × 3 replicas × 250 kB a file × 1 h: 1.7 a file.
        #expect((1...20).contains(few))
        #expect((60...140).contains(many))
    }

    // MARK: Silent errors

    /// Crashes again and again, so that what did not last is missed.
    private func erring(
        _ store: DiskSettings.Store = .model, seed: UInt64 = 1,
        of selection: FaultSettings.Selection = .nodes(6),
        _ change: @escaping (inout WorldConfiguration) -> Void
    ) -> World {
        var world = world(
            .crashes(every: .constant(.minutes(2)), downtime: .seconds(20), of: selection)
        ) {
            $0.seed = seed
            $0.nodes.disk.store = store
            $0.nodes.disk.segmentBytes = 8_192
            $0.workload.deletesPerDay = 1_000
            change(&$0)
        }
        world.finishRun()
        return world
    }

    @Test(arguments: DiskSettings.Store.allCases, 1...3 as ClosedRange<UInt64>)
    func `writes that are lost or misdirected are found by reading, and mended`(
        store: DiskSettings.Store, seed: UInt64
    ) {
        let changes: [(inout WorldConfiguration) -> Void] = [
            { $0.nodes.disk.lostWrites = 0.03 },
            { $0.nodes.disk.misdirectedWrites = 0.03 },
        ]
        for change in changes {
            let world = erring(store, seed: seed, change)
            #expect(world.meters.merkle.foundByScrubOrRead + world.meters.merkle.foundByAudit > 0)
            #expect(world.meters.merkle.falselyFound == 0)
            // Found, not understood: two replicas of one node are read whole, and a start would miss them.
            withKnownIssue(isIntermittent: true) {
                expectNoComplaint(world)
            } when: {
                store == .segments && seed == 3
            }
        }
    }

    @Test(arguments: DiskSettings.Store.allCases, 1...3 as ClosedRange<UInt64>)
    func `what a sync did not make durable is missed after a crash, and made again`(
        store: DiskSettings.Store, seed: UInt64
    ) {
        let world = erring(store, seed: seed) { $0.nodes.disk.lyingSyncs = 0.3 }
        #expect(world.meters.merkle.foundByComparison > 0)
        #expect(world.meters.merkle.falselyFound == 0)
        expectNoComplaint(world)
    }

    @Test func `a commit that does not last comes back from nodes after a crash`() {
        let world = erring(of: .backends) { $0.backends.lyingCommits = 0.3 }
        #expect(world.meters.ledger.blocksFetched > 0)
        expectNoComplaint(world)
    }

    @Test func `a commit that does not last is forgotten in a crash if no node kept it`() {
        let world = erring(of: .backends) {
            $0.backends.lyingCommits = 0.3
            $0.settings.ledgerCopies = 0
        }
        #expect(world.oracles.violations(of: .durability) > 0)
        #expect(world.oracles.violations(of: .ledger) == 0)
        expectNoComplaint(erring(of: .backends) { _ in })
    }
}
