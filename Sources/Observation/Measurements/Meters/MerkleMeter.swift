import Merkle
import Primitives
import Roles

/// How well inventories' trees, scrubs, reads and audits found what was missing.
package struct MerkleMeter: Sendable {
    package internal(set) var comparisons = 0
    package internal(set) var comparisonsEqual = 0
    package internal(set) var comparisonsFailed = 0
    package internal(set) var audits = 0
    package internal(set) var divergencesInjected = 0
    package internal(set) var divergencesMooted = 0
    package internal(set) var foundByComparison = 0
    package internal(set) var foundByScrubOrRead = 0
    package internal(set) var foundByAudit = 0
    package internal(set) var falselyFound = 0
    package internal(set) var surplusFound = 0
    package internal(set) var findTimes = Durations()
    private var rounds: UInt64 = 0
    private var hashes: UInt64 = 0
    private var bytes: UInt64 = 0
    private var bytesOfWholeInventories: UInt64 = 0
    var bytesMended: UInt64 = 0

    mutating func compared(
        isEqual: Bool, inventoryCount: Int, _ statistics: InventoryComparison.Statistics
    ) {
        comparisons += 1
        if isEqual { comparisonsEqual += 1 }
        rounds += UInt64(statistics.rounds)
        hashes += UInt64(statistics.hashes)
        bytes += UInt64(statistics.bytesSent + statistics.bytesReceived)
        bytesOfWholeInventories += UInt64(32 * inventoryCount)
    }

    /// A replica that a fault had damaged came to light.
    mutating func found(_ finding: Note.Finding, after time: Duration) {
        switch finding {
        case .comparison: foundByComparison += 1
        case .scrubOrRead: foundByScrubOrRead += 1
        case .audit: foundByAudit += 1
        }
        findTimes.record(time)
    }

    static let metrics = comparisonMetrics + divergenceMetrics + costMetrics

    private static let comparisonMetrics = [
        Metric(
            "merkle.comparisons", "Comparisons of a node's inventory with what is expected.",
            row: "comparisons", compared: [""], .count(\.merkle.comparisons)),
        Metric(
            "merkle.comparisonsEqual", "Those that ended at the root: nothing differed.",
            row: "ended at the root", .count(\.merkle.comparisonsEqual)),
        Metric(
            "merkle.comparisonsFailed", "Those that broke off.", row: "broke off",
            .count(\.merkle.comparisonsFailed)),
        Metric(
            "merkle.audits", "Challenges that both of two holders of a chunk met.", row: "audits",
            .count(\.merkle.audits)),
    ]

    private static let divergenceMetrics = [
        Metric(
            "merkle.divergencesInjected",
            "Replicas that a fault made vanish or rot while a backend counted on them.",
            row: "divergences injected", .count(\.merkle.divergencesInjected)),
        Metric(
            "merkle.divergencesFound",
            "Of those, found by a comparison, a scrub, a read or an audit.", row: "found",
            .value(in: .count) {
                .count(
                    $0.merkle.foundByComparison + $0.merkle.foundByScrubOrRead
                        + $0.merkle.foundByAudit)
            }),
        Metric(
            "merkle.foundByComparison", "Found by a comparison.", row: "– by a comparison",
            .count(\.merkle.foundByComparison)),
        Metric(
            "merkle.foundByScrubOrRead", "Found by a scrub or a read.",
            row: "– by a scrub or a read", .count(\.merkle.foundByScrubOrRead)),
        Metric(
            "merkle.foundByAudit", "Found by an audit.", row: "– by an audit",
            .count(\.merkle.foundByAudit)),
        Metric(
            "merkle.divergencesMooted",
            "Injected ones that ended unseen: the node died or the file was deleted first.",
            row: "ended unseen", .count(\.merkle.divergencesMooted)),
        Metric(
            "merkle.falselyFound", "Replicas reported missing that were on the disk.",
            row: "falsely found", .count(\.merkle.falselyFound)),
        Metric(
            "merkle.surplusFound", "Replicas found that no ledger asked for.",
            row: "surplus replicas found", .count(\.merkle.surplusFound)),
        Metric(
            "merkle.secondsToFind", "From injection until found.", row: "found after",
            .times(\.merkle.findTimes)),
    ]

    private static let costMetrics = [
        Metric(
            "merkle.rounds", "Questions and answers of all comparisons.", .count(\.merkle.rounds)),
        Metric(
            "merkle.hashes", "Hashes that they carried.", row: "hashes", .count(\.merkle.hashes)),
        Metric("merkle.bytes", "Bytes that they took.", row: "bytes", .bytes(\.merkle.bytes)),
        Metric(
            "merkle.roundsPerComparison", "Rounds of a comparison, mean.",
            row: "rounds a comparison", before: "merkle.hashes",
            .ratio(\.merkle.rounds, to: \.merkle.comparisons)),
        Metric(
            "merkle.bytesPerComparison", "Bytes of a comparison, mean.", row: "bytes a comparison",
            compared: [""], .ratio(\.merkle.bytes, to: \.merkle.comparisons, in: .bytes)),
        Metric(
            "merkle.bytesOfWholeInventories",
            "What sending every whole inventory instead would have cost: 32 bytes a chunk.",
            .bytes(\.merkle.bytesOfWholeInventories)),
        Metric(
            "merkle.shareOfWholeInventories", "Bytes taken over the bytes of that.",
            row: "against whole inventories",
            .ratio(\.merkle.bytes, to: \.merkle.bytesOfWholeInventories, in: .share)),
        Metric(
            "merkle.bytesMended", "Bytes of replicas mended because a comparison missed them.",
            .bytes(\.merkle.bytesMended)),
        Metric(
            "merkle.bytesPerByteMended", "Bytes of comparisons per byte mended.",
            row: "bytes per byte mended", .ratio(\.merkle.bytes, to: \.merkle.bytesMended)),
    ]
}
