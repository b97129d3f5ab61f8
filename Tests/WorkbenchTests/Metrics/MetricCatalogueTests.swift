import Simulation
import Testing

@testable import Workbench

@Suite struct MetricCatalogueTests {
    @Test func everyMeasuredFieldReachesAMetric() throws {
        // The sample run gives every field a value of its own; a field that no metric reads would
        // leave no trace when it changes.
        let scenario = try SampleRun.scenario()
        let full = SampleRun.measurements(scenario)
        let values = Set(MetricCatalogue.all.flatMap { numbers($0.read(full)) })
        for section in Mirror(reflecting: full).children {
            let label = section.label ?? ""
            guard label != "oracles", label != "faults", label != "digest" else { continue }
            let fields = Mirror(reflecting: section.value).children
            for field in fields {
                let name = "\(label).\(field.label ?? "")"
                let expected = leaves(field.value)
                #expect(!expected.isEmpty && expected.allSatisfy { values.contains($0) }, "\(name)")
            }
        }
    }

    private func numbers(_ value: Metric.Value) -> [Double] {
        switch value {
        case .list(let elements): elements
        default: ([""] + value.parts).compactMap { value[$0] }
        }
    }

    private func leaves(_ value: Any) -> [Double] {
        switch value {
        case let value as Int: [Double(value)]
        case let value as UInt64: [Double(value)]
        case let value as Double: [value]
        case let value as [Double]: value
        case let value as Measurements.Quantiles:
            [Double(value.count), value.mean, value.p50, value.p95, value.p99, value.max]
        default: []
        }
    }

    @Test func pathsAreUniqueAndEachNamesAFigure() {
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
    func whatIsNoFigureHasNone(path: String) {
        #expect(MetricCatalogue.figure(path) == nil)
    }

    @Test func figuresAreReadFromPartsAndLists() throws {
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

    @Test func whatWasNotMeasuredIsNullAndNotZero() {
        let json = JSONOutput.object(MetricCatalogue.json(Measurements())).text
        #expect(json.contains("\"estimate\": null"))
        #expect(json.contains("\"p50\": null"))
        #expect(MetricCatalogue.figure("latency.readSeconds.p50")?.value(in: Measurements()) == nil)
        #expect(MetricCatalogue.figure("latency.readSeconds.count")?.value(in: Measurements()) == 0)
    }

    @Test func aGroupIsOneObject() {
        let members = MetricCatalogue.json(Measurements())
        #expect(Set(members.map(\.name)).count == members.count)
        #expect(
            members.map(\.name) == [
                "events", "simulatedSeconds", "durability", "availability", "redundancy", "repair",
                "merkle", "latency", "storage", "ledger", "control", "churn",
            ])
    }
}
