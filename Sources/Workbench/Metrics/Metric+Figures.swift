package import Observation

extension Metric.Value {
    package var json: JSONOutput {
        switch self {
        case .count(let count): .unsigned(count)
        case .list(let elements): .array(elements.map { .number($0) })
        case .number, .share, .rate, .quantiles:
            parts.isEmpty ? figure("") : .object(parts.map { .init($0, figure($0)) })
        }
    }

    private func figure(_ part: String) -> JSONOutput {
        if part == "count", let count = self[part] { return .integer(Int64(count)) }
        return self[part].map { .number($0) } ?? .null
    }

    /// The names of the figures that the value is made of; none when it is a single one, or a list.
    package var parts: [String] {
        switch self {
        case .count, .number, .list: []
        case .share, .rate: ["estimate", "low95", "high95"]
        case .quantiles: ["count", "mean", "p50", "p95", "p99", "max"]
        }
    }

    /// With its 95 % confidence interval; nil where there is none, or nothing was measured.
    package var interval: Interval? {
        switch self {
        // What was acknowledged after the measured time may be lost as well.
        case .share(let hits, let trials): .proportion(min(hits, trials), of: trials)
        case .rate(let events, let exposure): .rate(events, per: exposure)
        case .count, .number, .list, .quantiles: nil
        }
    }

    /// A single figure, or the estimate of an interval; nil when there is none such or nothing was
    /// measured.
    package var single: Double? { self[""] }

    /// The figure with a name from `parts`, with an index for a list, or with no name for a single
    /// figure and the estimate of an interval. Nil when there is none such or nothing was measured.
    package subscript(part: String) -> Double? {
        switch self {
        case .count(let count): return part.isEmpty ? Double(count) : nil
        case .number(let number): return part.isEmpty ? number : nil
        case .list(let elements):
            guard let index = Int(part), index >= 0 else { return nil }
            return index < elements.count ? elements[index] : 0
        case .share, .rate:
            switch part {
            case "", "estimate": return interval?.estimate
            case "low95": return interval?.low
            case "high95": return interval?.high
            default: return nil
            }
        case .quantiles(let quantiles):
            if part == "count" { return Double(quantiles.count) }
            guard quantiles.count > 0 else { return nil }
            let figures = [
                "mean": quantiles.mean, "p50": quantiles.p50, "p95": quantiles.p95,
                "p99": quantiles.p99, "max": quantiles.max,
            ]
            return figures[part]
        }
    }
}

extension Metric.Unit {
    /// A figure as people read it.
    func text(_ value: Double) -> String {
        switch self {
        case .count, .number: Format.number(value)
        case .share: Format.share(value)
        case .bytes: Format.bytes(value)
        case .seconds: Format.seconds(value)
        }
    }
}

extension Measurements {
    /// A metric that counts.
    func count(_ path: String) -> Int { Int(self[path].single ?? 0) }
}
