package import Simulation

/// One figure of `metrics.json`: where it stands, what it means and how it follows from what a run
/// measured.
package struct Metric: Sendable {
    /// The keys that lead to it, such as "durability.filesLost".
    package let path: String
    /// One line; the unit stands in the path or here.
    package let meaning: String
    package let read: @Sendable (Measurements) -> Value

    init(
        _ path: String, _ meaning: String, _ read: @escaping @Sendable (Measurements) -> Value
    ) {
        self.path = path
        self.meaning = meaning
        self.read = read
    }

    /// A figure of a run. The case belongs to the metric, the same in every run; what could not be
    /// measured, such as a share of nothing, is nil.
    package enum Value: Equatable, Sendable {
        case count(UInt64)
        case number(Double?)
        /// With its 95 % confidence interval.
        case interval(Interval?)
        case quantiles(Measurements.Quantiles)
        /// Element k belongs to k of something; what is not there is 0.
        case list([Double])

        static func count(_ value: Int) -> Value { .count(UInt64(value)) }
    }
}

extension Metric.Value {
    package var json: JSONOutput {
        switch self {
        case .count(let count): .unsigned(count)
        case .number(let number): number.map { .number($0) } ?? .null
        case .list(let elements): .array(elements.map { .number($0) })
        case .interval(let interval):
            .object(
                zip(Self.intervalParts, [interval?.estimate, interval?.low, interval?.high]).map {
                    .init($0, $1.map { .number($0) } ?? .null)
                })
        case .quantiles:
            .object(
                Self.quantileParts.map { part in
                    .init(
                        part, part == "count" ? countJSON : self[part].map { .number($0) } ?? .null)
                })
        }
    }

    private var countJSON: JSONOutput {
        if case .quantiles(let quantiles) = self { .integer(Int64(quantiles.count)) } else { .null }
    }

    static let intervalParts = ["estimate", "low95", "high95"]
    static let quantileParts = ["count", "mean", "p50", "p95", "p99", "max"]

    /// The names of the figures that the value is made of; none when it is a single one.
    var parts: [String] {
        switch self {
        case .count, .number: []
        case .interval: Self.intervalParts
        case .quantiles: Self.quantileParts
        case .list: []
        }
    }

    /// The figure with a name from `parts`, with an index for a list, or with no name for a single
    /// figure and the estimate of an interval. Nil when there is none such or nothing was measured.
    subscript(part: String) -> Double? {
        switch self {
        case .count(let count): return part.isEmpty ? Double(count) : nil
        case .number(let number): return part.isEmpty ? number : nil
        case .list(let elements):
            guard let index = Int(part), index >= 0 else { return nil }
            return index < elements.count ? elements[index] : 0
        case .interval(let interval):
            switch part {
            case "", "estimate": return interval?.estimate
            case "low95": return interval?.low
            case "high95": return interval?.high
            default: return nil
            }
        case .quantiles(let quantiles):
            if part == "count" { return Double(quantiles.count) }
            guard quantiles.count > 0 else { return nil }
            switch part {
            case "mean": return quantiles.mean
            case "p50": return quantiles.p50
            case "p95": return quantiles.p95
            case "p99": return quantiles.p99
            case "max": return quantiles.max
            default: return nil
            }
        }
    }
}
