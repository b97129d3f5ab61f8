import Observation

extension MarkdownReport {
    /// The figures, section by section: those of metrics that have a row.
    var findings: String {
        [
            section("Durability", of: "durability"),
            section("Availability and latency", of: "availability", "latency"),
            redundancy,
            section("Repair", of: "repair"),
            section("Merkle recovery", of: "merkle"),
            section("Storage, ledger and control", of: "storage", "ledger", "control"),
            section("Churn", of: "churn"),
            measurements.count("liars.nodes") > 0 ? section("Liars", of: "liars") : "",
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: Tables

    /// `groups`: what the paths of its metrics begin with.
    private func section(_ title: String, of groups: String...) -> String {
        var metrics: [Metric] = []
        for metric in Metric.all
        where metric.row != nil && groups.contains(where: { metric.path.hasPrefix($0 + ".") }) {
            let place = metrics.firstIndex { $0.path == metric.before } ?? metrics.endIndex
            metrics.insert(metric, at: place)
        }
        let tables = [
            figures(metrics.filter { !isTime($0) }), times(metrics.filter { isTime($0) }),
        ]
        return "## \(title)\n\n" + tables.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func isTime(_ metric: Metric) -> Bool {
        if case .quantiles = measurements[metric.path] { true } else { false }
    }

    private func figures(_ metrics: [Metric]) -> String {
        let rows = metrics.map { metric in
            let value = measurements[metric.path]
            let interval = value.interval.map {
                "\(metric.unit.text($0.low)) to \(metric.unit.text($0.high))"
            }
            return [
                metric.row ?? "", value.single.map(metric.unit.text) ?? "–", interval ?? "",
                metric.meaning,
            ]
        }
        let hasIntervals = rows.contains { !$0[2].isEmpty }
        let titles = ["figure", "value", "95 % interval", "meaning"]
        let columns = hasIntervals ? [0, 1, 2, 3] : [0, 1, 3]
        return MarkdownTable.text(
            columns.map { titles[$0] }, right: [1],
            rows: rows.map { row in columns.map { row[$0] } })
    }

    private func times(_ metrics: [Metric]) -> String {
        guard !metrics.isEmpty else { return "" }
        let parts = ["mean", "p50", "p95", "p99", "max"]
        let rows = metrics.map { metric in
            let value = measurements[metric.path]
            let count = Format.count(UInt64(value["count"] ?? 0))
            let cells = parts.map { value[$0].map(metric.unit.text) ?? "–" }
            return [metric.row ?? "", count] + cells + [metric.meaning]
        }
        return MarkdownTable.text(
            ["time", "count"] + parts + ["meaning"], right: Set(1...6), rows: rows)
    }

    private var redundancy: String {
        let shares = ["shareByDurableReplicas", "shareByReachableReplicas"].map {
            name -> [Double] in
            if case .list(let shares) = measurements["redundancy.\(name)"] { shares } else { [] }
        }
        let count = shares.map(\.count).max() ?? 0
        let rows = (0..<count).map { k in
            [k == count - 1 ? "\(k) or more" : "\(k)"]
                + shares.map { k < $0.count ? Format.share($0[k]) : "–" }
        }
        let table = MarkdownTable.text(
            ["replicas of a chunk", "durable", "reachable"], right: [0, 1, 2], rows: rows)
        let below = measurements.count("redundancy.chunksBelowTargetAtEnd")
        let settled = measurements["redundancy.chunksBelowTargetAfterSettling"].single
        return """
            ## Redundancy

            Share of chunks with so many replicas, time-weighted; the target is \
            \(measurements.count("redundancy.target")). Durable: on disks that still exist, reachable \
            or not. Reachable: on nodes that are up.

            \(table)
            """
                + "\n\(Format.plural(below, "chunk")) had fewer durable replicas "
                + "than the target when the measured time ended"
                + (settled.map { ", and \(Format.number($0)) after settling" } ?? "") + ".\n"
                + crowded
    }

    /// Nothing where there were none.
    private var crowded: String {
        let count = measurements.count("redundancy.chunksCrowdedAtEnd")
        let settled = measurements["redundancy.chunksCrowdedAfterSettling"].single ?? 0
        guard count > 0 || settled > 0 else { return "" }
        return "\(Format.plural(count, "chunk")) stood in fewer failure domains then than so many "
            + "replicas could, and \(Format.number(settled)) after settling.\n"
    }
}
