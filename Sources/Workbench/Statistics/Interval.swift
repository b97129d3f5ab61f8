/// An estimate with the interval that covers the true value in at least 95 % of experiments.
package struct Interval: Equatable, Sendable {
    package var estimate: Double
    package var low: Double
    package var high: Double

    /// What either side leaves out.
    private static let tail = 0.025

    /// A probability, from `hits` in `trials` independent trials; nil without trials. The exact
    /// interval of Clopper and Pearson (1934).
    package static func proportion(_ hits: Int, of trials: Int) -> Interval? {
        precondition(hits >= 0 && hits <= trials, "hits are among the trials")
        guard trials > 0 else { return nil }
        let k = Double(hits)
        let n = Double(trials)
        let low =
            hits == 0
            ? 0 : solve(in: 0...1, for: tail) { SpecialFunctions.incompleteBeta($0, k, n - k + 1) }
        let high =
            hits == trials
            ? 1
            : solve(in: 0...1, for: 1 - tail) { SpecialFunctions.incompleteBeta($0, k + 1, n - k) }
        return Interval(estimate: k / n, low: low, high: high)
    }

    /// Events a unit of exposure, from `count` events of a Poisson process; nil without exposure.
    /// The exact interval of Garwood (1936).
    package static func rate(_ count: Int, per exposure: Double) -> Interval? {
        precondition(count >= 0, "events are counted from 0")
        guard exposure > 0, exposure.isFinite else { return nil }
        let k = Double(count)
        // Ten standard deviations and more above the count.
        let most = k + 10 * k.squareRoot() + 20
        let low =
            count == 0
            ? 0 : solve(in: 0...most, for: tail) { SpecialFunctions.incompleteGamma(k, $0) }
        let high = solve(in: 0...most, for: 1 - tail) {
            SpecialFunctions.incompleteGamma(k + 1, $0)
        }
        return Interval(estimate: k / exposure, low: low / exposure, high: high / exposure)
    }

    /// Where a function that only grows reaches the target: bisection down to neighbouring numbers,
    /// or to a relative width that no report shows.
    private static func solve(
        in range: ClosedRange<Double>, for target: Double, _ function: (Double) -> Double
    ) -> Double {
        var low = range.lowerBound
        var high = range.upperBound
        while high - low > 1e-14 * high {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if function(middle) < target { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}
