import Foundation
import Observation
import Primitives
import Roles
import Simulation
import Storage
import Synchronization
import Testing

@testable import Workbench

/// Real servers on loopback sockets, whose times run twenty times as fast: a machine that is busy with
/// other tests is too slow for the protocol's timeouts then. So they run by themselves, where
/// `DSIM_REAL_RUNS` is set, as in `Scripts/test`.
@Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["DSIM_REAL_RUNS"] != nil))
struct RealRunTests {
    /// Five nodes for five minutes, one of which crashes. Users begin in the third.
    private func scenario() -> Scenario {
        var configuration = WorldConfiguration()
        configuration.name = "tiny"
        configuration.duration = .minutes(4)
        configuration.settle = .minutes(1)
        configuration.readBack = .seconds(30)
        configuration.sampleInterval = .seconds(20)
        configuration.oracleInterval = .seconds(40)
        configuration.topology.nodes = 5
        configuration.topology.failureDomains = 5
        configuration.topology.users = 2
        configuration.settings.heartbeatInterval = .seconds(5)
        configuration.settings.peersInterval = .seconds(3)
        configuration.settings.antiEntropyInterval = .seconds(30)
        configuration.workload.payload = .real
        configuration.workload.chunkBytes = 4_096
        configuration.workload.files = 6
        configuration.workload.fillDuration = .seconds(30)
        configuration.workload.smallestFileBytes = 4_096
        configuration.workload.largestFileBytes = 20_000
        configuration.nodes.capacityBytes = 1 << 26
        configuration.faults = [
            FaultSettings(
                name: "crash",
                kind: .outage(at: .seconds(200), lasting: .seconds(10), of: .nodes(1)))
        ]
        return Scenario(configuration: configuration)
    }

    /// Runs in a folder of its own, and returns what came of it and what is left in the folder.
    private func run(
        _ scenario: Scenario, cancel: CancelFlag = CancelFlag(), speed: Double = 20,
        tamper: (@Sendable (any Disk) -> any Disk)? = nil,
        observe: (RunProgress) -> Void = { _ in }
    ) async throws -> (outcome: RealRunner.Outcome, left: [String]) {
        let parent = FileManager.default.temporaryDirectory.path + "/real-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        var runner = RealRunner(scenario: scenario, speed: speed, cancel: cancel)
        runner.tamper = tamper
        runner.parentFolder = parent
        let outcome = try await runner.run(observe: observe)
        return (outcome, try FileManager.default.contentsOfDirectory(atPath: parent))
    }

    @Test func `servers on sockets run a scenario to its end`() async throws {
        let (outcome, left) = try await run(scenario())
        let result = outcome.result
        #expect(result.isComplete)
        #expect(result.verdict.violated == [])
        #expect(result.verdict.idleFaults == [])
        #expect(result.measurements.count("durability.filesAcknowledged") > 0)
        #expect(result.measurements.count("ledger.blocks") > 0)
        let audits = result.measurements.oracles.first { $0.name == "inventory-truth" }
        #expect((audits?.checks ?? 0) > 0)
        #expect(outcome.reality.wireBytes > 0)
        #expect(left == [])
    }

    @Test func `what befalls processes, clocks, disks and links befalls real servers`()
        async throws
    {
        var scenario = scenario()
        let of = FaultSettings.Selection.nodes(1)
        func condition(
            _ name: String, _ condition: Condition, at: Int64, lasting: Int64 = 20,
            of: FaultSettings.Selection = of
        ) -> FaultSettings {
            FaultSettings(
                name: name,
                kind: .condition(
                    condition, at: .seconds(at), lasting: .seconds(lasting), of: of))
        }
        scenario.configuration.nodes.uploadBytesPerSecond = 1 << 20
        scenario.configuration.workload.readsPerDay = 40_000
        scenario.configuration.workload.writesPerDay = 10_000
        scenario.configuration.faults = [
            condition("hang", .paused, at: 170, lasting: 10),
            condition("late", .clock(offset: .zero - .seconds(5), drift: 0.01), at: 150),
            condition("slow", .slowTransfers(factor: 3), at: 140, lasting: 60),
            condition("mute", .unreadableDisk(share: 1), at: 160, of: .nodes(2)),
            condition("none", .exhausted, at: 175, of: .nodes(2)),
            condition("full", .fullDisk, at: 130, lasting: 30, of: .nodes(2)),
            condition("stuck", .hungDisk, at: 185, lasting: 10),
            FaultSettings(name: "swapped", kind: .emptied(at: .seconds(200), of: of)),
            FaultSettings(
                name: "half-cut",
                kind: .partition(
                    at: .seconds(150), lasting: .seconds(20), of: .nodes(2), from: .backends,
                    direction: .both)),
        ]
        let (outcome, left) = try await run(scenario)
        #expect(outcome.result.isComplete)
        #expect(outcome.result.verdict.violated == [])
        #expect(outcome.result.verdict.idleFaults == [])
        #expect(outcome.result.measurements.count("durability.filesLost") == 0)
        #expect(left == [])
    }

