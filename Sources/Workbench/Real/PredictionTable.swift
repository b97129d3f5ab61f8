import Simulation

/// What the simulator predicted and what was seen, figure by figure.
struct PredictionTable: Sendable {
    /// How a figure is written.
    enum Unit: Sendable {
        case count, bytes, seconds, share, number

        func text(_ value: Double?) -> String {
            guard let value else { return "–" }
            switch self {
            case .count, .number: return Format.number(value)
            case .bytes: return Format.bytes(value)
            case .seconds: return Format.seconds(value)
            case .share: return Format.share(value)
            }
        }
    }

    struct Row: Sendable {
        var path: String
        var unit: Unit
        var predicted: Double?
        var seen: Double?

        /// By how much what was seen exceeds the prediction, as a share of that. Nil when one of them
        /// is missing, or only the prediction is zero.
        var difference: Double? {
            guard let predicted, let seen else { return nil }
            if predicted == seen { return 0 }
            return predicted == 0 ? nil : (seen - predicted) / predicted.magnitude
        }

        var differenceText: String {
            guard let difference else { return "–" }
            let percent = difference * 100
            if percent == 0 { return "0 %" }
            let digits = DecimalNumber(percent, significantDigits: percent.magnitude < 10 ? 2 : 3)
            return (percent > 0 ? "+" : "") + digits.jsonText + " %"
        }
    }

    /// The figures that mean the same in both.
    static let figures: [(path: String, unit: Unit)] = [
        ("durability.filesAcknowledged", .count), ("durability.filesDeleted", .count),
        ("durability.filesLost", .count), ("durability.chunksAcknowledged", .count),
        ("availability.reads", .count), ("availability.firstTry.estimate", .share),
        ("availability.failed.estimate", .share), ("availability.chunkTimeReadable", .share),
        ("latency.readSeconds.p50", .seconds), ("latency.readSeconds.p95", .seconds),
        ("latency.readSeconds.p99", .seconds), ("latency.writeSeconds.p50", .seconds),
        ("latency.writeSeconds.p95", .seconds), ("latency.writeSeconds.p99", .seconds),
        ("redundancy.shareByDurableReplicas.3", .share),
        ("redundancy.shareByReachableReplicas.3", .share),
        ("redundancy.chunksBelowTargetAtEnd", .count), ("repair.transfers", .count),
        ("repair.transfersFailed", .count), ("repair.bytesMoved", .bytes),
        ("repair.replicasDestroyed", .count), ("repair.secondsToRepair.p50", .seconds),
        ("repair.secondsToRepair.max", .seconds), ("merkle.comparisons", .count),
        ("merkle.bytesPerComparison", .bytes), ("storage.userBytes", .bytes),
        ("storage.storedBytes", .bytes), ("storage.storedPerUserByte", .number),
        ("ledger.blocks", .count), ("ledger.records", .count), ("ledger.bytes", .bytes),
        ("control.messages", .count), ("control.bytes", .bytes),
        ("control.bytesPerNodeDay", .bytes), ("control.payloadBytes", .bytes),
        ("control.requestsTimedOut", .count), ("churn.declaredDead", .count),
        ("churn.deadReturned", .count), ("churn.meanNodesUp", .number),
    ]

    let rows: [Row]

    /// Figures of which neither run has anything to say are left out.
    init(predicted: Measurements, seen: Measurements) {
        rows = Self.figures.compactMap { path, unit in
            let figure = MetricCatalogue.figure(path)
            let row = Row(
                path: path, unit: unit, predicted: figure?.value(in: predicted),
                seen: figure?.value(in: seen))
            return row.predicted == nil && row.seen == nil ? nil : row
        }
    }
}
