import Observation
import Primitives
import Testing

@testable import Simulation

/// Worlds whose nodes keep their chunks in the chunk store of real ones.
struct SegmentWorldTests {
    /// Small files of the store, so that they fill up, are emptied and are compacted; crashes that keep
    /// any of what was not synced.
    private func configuration(
        seed: UInt64 = 1, _ change: (inout WorldConfiguration) -> Void = { _ in }
    ) -> WorldConfiguration {
        .small(seed: seed) {
            $0.nodes.disk.store = .segments
            $0.nodes.disk.segmentBytes = 8_192
            $0.nodes.disk.crash = .keepsSome
            $0.workload.files = 20
            $0.workload.writesPerDay = 500
            $0.workload.deletesPerDay = 500
            $0.workload.readsPerDay = 500
            change(&$0)
        }
    }

    private func fault(_ name: String, _ kind: FaultSettings.Kind) -> FaultSettings {
        FaultSettings(name: name, kind: kind)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `nodes that crash again and again keep what they acknowledged`(seed: UInt64) {
        let world = World.finished(
            configuration(seed: seed) {
                $0.faults = [
                    fault(
                        "crashes",
                        .crashes(
                            every: .exponential(mean: .minutes(2)), downtime: .seconds(40),
                            of: .nodes(6)))
                ]
            })
        #expect(world.violations == 0, "\(world.oracleOutcomes)")
        #expect(world.measurements().faults.allSatisfy { $0.effects > 0 })
        #expect((0..<6).allSatisfy { world.changes(of: .node($0)) > 100 })
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a file system that refuses writes and syncs costs nothing that was acknowledged`(
        seed: UInt64
    ) {
        let world = World.finished(
            configuration(seed: seed) {
                $0.nodes.disk.failing = 0.05
                $0.faults = [
                    fault(
                        "crashes",
                        .crashes(
                            every: .exponential(mean: .minutes(5)), downtime: .seconds(40),
                            of: .nodes(6)))
                ]
            })
        #expect(world.violations == 0, "\(world.oracleOutcomes)")
        #expect((0..<6).allSatisfy { world.segmentDisks[$0].volume.refusals > 0 })
    }

    @Test func `rot and vanished chunks are found and mended`() {
        let world = World.finished(
            configuration {
                $0.faults = [
                    fault("rot", .bitRot(every: .exponential(mean: .minutes(6)))),
                    fault("vanished", .lostChunks(every: .exponential(mean: .minutes(6)))),
                ]
            })
        #expect(world.violations == 0, "\(world.oracleOutcomes)")
        #expect(world.measurements().faults.allSatisfy { $0.effects > 0 })
    }

    @Test func `the same configuration gives the same world, and a copy goes on as the original`() {
        var world = World(configuration())
        world.run(until: .origin + .minutes(20))
        var copy = world
        world.finishRun()
        copy.finishRun()
        #expect(world.digest == copy.digest)
        #expect(World.finished(configuration()).digest == world.digest)
    }
}
