/// One figure of a run: where it stands in `metrics.json`, what it means, whether people find it in the
/// report, and how it is read off the meters.
///
/// Everything that is told of figures derives from these: `metrics.json`, what an expectation may name,
/// the tables of the report, and the one that lays a simulated run beside a real one.
package struct Metric: Sendable {
    /// The keys that lead to it, such as "durability.filesLost".
    package let path: String
    package let unit: Unit
    /// One line.
    package let meaning: String
    /// What its row in the report is called; nil: it has none.
    package let row: String?
    /// The path of the metric whose row this one's precedes; nil: rows stand in the order of metrics.
    package let before: String?
    /// The parts that mean the same in a simulated run and in a real one, as paths name them, or "target"
    /// for the element of a list that belongs to the target; empty for the figure itself.
    package let compared: [String]
    package let read: @Sendable (Reading) -> Value

    init(
        _ path: String, _ meaning: String, row: String? = nil, before: String? = nil,
        compared: [String] = [], _ source: Source
    ) {
        self.path = path
        self.meaning = meaning
        self.row = row
        self.before = before
        self.compared = compared
        unit = source.unit
        read = source.read
    }

    /// How people read a figure.
    package enum Unit: Sendable {
        case count, number, share, bytes, seconds
    }

    /// A figure of a run. The case belongs to the metric, the same in every run; what could not be
    /// measured, such as a share of nothing, is known by its denominator, or nil.
    package enum Value: Equatable, Sendable {
        case count(UInt64)
        case number(Double?)
        /// Of independent trials.
        case share(Int, of: Int)
        /// Events a unit of exposure.
        case rate(Int, per: Double)
        case quantiles(Quantiles)
        /// Element k belongs to k of something; what is not there is 0.
        case list([Double])

        static func count(_ value: Int) -> Value { .count(UInt64(value)) }
    }

    /// What a figure is read off.
    struct Source: Sendable {
        typealias Read<Part> = @Sendable (Reading) -> Part
        typealias Counter = BinaryInteger & SendableMetatype

        let unit: Unit
        let read: Read<Value>

        static func value(in unit: Unit, _ read: @escaping Read<Value>) -> Source {
            Source(unit: unit, read: read)
        }

        static func count(_ read: @escaping Read<some Counter>) -> Source {
            Source(unit: .count) { .count(UInt64(read($0))) }
        }

        static func bytes(_ read: @escaping Read<UInt64>) -> Source {
            Source(unit: .bytes) { .count(read($0)) }
        }

        static func number(_ read: @escaping Read<Double>, in unit: Unit = .number) -> Source {
            Source(unit: unit) { .number(read($0)) }
        }

        /// Nothing when there is no whole.
        static func ratio(
            _ part: @escaping Read<some Counter>, to whole: @escaping Read<some Counter>,
            in unit: Unit = .number
        ) -> Source {
            Source(unit: unit) {
                let whole = Double(whole($0))
                return .number(whole > 0 ? Double(part($0)) / whole : nil)
            }
        }

        static func share(_ hits: @escaping Read<Int>, of trials: @escaping Read<Int>) -> Source {
            Source(unit: .share) { .share(hits($0), of: trials($0)) }
        }

        static func times(_ read: @escaping Read<Durations>) -> Source {
            Source(unit: .seconds) { .quantiles(read($0).quantiles) }
        }
    }

    /// Every metric, in the order of `metrics.json`.
    package static let all: [Metric] =
        RunMeter.metrics + DurabilityMeter.metrics + AvailabilityMeter.metrics
        + RedundancyMeter.metrics + RepairMeter.metrics + MerkleMeter.metrics
        + LatencyMeter.metrics + StorageMeter.metrics + LedgerMeter.metrics
        + ControlMeter.metrics + ChurnMeter.metrics + LiarMeter.metrics
}

/// A distribution in a few figures; all zero when nothing was recorded.
package struct Quantiles: Equatable, Sendable {
    package var count = 0
    package var mean = 0.0
    package var p50 = 0.0
    package var p95 = 0.0
    package var p99 = 0.0
    package var max = 0.0
}
