import Metrics
import Synchronization

/// Not a role's.
typealias MetricTimer = Timer

/// Keeps numbers for swift-metrics, and writes them as Prometheus reads them (text format 0.0.4).
///
/// Each server has its own, and its handles are made with it: several servers may run in one process, so
/// that none of theirs may be the process's (`MetricsSystem`).
final class MetricsRegistry: MetricsFactory {
    private struct Key: Hashable {
        var name: String
        /// As they are written: `kind="repair",on="disk"`.
        var dimensions: String
    }

    private struct State {
        var series: [Key: any Series] = [:]
        var help: [String: String] = [:]
    }

    private let state = Mutex(State())

    func counter(_ metric: ServerCounter) -> Counter {
        Counter(label: declare(metric), dimensions: metric.dimensions, factory: self)
    }

    func gauge(_ metric: ServerGauge) -> Gauge {
        Gauge(label: declare(metric), dimensions: metric.dimensions, factory: self)
    }

    func timer(_ metric: ServerTimer) -> MetricTimer {
        MetricTimer(label: declare(metric), dimensions: metric.dimensions, factory: self)
    }

    private func declare<Handle>(_ metric: ServerMetric<Handle>) -> String {
        state.withLock { $0.help[metric.name] = metric.help }
        return metric.name
    }

    /// All of it, sorted.
    var text: String {
        let (series, help) = state.withLock { ($0.series, $0.help) }
        var lines: [String] = []
        var name = ""
        for (key, series) in series.sorted(by: {
            ($0.key.name, $0.key.dimensions) < ($1.key.name, $1.key.dimensions)
        }) {
            if key.name != name {
                name = key.name
                if let help = help[name] { lines.append("# HELP \(name) \(help)") }
                lines.append("# TYPE \(name) \(series.type)")
            }
            lines += series.samples(name, key.dimensions)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { Number(type: "counter") }
    }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions) { Number(type: "gauge") }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { Histogram() }
    }

    // Series last as long as their server does.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private func series<S: Series>(
        _ name: String, _ dimensions: [(String, String)], make: () -> S
    ) -> S {
        let text = dimensions.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        let key = Key(name: name, dimensions: text)
        return state.withLock { state in
            if let present = state.series[key] as? S { return present }
            let made = make()
            state.series[key] = made
            return made
        }
    }
}

private protocol Series: Sendable {
    var type: String { get }
    func samples(_ name: String, _ dimensions: String) -> [String]
}

private final class Number: Series, CounterHandler, RecorderHandler {
    let type: String
    private let value = Mutex(0.0)

    init(type: String) { self.type = type }

    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func reset() { value.withLock { $0 = 0 } }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { self.value.withLock { $0 = value } }

    func samples(_ name: String, _ dimensions: String) -> [String] {
        let value = value.withLock { $0 }
        let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
        return [dimensions.isEmpty ? "\(name) \(text)" : "\(name){\(dimensions)} \(text)"]
    }
}

private final class Histogram: Series, TimerHandler {
    private struct Counts {
        var buckets = [UInt64](repeating: 0, count: Histogram.bounds.count + 1)
        var seconds = 0.0
    }

    /// Upper bounds of the buckets, seconds.
    private static let bounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2.5, 10]

    let type = "histogram"
    private let counts = Mutex(Counts())

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.seconds += seconds
        }
    }

    func samples(_ name: String, _ dimensions: String) -> [String] {
        let counts = counts.withLock { $0 }
        var total: UInt64 = 0
        var lines: [String] = []
        for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], counts.buckets) {
            total += count
            lines.append("\(name)_bucket{\(dimensions),le=\"\(bound)\"} \(total)")
        }
        return lines + [
            "\(name)_sum{\(dimensions)} \(counts.seconds)", "\(name)_count{\(dimensions)} \(total)",
        ]
    }
}
