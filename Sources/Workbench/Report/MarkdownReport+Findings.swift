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
        var table =
            hasIntervals
            ? MarkdownTable(
                ("figure", .left), ("value", .right), ("95 % interval", .left), ("meaning", .left))
            : MarkdownTable(("figure", .left), ("value", .right), ("meaning", .left))
        for row in rows { table.add(hasIntervals ? row : [row[0], row[1], row[3]]) }
        return table.text
    }

    private func times(_ metrics: [Metric]) -> String {
        guard !metrics.isEmpty else { return "" }
        var table = MarkdownTable(
            ("time", .left), ("count", .right), ("mean", .right), ("p50", .right), ("p95", .right),
            ("p99", .right), ("max", .right), ("meaning", .left))
        for metric in metrics {
            let value = measurements[metric.path]
            let cells = ["mean", "p50", "p95", "p99", "max"].map { part in
                value[part].map(metric.unit.text) ?? "–"
            }
            let count = Format.count(UInt64(value["count"] ?? 0))
            table.add([metric.row ?? "", count] + cells + [metric.meaning])
        }
        return table.text
    }

    private var redundancy: String {
        var table = MarkdownTable(
            ("replicas of a chunk", .right), ("durable", .right), ("reachable", .right))
        let shares = ["shareByDurableReplicas", "shareByReachableReplicas"].map {
            name -> [Double] in
            if case .list(let shares) = measurements["redundancy.\(name)"] { shares } else { [] }
        }
        let count = shares.map(\.count).max() ?? 0
        for k in 0..<count {
            table.add(
                [k == count - 1 ? "\(k) or more" : "\(k)"]
                    + shares.map { k < $0.count ? Format.share($0[k]) : "–" })
        }
        let below = measurements.count("redundancy.chunksBelowTargetAtEnd")
        let settled = measurements["redundancy.chunksBelowTargetAfterSettling"].single
        return """
            ## Redundancy

            Share of chunks with so many replicas, time-weighted; the target is \
            \(measurements.count("redundancy.target")). Durable: on disks that still exist, reachable \
            or not. Reachable: on nodes that are up.

            \(table.text)
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
