import Simulation

extension MarkdownReport {
    /// How a figure of the catalogue is shown.
    private enum Style {
        case count, number, share, bytes, seconds

        func text(_ value: Double) -> String {
            switch self {
            case .count: Format.count(UInt64(value))
            case .number: Format.number(value)
            case .share: Format.share(value)
            case .bytes: Format.bytes(value)
            case .seconds: Format.seconds(value)
            }
        }
    }

    private struct Section {
        let title: String
        let rows: [(label: String, path: String, style: Style)]
        /// Metrics that hold quantiles of seconds.
        var times: [(label: String, path: String)] = []
    }

    /// The figures, section by section.
    var findings: String {
        [
            text(Self.durability), text(Self.availability), redundancy, text(Self.repair),
            text(Self.merkle), text(Self.costs), text(Self.churn),
        ].joined(separator: "\n")
    }

    // MARK: Sections

    private static let durability = Section(
        title: "Durability",
        rows: [
            ("files acknowledged", "durability.filesAcknowledged", .count),
            ("files deleted", "durability.filesDeleted", .count),
            ("files lost", "durability.filesLost", .count),
            ("chunks acknowledged", "durability.chunksAcknowledged", .count),
            ("chunks lost", "durability.chunksLost", .count),
            ("file-years", "durability.fileYears", .number),
            ("share of files lost", "durability.lossShare", .share),
            ("share of chunks lost", "durability.chunkLossShare", .share),
            ("loss rate per file-year", "durability.lossRatePerFileYear", .number),
        ])

    private static let availability = Section(
        title: "Availability and latency",
        rows: [
            ("reads", "availability.reads", .count),
            ("succeeded at the first try", "availability.firstTry", .share),
            ("failed for good", "availability.failed", .share),
            ("uploads acknowledged", "availability.uploadSuccess", .share),
            ("chunk-time readable", "availability.chunkTimeReadable", .share),
        ],
        times: [
            ("read a file", "latency.readSeconds"), ("write a file", "latency.writeSeconds"),
        ])

    private static let repair = Section(
        title: "Repair",
        rows: [
            ("replicas destroyed", "repair.replicasDestroyed", .count),
            ("copies made", "repair.transfers", .count),
            ("copies that failed", "repair.transfersFailed", .count),
            ("needless copies", "repair.needlessShare", .share),
            ("bytes moved", "repair.bytesMoved", .bytes),
            ("bytes per stored byte and month", "repair.bytesPerStoredByteMonth", .number),
        ],
        times: [("back at target", "repair.secondsToRepair")])

    private static let merkle = Section(
        title: "Merkle recovery",
        rows: [
            ("comparisons", "merkle.comparisons", .count),
            ("ended at the root", "merkle.comparisonsEqual", .count),
            ("broke off", "merkle.comparisonsFailed", .count),
            ("divergences injected", "merkle.divergencesInjected", .count),
            ("found", "merkle.divergencesFound", .count),
            ("– by a comparison", "merkle.foundByComparison", .count),
            ("– by a scrub or a read", "merkle.foundByScrubOrRead", .count),
            ("ended unseen", "merkle.divergencesMooted", .count),
            ("falsely found", "merkle.falselyFound", .count),
            ("surplus replicas found", "merkle.surplusFound", .count),
            ("rounds a comparison", "merkle.roundsPerComparison", .number),
            ("hashes", "merkle.hashes", .count),
            ("bytes", "merkle.bytes", .bytes),
            ("bytes a comparison", "merkle.bytesPerComparison", .bytes),
            ("against whole inventories", "merkle.shareOfWholeInventories", .share),
            ("bytes per byte mended", "merkle.bytesPerByteMended", .number),
        ],
        times: [("found after", "merkle.secondsToFind")])

    private static let costs = Section(
        title: "Storage, ledger and control",
        rows: [
            ("user bytes", "storage.userBytes", .bytes),
            ("stored bytes", "storage.storedBytes", .bytes),
            ("stored per user byte", "storage.storedPerUserByte", .number),
            ("replicas collected", "storage.chunksCollected", .count),
            ("ledger records", "ledger.records", .count),
            ("ledger bytes per file", "ledger.bytesPerFile", .bytes),
            ("inclusion proof", "ledger.inclusionProofBytes", .bytes),
            ("control messages", "control.messages", .count),
            ("control bytes per node and day", "control.bytesPerNodeDay", .bytes),
            ("payload on the wire", "control.payloadBytes", .bytes),
            ("messages lost", "control.messagesLost", .count),
            ("requests timed out", "control.requestsTimedOut", .count),
        ])

