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
            "repair.transfers", "Replicas that were copied from node to node to repair.",
            row: "copies made", compared: [""], .count(\.repair.transfers)),
        Metric(
            "repair.transfersFailed", "Such copies that failed.", row: "copies that failed",
            compared: [""], .count(\.repair.transfersFailed)),
        Metric(
            "repair.bytesMoved", "Bytes of the copies.", row: "bytes moved", compared: [""],
            .bytes(\.repair.bytesMoved)),
        Metric(
            "repair.bytesPerStoredByteMonth", "Those bytes per stored byte and month of 30 days.",
            row: "bytes per stored byte and month",
            .value(in: .number) {
                guard $0.storage.storedBytes > 0 else { return .number(nil) }
                let (stored, months) = ($0.storage.meanStoredBytes, $0.run.seconds / (30 * 86_400))
                guard stored > 0, months > 0 else { return .number(0) }
                return .number(Double($0.repair.bytesMoved) / stored / months)
            }),
        Metric(
            "repair.replicasDestroyed", "Replicas destroyed for good.", row: "replicas destroyed",
            before: "repair.transfers", compared: [""], .count(\.repair.replicasDestroyed)),
        Metric(
            "repair.needless", "Repairs whose lost replica came back later.",
            .count(\.repair.needless)),
        Metric(
            "repair.needlessShare",
            "Share of repairs that were needless (exact binomial interval).",
            row: "needless copies", before: "repair.bytesMoved",
            .share(\.repair.needless, of: \.repair.transfers)),
        Metric(
            "repair.secondsToRepair",
            "From a chunk's falling below target by destruction until repair brought it back.",
            row: "back at target", compared: ["p50", "max"], .times(\.repair.times)),
    ]
}
