import Testing

@testable import Workbench

/// Reference values of scipy 1.17.1: `scipy.stats.beta.ppf` and `gamma.ppf`.
@Suite struct IntervalTests {
    @Test(
        arguments: [
            (0, 2_000, 0, 0.0018427397934059364),
            (1, 2_000, 1.2658823868557889e-05, 0.0027826398346589465),
            (3, 10, 0.06673951117773447, 0.6524528500599973), (10, 10, 0.6915028921812392, 1),
            (950, 1_000, 0.9346095120845064, 0.9626646023953382),
            (17, 123_456, 8.021781861822782e-05, 0.0002204633257653375),
            (500_000, 1_000_000, 0.49901951919531184, 0.5009804808046882),
        ] as [(Int, Int, Double, Double)])
    func `proportions have the interval of Clopper and Pearson`(
        hits: Int, trials: Int, low: Double, high: Double
    ) throws {
        let interval = try #require(Interval.proportion(hits, of: trials))
        #expect(interval.estimate == Double(hits) / Double(trials))
        #expect((interval.low - low).magnitude <= 1e-8 * low, "\(interval)")
        #expect((interval.high - high).magnitude <= 1e-8 * high, "\(interval)")
    }

    @Test(
        arguments: [
            (0, 0, 3.6888794541139354), (1, 0.025317807984289876, 5.571643390938898),
            (2, 0.24220927854396496, 7.22468766772396), (10, 4.7953886961324335, 18.39035604201778),
            (100, 81.36399125092314, 121.62679379242638),
            (5_000, 4862.359188694899, 5140.5489485350045),
            (1_000_000, 998040.9833402939, 1001961.9119454322),
        ] as [(Int, Double, Double)])
    func `rates have the interval of Garwood`(count: Int, low: Double, high: Double) throws {
        let interval = try #require(Interval.rate(count, per: 4))
        #expect(interval.estimate == Double(count) / 4)
        #expect((interval.low - low / 4).magnitude <= 1e-8 * low, "\(interval)")
        #expect((interval.high - high / 4).magnitude <= 1e-8 * high, "\(interval)")
    }

    @Test func `nothing is claimed without trials or exposure`() {
        #expect(Interval.proportion(0, of: 0) == nil)
        #expect(Interval.rate(0, per: 0) == nil)
    }
}