    private static let churn = Section(
        title: "Churn",
        rows: [
            ("nodes up, mean", "churn.meanNodesUp", .number),
            ("sessions ended", "churn.sessionsEnded", .count),
            ("nodes destroyed", "churn.nodesDestroyed", .count),
            ("nodes joined", "churn.nodesJoined", .count),
            ("nodes left gracefully", "churn.nodesLeft", .count),
            ("declared dead", "churn.declaredDead", .count),
            ("of those, returned", "churn.deadReturned", .count),
            ("backend restarts", "churn.backendRestarts", .count),
        ])

    // MARK: Tables

    private func text(_ section: Section) -> String {
        let rows = section.rows.map { row in
            let metric = Self.metric(row.path)
            let (value, interval) = texts(metric.read(measurements), row.style)
            return [row.label, value, interval, metric.meaning]
        }
        let hasIntervals = rows.contains { !$0[2].isEmpty }
        var table =
            hasIntervals
            ? MarkdownTable(
                ("figure", .left), ("value", .right), ("95 % interval", .left), ("meaning", .left))
            : MarkdownTable(("figure", .left), ("value", .right), ("meaning", .left))
        for row in rows { table.add(hasIntervals ? row : [row[0], row[1], row[3]]) }
        return "## \(section.title)\n\n" + table.text
            + (section.times.isEmpty ? "" : "\n" + times(section.times))
    }

    private func texts(_ value: Metric.Value, _ style: Style) -> (value: String, interval: String) {
        switch value {
        case .interval(let interval?):
            (
                style.text(interval.estimate),
                "\(style.text(interval.low)) to \(style.text(interval.high))"
            )
        default: (value[""].map(style.text) ?? "–", "")
        }
    }

    private func times(_ rows: [(label: String, path: String)]) -> String {
        var table = MarkdownTable(
            ("time", .left), ("count", .right), ("mean", .right), ("p50", .right), ("p95", .right),
            ("p99", .right), ("max", .right), ("meaning", .left))
        for row in rows {
            let metric = Self.metric(row.path)
            let value = metric.read(measurements)
            let cells = ["mean", "p50", "p95", "p99", "max"].map { part in
                value[part].map(Style.seconds.text) ?? "–"
            }
            table.add(
                [row.label, Format.count(UInt64(value["count"] ?? 0))] + cells + [metric.meaning])
        }
        return table.text
    }

    private var redundancy: String {
        let redundancy = measurements.redundancy
        var table = MarkdownTable(
            ("replicas of a chunk", .right), ("durable", .right), ("reachable", .right))
        let durable = redundancy.shareByDurableReplicas
        let reachable = redundancy.shareByReachableReplicas
        let count = max(durable.count, reachable.count)
        for k in 0..<count {
            func text(_ shares: [Double]) -> String {
                k < shares.count ? Format.share(shares[k]) : "–"
            }
            table.add(
                k == count - 1 ? "\(k) or more" : "\(k)", text(durable), text(reachable))
        }
        return """
            ## Redundancy

            Share of chunks with so many replicas, time-weighted; the target is \
            \(redundancy.target). Durable: on disks that still exist, reachable or not. Reachable: \
            on nodes that are up.

            \(table.text)
            """
                + "\n\(Format.plural(redundancy.chunksBelowTargetAtEnd, "chunk")) had fewer durable replicas "
                + "than the target when the measured time ended"
                + (redundancy.chunksBelowTargetAfterSettling.map {
                    ", and \(Format.count($0)) after settling"
                } ?? "") + ".\n"
    }

    private static func metric(_ path: String) -> Metric {
        guard let metric = MetricCatalogue.all.first(where: { $0.path == path }) else {
            preconditionFailure("the catalogue has no \(path)")
        }
        return metric
    }
}
