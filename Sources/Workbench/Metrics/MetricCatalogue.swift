package import Observation

/// Finding metrics, and their parts, by the paths that scenarios and `metrics.json` use.
package enum MetricCatalogue {
    /// A figure that can be named in an expectation: a metric, or one part of it.
    package struct Figure: Sendable {
        package let metric: Metric
        /// Of `Metric.Value.parts`, an index of a list, or empty.
        package let part: String

        package func value(in measurements: Measurements) -> Double? {
            measurements[metric.path][part]
        }
    }

    /// What is read when nothing was measured: its kind is what counts.
    private static let nothing = Measurements()

    /// Longest list that a figure can be named of.
    private static let longestList = 65

    /// The metric that a path names as a whole.
    static func metric(_ path: some StringProtocol) -> Metric? {
        Metric.all.first { $0.path == path }
    }

    /// The figure that a path such as "durability.filesLost" or "latency.readSeconds.p99" names; nil
    /// when there is none.
    package static func figure(_ path: String) -> Figure? {
        if let metric = metric(path) {
            switch nothing[path] {
            case .quantiles, .list: return nil
            case .count, .number, .share, .rate: return Figure(metric: metric, part: "")
            }
        }
        guard let dot = path.lastIndex(of: "."), let metric = metric(path[..<dot])
        else { return nil }
        let part = String(path[path.index(after: dot)...])
        let value = nothing[metric.path]
        if case .list = value {
            guard let index = Int(part), (0..<longestList).contains(index), String(index) == part
            else { return nil }
            return Figure(metric: metric, part: part)
        }
        return value.parts.contains(part) ? Figure(metric: metric, part: part) : nil
    }

    /// The parts of a metric that are told of where all are; of a list the first few.
    static func parts(_ metric: Metric) -> [String] {
        if case .list = nothing[metric.path] {
            (0...2).map(String.init)
        } else {
            nothing[metric.path].parts
        }
    }

    /// The paths that `figure` knows; of a list only the first few.
    package static let paths: [String] = Metric.all.flatMap { metric in
        [metric.path].filter { figure($0) != nil } + parts(metric).map { "\(metric.path).\($0)" }
    }

    /// The metrics as nested JSON members in the order of the catalogue.
    package static func json(_ measurements: Measurements) -> [JSONOutput.Member] {
        var members: [JSONOutput.Member] = []
        for metric in Metric.all {
            let value = measurements[metric.path].json
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
