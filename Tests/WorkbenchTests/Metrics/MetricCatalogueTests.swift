import Observation
import Simulation
import Testing

@testable import Workbench

@Suite struct MetricCatalogueTests {
    @Test func `paths are unique and each names a figure`() {
        let paths = MetricCatalogue.paths
        #expect(Set(paths).count == paths.count)
        for path in paths { #expect(MetricCatalogue.figure(path) != nil, "\(path)") }
    }

    @Test(arguments: [
        "durability", "durability.", "durability.filesLost.", "durability.filesLost.p50", "", ".",
        "latency.readSeconds", "latency.readSeconds.p98", "redundancy.shareByDurableReplicas",
        "redundancy.shareByDurableReplicas.-1", "redundancy.shareByDurableReplicas.01",
        "redundancy.shareByDurableReplicas.65",
    ])
    func `what is no figure has none`(path: String) {
        #expect(MetricCatalogue.figure(path) == nil)
    }

    @Test func `figures are read from parts and lists`() throws {
        let run = try SampleRun.result().measurements
        func value(_ path: String) -> Double? { MetricCatalogue.figure(path)?.value(in: run) }
        #expect(value("durability.filesLost") == 2)
        #expect(value("latency.readSeconds.p50") == 0.42)
        #expect(value("redundancy.shareByDurableReplicas.3") == 0.95)
        #expect(value("redundancy.shareByDurableReplicas.60") == 0)
        #expect(value("availability.firstTry") == 4_950.0 / 5_003)
        #expect(try #require(value("availability.firstTry.low95")) < 4_950.0 / 5_003)
        #expect(try #require(value("availability.firstTry.high95")) > 4_950.0 / 5_003)
    }

    @Test func `what was not measured is null and not zero`() {
        let json = JSONOutput.object(MetricCatalogue.json(Measurements())).text
        #expect(json.contains("\"estimate\": null"))
        #expect(json.contains("\"p50\": null"))
        #expect(MetricCatalogue.figure("latency.readSeconds.p50")?.value(in: Measurements()) == nil)
        #expect(MetricCatalogue.figure("latency.readSeconds.count")?.value(in: Measurements()) == 0)
    }

    @Test func `a group is one object`() {
        let members = MetricCatalogue.json(Measurements())
        #expect(Set(members.map(\.name)).count == members.count)
        #expect(
            members.map(\.name) == [
                "events", "simulatedSeconds", "durability", "availability", "redundancy", "repair",
                "merkle", "latency", "storage", "ledger", "control", "churn", "liars",
            ])
    }
}
