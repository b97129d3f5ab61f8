import Primitives
import Simulation
import Testing

@testable import Workbench

@Suite struct PredictionTableTests {
    private func row(_ predicted: Double?, _ seen: Double?) -> PredictionTable.Row {
        PredictionTable.Row(path: "a.b", unit: .number, predicted: predicted, seen: seen)
    }

    @Test func aDifferenceIsAShareOfThePrediction() {
        #expect(row(200, 250).difference == 0.25)
        #expect(row(200, 250).differenceText == "+25 %")
        #expect(row(200, 199).differenceText == "-0.5 %")
        #expect(row(-4, -2).difference == 0.5)
        #expect(row(3, 3).differenceText == "0 %")
        #expect(row(0, 0).differenceText == "0 %")
        #expect(row(1, 13.34).differenceText == "+1230 %")
    }

    @Test func whatCannotBeComparedHasNoDifference() {
        #expect(row(0, 3).difference == nil)
        #expect(row(nil, 3).differenceText == "–")
        #expect(row(3, nil).differenceText == "–")
    }

    @Test func everyFigureOfTheTableIsInTheCatalogue() {
        for (path, _) in PredictionTable.figures {
            #expect(MetricCatalogue.figure(path) != nil, "\(path)")
        }
    }

    @Test func figuresThatNeitherRunMeasuredAreLeftOut() {
        var seen = Measurements()
        seen.availability.reads = 10
        seen.availability.readsFirstTry = 9
        let paths = PredictionTable(predicted: Measurements(), seen: seen).rows.map(\.path)
        #expect(paths.contains("availability.firstTry.estimate"))
        #expect(!paths.contains("latency.readSeconds.p50"))
    }
}
