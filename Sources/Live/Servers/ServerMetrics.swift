import Synchronization

/// What a server counts, as Prometheus reads it (text format 0.0.4).
package final class ServerMetrics: Sendable {
    private struct Route: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private struct Histogram {
        var buckets = [UInt64](repeating: 0, count: ServerMetrics.bounds.count + 1)
        var count: UInt64 = 0
        var sum = 0.0
    }

    private struct State {
        var requests: [Route: Histogram] = [:]
        var counters: [String: Double] = [:]
    }

    /// Upper bounds of the latency buckets, seconds.
    private static let bounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2.5, 10]

    private let state = Mutex(State())

    package init() {}

    /// One request was answered.
    func served(route: String, method: String, status: Int, seconds: Double) {
        state.withLock { state in
            let key = Route(route: route, method: method, status: status)
            var histogram = state.requests[key] ?? Histogram()
            let slot = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            histogram.buckets[slot] += 1
            histogram.count += 1
            histogram.sum += seconds
            state.requests[key] = histogram
        }
    }

    /// Adds to a counter. `name` may carry labels: `dsim_notes_total{kind="repair"}`.
    package func count(_ name: String, by amount: Double = 1) {
        state.withLock { $0.counters[name, default: 0] += amount }
    }

    /// All of it as text, with gauges of the moment.
    package func text(gauges: [(name: String, value: Double)]) -> String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        let name = "dsim_http_request_duration_seconds"
        if !state.requests.isEmpty { lines.append("# TYPE \(name) histogram") }
        let routes = state.requests.sorted {
            ($0.key.route, $0.key.method, $0.key.status)
                < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, histogram) in routes {
            let labels =
                "route=\"\(key.route)\",method=\"\(key.method)\",status=\"\(key.status)\""
            var total: UInt64 = 0
            for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets) {
                total += count
                lines.append("\(name)_bucket{\(labels),le=\"\(bound)\"} \(total)")
            }
            lines.append("\(name)_sum{\(labels)} \(histogram.sum)")
            lines.append("\(name)_count{\(labels)} \(histogram.count)")
        }
        lines += Self.lines(state.counters.map { ($0.key, $0.value) }, type: "counter")
        lines += Self.lines(gauges.map { ($0.name, $0.value) }, type: "gauge")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ values: [(String, Double)], type: String) -> [String] {
        var lines: [String] = []
        var family = ""
        for (name, value) in values.sorted(by: { $0.0 < $1.0 }) {
            let own = String(name.prefix { $0 != "{" })
            if own != family {
                family = own
                lines.append("# TYPE \(family) \(type)")
            }
            let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
            lines.append("\(name) \(text)")
        }
        return lines
    }
}
