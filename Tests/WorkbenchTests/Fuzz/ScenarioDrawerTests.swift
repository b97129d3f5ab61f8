import Foundation
import Primitives
import Roles
import Simulation
import Testing

@testable import Workbench

struct ScenarioDrawerTests {
    @Test func `a seed gives the same scenario every time, and another seed another`() {
        let scenarios = (0..<200).map { ScenarioDrawer.scenario(seed: $0) }
        #expect(scenarios == (0..<200).map { ScenarioDrawer.scenario(seed: $0) })
        for (scenario, next) in zip(scenarios, scenarios.dropFirst()) {
            #expect(scenario.configuration.settings != next.configuration.settings)
        }
    }

    @Test func `what is drawn is what is read back from its text`() throws {
        for seed in 0..<500 as Range<UInt64> {
            let scenario = ScenarioDrawer.scenario(seed: seed)
            #expect(
                try Scenario(json: Array(scenario.text.utf8), file: "drawn.json") == scenario,
                "seed \(seed): \(scenario.text)")
        }
    }

    @Test func `drafts lose nothing when they are written down`() throws {
        var read = 0
        for seed in 0..<500 as Range<UInt64> {
            let draft = ScenarioDrawer.draft(Drawing(seed: seed), attempt: 0)
            guard let scenario = try? Scenario(json: Array(draft.text.utf8), file: "") else {
                continue
            }
            read += 1
            var expected = draft
            expected.configuration.settings.writeQuorum = draft.configuration.settings.writeQuorum
            #expect(scenario == expected, "seed \(seed): \(draft.text)")
        }
        // Few contradict themselves.
        #expect(read > 400)
    }

    @Test func `a world from memory and one from its text are the same, event for event`() throws {
        for seed in 0..<3 as Range<UInt64> {
            let draft = ScenarioDrawer.draft(Drawing(seed: seed), attempt: 0)
            let text = try Scenario(json: Array(draft.text.utf8), file: "")
            let digests = [draft, text].map { scenario in
                var world = World(scenario.configuration)
                world.run(until: world.end, limit: 20_000)
                return world.digest
            }
            #expect(digests[0] == digests[1], "seed \(seed)")
        }
    }

    @Test func `every kind of fault that can be declared is drawn`() {
        var world = WorldConfiguration()
        world.duration = .days(1)
        for kind in FaultKind.all {
            var draw = Draw(seed: 1, feature: kind.name)
            #expect(FaultKind.of(kind.drawn(&draw, in: world)).name == kind.name)
        }
    }

    @Test func `each feature is in some scenarios and out of others`() {
        let worlds = (0..<300).map { ScenarioDrawer.scenario(seed: $0).configuration }
        let untouched = WorldConfiguration()
        func expectBoth(_ what: String, _ holds: (WorldConfiguration) -> Bool) {
            let count = worlds.count(where: holds)
            #expect(20...280 ~= count, "\(what): \(count) of 300")
        }
        for kind in FaultKind.all {
            expectBoth(kind.name) { world in
                world.faults.contains { FaultKind.of($0.kind).name == kind.name }
            }
        }
        expectBoth("loss") { $0.network.loss > 0 }
        expectBoth("duplication") { $0.network.duplication > 0 }
        expectBoth("jitter") { $0.network.jitter != untouched.network.jitter }
        expectBoth("sessions") { $0.churn.session != nil }
        expectBoth("lifetimes") { $0.churn.lifetime != nil }
        expectBoth("segments") { $0.nodes.disk.store == .segments }
        expectBoth("failing") { $0.nodes.disk.failing > 0 }
        expectBoth("crash") { $0.nodes.disk.crash == .keepsSome }
        expectBoth("busy nodes") { $0.nodes.handling > .zero }
        expectBoth("busy backends") { $0.backends.handling > .zero }
        expectBoth("busy discoveries") { $0.discoveries.handling > .zero }
        expectBoth("busy users") { $0.users.handling > .zero }
        expectBoth("backends") { $0.topology.backends > 1 }
        expectBoth("real payloads") { $0.workload.payload == .real }
        expectBoth("reads") { $0.workload.readsPerDay > 0 }
        expectBoth("deletes") { $0.workload.deletesPerDay > 0 }
        expectBoth("audits") { $0.settings.auditInterval > .zero }
    }

    @Test func `disks that err and say nothing are drawn, and seldom`() {
        let worlds = (0..<600).map { ScenarioDrawer.scenario(seed: $0).configuration }
        func expectSeldom(_ what: String, _ holds: (WorldConfiguration) -> Bool) {
            let count = worlds.count(where: holds)
            #expect(5...60 ~= count, "\(what): \(count) of 600")
        }
        expectSeldom("lost writes") { 0.0001...0.005 ~= $0.nodes.disk.lostWrites }
        expectSeldom("misdirected writes") { 0.0001...0.005 ~= $0.nodes.disk.misdirectedWrites }
        expectSeldom("lying syncs") { 0.001...0.02 ~= $0.nodes.disk.lyingSyncs }
        expectSeldom("lying commits") { 0.001...0.05 ~= $0.backends.lyingCommits }
        expectSeldom("compressed payloads") { $0.workload.payload == .compressed }
        expectSeldom("ledgers from a back-up") { world in
            world.faults.contains {
                if case .restored(_, _, let of) = $0.kind { of.isOfBackends } else { false }
            }
        }
    }
}
