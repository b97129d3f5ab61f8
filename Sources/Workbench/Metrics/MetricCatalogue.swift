package import Simulation

/// Every metric, in the order of `metrics.json`.
package enum MetricCatalogue {
    package static let all: [Metric] =
        run + durability + availability + redundancy + repair + merkle + latency + storage + ledger
        + control + churn

    /// A figure that can be named in an expectation: a metric, or one part of it.
    package struct Figure: Sendable {
        package let metric: Metric
        /// Of `Metric.Value.parts`, an index of a list, or empty.
        package let part: String

        package func value(in measurements: Measurements) -> Double? {
            metric.read(measurements)[part]
        }
    }

    /// Longest list that a figure can be named of.
    private static let longestList = 65

    /// The figure that a path such as "durability.filesLost" or "latency.readSeconds.p99" names; nil
    /// when there is none.
    package static func figure(_ path: String) -> Figure? {
        if let metric = all.first(where: { $0.path == path }) {
            switch metric.read(Measurements()) {
            case .quantiles, .list: return nil
            case .count, .number, .interval: return Figure(metric: metric, part: "")
            }
        }
        guard let dot = path.lastIndex(of: "."),
            let metric = all.first(where: { $0.path == path[..<dot] })
        else { return nil }
        let part = String(path[path.index(after: dot)...])
        let value = metric.read(Measurements())
        if case .list = value {
            guard let index = Int(part), (0..<longestList).contains(index), String(index) == part
            else { return nil }
            return Figure(metric: metric, part: part)
        }
        return value.parts.contains(part) ? Figure(metric: metric, part: part) : nil
    }

    /// The paths that `figure` knows; of a list only the first few.
    package static let paths: [String] = all.flatMap { metric -> [String] in
        let value = metric.read(Measurements())
        let parts = value.parts.map { "\(metric.path).\($0)" }
        return switch value {
        case .count, .number: [metric.path]
        case .interval: [metric.path] + parts
        case .quantiles: parts
        case .list: (0...3).map { "\(metric.path).\($0)" }
        }
    }

    /// The metrics as nested JSON members in the order of the catalogue.
    package static func json(_ measurements: Measurements) -> [JSONOutput.Member] {
        var members: [JSONOutput.Member] = []
        for metric in all {
            let value = metric.read(measurements).json
            let keys = metric.path.split(separator: ".").map(String.init)
            guard keys.count == 2 else {
                members.append(.init(metric.path, value))
                continue
            }
            let member = JSONOutput.Member(keys[1], value)
            if let last = members.last, last.name == keys[0], case .object(let group) = last.value {
                members[members.count - 1].value = .object(group + [member])
            } else {
                members.append(.init(keys[0], .object([member])))
            }
        }
        return members
    }
}

/// `part / whole`, or nil when there is no whole.
func ratio(_ part: Double, _ whole: Double) -> Double? { whole > 0 ? part / whole : nil }
