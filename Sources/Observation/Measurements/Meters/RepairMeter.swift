import Primitives

/// What was destroyed, and what it took to make it good.
package struct RepairMeter: Sendable {
    package internal(set) var transfers = 0
    package internal(set) var transfersFailed = 0
    package internal(set) var bytesMoved: UInt64 = 0
    package internal(set) var needless = 0
    package internal(set) var replicasDestroyed = 0
    /// From a chunk's falling below target by destruction until a repair brought it back.
    package internal(set) var times = Durations()
    /// Repairs that wait at present.
    var queued = 0

    mutating func copied(bytes: Int, isNeedless: Bool) {
        transfers += 1
        bytesMoved += UInt64(bytes)
        if isNeedless { needless += 1 }
    }

    static let metrics = [
        Metric(
            "repair.transfers", .count,
            "Replicas that were copied from node to node to repair.", row: "copies made",
            compared: [""]
        ) { .count($0.repair.transfers) },
        Metric(
            "repair.transfersFailed", .count, "Such copies that failed.",
            row: "copies that failed", compared: [""]
        ) { .count($0.repair.transfersFailed) },
        Metric(
            "repair.bytesMoved", .bytes, "Bytes of the copies.", row: "bytes moved",
            compared: [""]
        ) { .count($0.repair.bytesMoved) },
        Metric(
            "repair.bytesPerStoredByteMonth", .number,
            "Those bytes per stored byte and month of 30 days.",
            row: "bytes per stored byte and month"
        ) {
            guard $0.storage.storedBytes > 0 else { return .number(nil) }
            let (stored, months) = ($0.storage.meanStoredBytes, $0.run.seconds / (30 * 86_400))
            guard stored > 0, months > 0 else { return .number(0) }
            return .number(Double($0.repair.bytesMoved) / stored / months)
        },
        Metric(
            "repair.replicasDestroyed", .count, "Replicas destroyed for good.",
            row: "replicas destroyed", before: "repair.transfers", compared: [""]
        ) { .count($0.repair.replicasDestroyed) },
        Metric("repair.needless", .count, "Repairs whose lost replica came back later.") {
            .count($0.repair.needless)
        },
        Metric(
            "repair.needlessShare", .share,
            "Share of repairs that were needless (exact binomial interval).",
            row: "needless copies", before: "repair.bytesMoved"
        ) { .share($0.repair.needless, of: $0.repair.transfers) },
        Metric(
            "repair.secondsToRepair", .seconds,
            "From a chunk's falling below target by destruction until repair brought it back.",
            row: "back at target", compared: ["p50", "max"]
        ) { .quantiles($0.repair.times.quantiles) },
    ]
}
