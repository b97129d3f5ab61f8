import Histogram
import Primitives

/// A distribution of durations in constant memory: an HDR histogram of milliseconds with three
/// significant digits, and the exact mean and maximum.
package struct Durations: Sendable {
    // Made when first needed: a world that measures nothing stays small.
    private var histogram: Histogram<UInt64>?
    private var totalSeconds = 0.0
    private var longest = Duration.zero
    private var count = 0

    mutating func record(_ duration: Duration) {
        count += 1
        totalSeconds += duration.seconds
        longest = max(longest, duration)
        if histogram == nil {
            // From a millisecond to some eleven years.
            histogram = Histogram(highestTrackableValue: 1 << 38)
        }
        histogram?.record(UInt64(max(0, duration.nanoseconds / 1_000_000)))
    }

    package var quantiles: Quantiles {
        var result = Quantiles()
        guard let histogram, count > 0 else { return result }
        result.count = count
        result.mean = totalSeconds / Double(count)
        result.p50 = Double(histogram.valueAtPercentile(50)) / 1_000
        result.p95 = Double(histogram.valueAtPercentile(95)) / 1_000
        result.p99 = Double(histogram.valueAtPercentile(99)) / 1_000
        result.max = longest.seconds
        return result
    }
}
