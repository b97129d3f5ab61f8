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
    static func metric(_ path: String) -> Metric? { Metric.all.first { $0.path == path } }

    /// The parts of a metric that can be named; empty for what the metric itself names.
    static func parts(_ metric: Metric) -> [String] {
        switch nothing[metric.path] {
        case .count, .number: [""]
        case .share, .rate: [""] + nothing[metric.path].parts
        case .quantiles: nothing[metric.path].parts
        case .list: (0..<longestList).map(String.init)
        }
    }

    private static let figures = Metric.all.flatMap { metric in
        parts(metric).map { part in
            (
                part.isEmpty ? metric.path : "\(metric.path).\(part)",
                Figure(metric: metric, part: part)
            )
        }
    }

    private static let figuresByPath = Dictionary(uniqueKeysWithValues: figures)

    /// The figure that a path such as "durability.filesLost" or "latency.readSeconds.p99" names; nil
    /// when there is none.
    package static func figure(_ path: String) -> Figure? { figuresByPath[path] }

    /// The paths that `figure` knows.
    static let paths = figures.map(\.0)

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
