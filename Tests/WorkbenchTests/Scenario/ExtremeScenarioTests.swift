import Extremes
import Primitives
import Roles
import Simulation
import Testing

@testable import Workbench

/// Scenarios with the extremes in place of each of their values.
@Suite struct ExtremeScenarioTests {
    @Test func `what is read is within bounds`() {
        var taken = 0
        // Reading them all takes most of a minute. Every fifth meets each place and each extreme.
        let variants = Extremes.variants(ofJSON: Array(ScenarioTests.everything.utf8))
        for text in stride(from: 0, to: variants.count, by: 5).map({ variants[$0] }) {
            guard let scenario = try? Scenario(json: text, file: "s") else { continue }
            taken += 1
            expectWithinBounds(scenario.configuration, "")
            for expectation in scenario.expectations {
                #expect(expectation.minimum?.isFinite != false)
                #expect(expectation.maximum?.isFinite != false)
                #expect(!expectation.bounds.isEmpty)
            }
        }
        #expect(taken > 10, "no extreme was within bounds")
    }

    private func expectWithinBounds(_ value: Any, _ path: String) {
        switch value {
        case let value as Duration:
            #expect(.zero...Duration(seconds: 126.3 * 365.25 * 86_400) ~= value, "\(path)")
        case let value as Double: #expect(0...1e9 ~= value, "\(path)")
        case let value as Int: #expect(0...1 << 50 ~= value, "\(path)")
        default:
            for child in Mirror(reflecting: value).children {
                expectWithinBounds(child.value, "\(path).\(child.label ?? "")")
            }
        }
    }

    /// Sets every time of the protocol that may be so long or so short.
    private func scenario(_ time: String, lasting: Duration) -> Scenario {
        var configuration = WorldConfiguration()
        for setting in ProtocolSettings.all where !setting.isNumber {
            _ = setting.read(time, &configuration.settings)
        }
        configuration.duration = lasting
        configuration.readBack = lasting
        configuration.sampleInterval = lasting / 4
        configuration.oracleInterval = lasting / 4
        configuration.workload.fillDuration = .zero
        return Scenario(configuration: configuration)
    }

    private func runToItsEnd(_ scenario: Scenario) {
        var world = World(scenario.configuration)
        let (result, _) = Runner(scenario: scenario).run(&world)
        #expect(result.isComplete && world.now == world.end)
    }

    @Test func `the longest times that may be set can be simulated`() {
        let longest = ProtocolSettings.longest
        var scenario = scenario(longest.text, lasting: longest)
        scenario.configuration.churn.lifetime = .constant(longest)
        scenario.configuration.faults = [
            FaultSettings(name: "rot", kind: .bitRot(every: .constant(longest / 2)))
        ]
        #expect(scenario.configuration.settle > longest * 2)
        runToItsEnd(scenario)
    }

    @Test func `the shortest times that may be set can be simulated`() {
        var scenario = scenario("1ms", lasting: .seconds(2))
        scenario.configuration.settings.scrubInterval = .days(1)
        scenario.configuration.settle = .seconds(2)
        runToItsEnd(scenario)
    }
}
