import Observation
import Primitives
import Simulation
import Testing

@testable import Workbench

@Suite struct PredictionTableTests {
    private func row(_ predicted: Double?, _ seen: Double?) -> PredictionTable.Row {
        PredictionTable.Row(path: "a.b", unit: .number, predicted: predicted, seen: seen)
    }

    @Test func `a difference is a share of the prediction`() {
        #expect(row(200, 250).difference == 0.25)
        #expect(row(200, 250).differenceText == "+25 %")
        #expect(row(200, 199).differenceText == "-0.5 %")
        #expect(row(-4, -2).difference == 0.5)
        #expect(row(3, 3).differenceText == "0 %")
        #expect(row(0, 0).differenceText == "0 %")
        #expect(row(1, 13.34).differenceText == "+1230 %")
    }

    @Test func `what cannot be compared has no difference`() {
        #expect(row(0, 3).difference == nil)
        #expect(row(nil, 3).differenceText == "–")
        #expect(row(3, nil).differenceText == "–")
    }

    @Test func `every figure of the table can be named in an expectation`() {
        let paths = Metric.all.flatMap { metric in
            metric.compared.map { part in
                metric.path + (part.isEmpty ? "" : part == "target" ? ".3" : ".\(part)")
            }
        }
        #expect(!paths.isEmpty)
        for path in paths { #expect(MetricCatalogue.figure(path) != nil, "\(path)") }
    }

    @Test func `lists are compared at the target`() {
        var run = Measurements()
        run["redundancy.target"] = .count(2)
        run["redundancy.shareByDurableReplicas"] = .list([0, 0.25, 0.75])
        let rows = PredictionTable(predicted: run, seen: run).rows
        let row = rows.first { $0.path == "redundancy.shareByDurableReplicas.2" }
        #expect(row?.seen == 0.75)
    }

    @Test func `figures that neither run measured are left out`() {
        var seen = Measurements()
        seen["availability.firstTry"] = .share(9, of: 10)
        let paths = PredictionTable(predicted: Measurements(), seen: seen).rows.map(\.path)
        #expect(paths.contains("availability.firstTry.estimate"))
        #expect(!paths.contains("latency.readSeconds.p50"))
    }
}
