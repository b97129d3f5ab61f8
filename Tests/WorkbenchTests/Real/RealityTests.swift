import Observation
import Primitives
import Simulation
import Testing

@testable import Workbench

@Suite struct RealityTests {
    private var scenario: Scenario {
        var scenario = Scenario()
        scenario.configuration.workload.payload = .real
        return scenario
    }

    @Test func `what cannot be done on sockets and disks is refused by its key`() {
        var scenario = scenario
        scenario.configuration.workload.payload = .modelled
        scenario.configuration.topology.nodes = 500
        scenario.configuration.nodes.disk.lyingSyncs = 0.1
        scenario.configuration.faults = [
            FaultSettings(name: "cut", kind: .outage(at: .zero, lasting: .zero, of: .backends)),
            FaultSettings(name: "rot", kind: .bitRot(every: .constant(.hours(1)))),
            FaultSettings(name: "vanish", kind: .lostChunks(every: .constant(.hours(1)))),
            FaultSettings(
                name: "lie",
                kind: .condition(.lying(.drop), at: .zero, lasting: nil, of: .nodes(1))),
            FaultSettings(
                name: "hang",
                kind: .condition(.paused, at: .zero, lasting: .minutes(1), of: .nodes(1))),
            FaultSettings(name: "swap", kind: .emptied(at: .zero, of: .nodes(1))),
            FaultSettings(
                name: "full",
                kind: .condition(.fullDisk, at: .zero, lasting: .minutes(1), of: .backends)),
            FaultSettings(name: "replace", kind: .replaced(at: .zero, of: .nodes(1))),
        ]
        do {
            _ = try scenario.reality(file: "some.json")
            Issue.record("nothing was refused")
        } catch {
            #expect(
                error.issues.map(\.path) == [
                    "workload.payload", "nodes.disk.lyingSyncs", "faults[1].bitRot",
                    "faults[2].lostChunks",
                    "faults[3].liars", "faults[6].fullDisk", "faults[7].replaced", "topology.nodes",
                ])
            #expect(error.description.contains("allowed with --real"))
        }
    }

    @Test func `the users read back in minutes in both runs`() throws {
        let reality = try scenario.reality(file: "some.json")
        #expect(reality.configuration.readBack == .minutes(10))
    }

    @Test func `the report says that it ran on real servers and compares both runs`() throws {
        var seen = Measurements()
        seen["control.messages"] = .count(150)
        var predicted = Measurements()
        predicted["control.messages"] = .count(100)
        let result = RunResult(
            scenario: scenario, isComplete: true, stoppedAt: .origin, measurements: seen,
            samples: [])
        let reality = Reality(
            speed: 60, worstDelay: .milliseconds(250), wireBytes: 300, modelledWireBytes: 200,
            predicted: predicted)
        let text = MarkdownReport(result: result, command: "dsim", reality: reality).text
        #expect(
            text.contains(
                "**Run on real servers, not simulated**, in which a second stood for 1 min"))
        #expect(text.contains("Not deterministic."))
        #expect(!text.contains("give the same world"))
        #expect(text.contains("+50 % |\n"))
        #expect(text.contains("300 B in the measured time"))
        #expect(text.contains("within 250 ms of the scenario's time"))
    }
}