    @Test func `what befalls the disks of backends and older disks befalls real servers`()
        async throws
    {
        var scenario = scenario()
        scenario.configuration.workload.readsPerDay = 40_000
        scenario.configuration.workload.writesPerDay = 10_000
        scenario.configuration.faults = [
            FaultSettings(
                name: "older",
                kind: .restored(from: .seconds(140), at: .seconds(160), of: .nodes(1))),
            FaultSettings(
                name: "stuck",
                kind: .condition(
                    .hungDisk, at: .seconds(165), lasting: .seconds(25), of: .backends)),
            FaultSettings(
                name: "slow",
                kind: .condition(
                    .slowDisk(factor: 20), at: .seconds(120), lasting: .seconds(30), of: .nodes(3))),
            FaultSettings(
                name: "slow-ledger",
                kind: .condition(
                    .slowDisk(factor: 20), at: .seconds(60), lasting: .seconds(90),
                    of: .backends)),
            FaultSettings(
                name: "unmounted",
                kind: .emptied(at: .seconds(200), lasting: .seconds(10), of: .backends)),
            FaultSettings(
                name: "emptied",
                kind: .emptied(at: .seconds(170), lasting: .seconds(20), of: .nodes(1))),
        ]
        // Half as fast as the others: twenty times as fast, a debug build is busy with what faults bring about for
        // longer than users wait.
        let (outcome, left) = try await run(scenario, speed: 10)
        #expect(outcome.result.isComplete)
        #expect(outcome.result.verdict.violated == [])
        #expect(outcome.result.verdict.idleFaults == [])
        #expect(outcome.result.measurements.count("durability.filesLost") == 0)
        #expect(left == [])
    }

    @Test(arguments: [0, 3])
    func `a real backend with an older disk has forgotten what no node keeps of its ledger`(
        copies: Int
    ) async throws {
        var scenario = scenario()
        scenario.configuration.settings.ledgerCopies = copies
        scenario.configuration.workload.readsPerDay = 40_000
        // However busy the machine is, something is written between the copy and its return.
        scenario.configuration.workload.writesPerDay = 20_000
        scenario.configuration.faults = [
            FaultSettings(
                name: "older",
                kind: .restored(from: .seconds(100), at: .seconds(170), of: .backends))
        ]
        let (outcome, _) = try await run(scenario)
        #expect(outcome.result.verdict.idleFaults == [])
        let isForgotten = outcome.result.verdict.violated.map(\.name).contains("durability")
        #expect(isForgotten == (copies == 0), "\(outcome.result.verdict.violated)")
    }

    @Test func `a disk that forgets what it reported as synced is caught`() async throws {
        let (outcome, _) = try await run(scenario()) { ForgetfulDisk(real: $0) }
        #expect(outcome.result.verdict.violated.map(\.name).contains("inventory-truth"))
        #expect(outcome.result.verdict.kind == .violated)
    }

    @Test func `a run that is stopped says what is known and leaves nothing`() async throws {
        let cancel = CancelFlag()
        let (outcome, left) = try await run(
            scenario(), cancel: cancel,
            observe: { progress in
                if progress.now > .origin + .seconds(20) { cancel.set() }
            })
        #expect(!outcome.result.isComplete)
        #expect(outcome.result.verdict.kind == .interrupted)
        #expect(left == [])
    }
}

/// Reports every write as done, and carries out every second one.
private final class ForgetfulDisk: Disk {
    private let real: any Disk
    private let writes = Atomic<Int>(0)

    init(real: any Disk) { self.real = real }

    func perform(
        _ requests: [DiskRequest], complete: @escaping @Sendable (DiskEvent) -> Void
    ) {
        var kept: [DiskRequest] = []
        for request in requests {
            if case .write(let token, _, _) = request,
                writes.add(1, ordering: .relaxed).newValue % 2 == 0
            {
                complete(.wrote(token: token, .written))
            } else {
                kept.append(request)
            }
        }
        real.perform(kept, complete: complete)
    }

    func close() async { await real.close() }
    func abandon() async { await real.abandon() }
}
