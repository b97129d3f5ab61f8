import Observation

/// What the simulator predicted and what was seen, figure by figure.
struct PredictionTable: Sendable {
    struct Row: Sendable {
        var path: String
        var unit: Metric.Unit
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

    let rows: [Row]

    /// Figures of which neither run has anything to say are left out.
    init(predicted: Measurements, seen: Measurements) {
        let target = String(seen.count("redundancy.target"))
        rows = Metric.all.flatMap { metric in
            metric.compared.compactMap { part in
                let part = part == "target" ? target : part
                let row = Row(
                    path: metric.path + (part.isEmpty ? "" : ".\(part)"), unit: metric.unit,
                    predicted: predicted[metric.path][part], seen: seen[metric.path][part])
                return row.predicted == nil && row.seen == nil ? nil : row
            }
        }
    }
}
