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
            "merkle.comparisons", .count,
            "Comparisons of a node's inventory with what is expected.", row: "comparisons",
            compared: [""]
        ) { .count($0.merkle.comparisons) },
        Metric(
            "merkle.comparisonsEqual", .count,
            "Those that ended at the root: nothing differed.", row: "ended at the root"
        ) { .count($0.merkle.comparisonsEqual) },
        Metric(
            "merkle.comparisonsFailed", .count, "Those that broke off.", row: "broke off"
        ) { .count($0.merkle.comparisonsFailed) },
        Metric(
            "merkle.audits", .count, "Challenges that both of two holders of a chunk met.",
            row: "audits"
        ) { .count($0.merkle.audits) },
    ]

    private static let divergenceMetrics = [
        Metric(
            "merkle.divergencesInjected", .count,
            "Replicas that a fault made vanish or rot while a backend counted on them.",
            row: "divergences injected"
        ) { .count($0.merkle.divergencesInjected) },
        Metric(
            "merkle.divergencesFound", .count,
            "Of those, found by a comparison, a scrub, a read or an audit.", row: "found"
        ) {
            .count(
                $0.merkle.foundByComparison + $0.merkle.foundByScrubOrRead
                    + $0.merkle.foundByAudit)
        },
        Metric(
            "merkle.foundByComparison", .count, "Found by a comparison.",
            row: "– by a comparison"
        ) { .count($0.merkle.foundByComparison) },
        Metric(
            "merkle.foundByScrubOrRead", .count, "Found by a scrub or a read.",
            row: "– by a scrub or a read"
        ) { .count($0.merkle.foundByScrubOrRead) },
        Metric("merkle.foundByAudit", .count, "Found by an audit.", row: "– by an audit") {
            .count($0.merkle.foundByAudit)
        },
        Metric(
            "merkle.divergencesMooted", .count,
            "Injected ones that ended unseen: the node died or the file was deleted first.",
            row: "ended unseen"
        ) { .count($0.merkle.divergencesMooted) },
        Metric(
            "merkle.falselyFound", .count,
            "Replicas reported missing that were on the disk.", row: "falsely found"
        ) { .count($0.merkle.falselyFound) },
        Metric(
            "merkle.surplusFound", .count, "Replicas found that no ledger asked for.",
            row: "surplus replicas found"
        ) { .count($0.merkle.surplusFound) },
        Metric(
            "merkle.secondsToFind", .seconds, "From injection until found.", row: "found after"
        ) { .quantiles($0.merkle.findTimes.quantiles) },
    ]

    private static let costMetrics = [
        Metric("merkle.rounds", .count, "Questions and answers of all comparisons.") {
            .count($0.merkle.rounds)
        },
        Metric("merkle.hashes", .count, "Hashes that they carried.", row: "hashes") {
            .count($0.merkle.hashes)
        },
        Metric("merkle.bytes", .bytes, "Bytes that they took.", row: "bytes") {
            .count($0.merkle.bytes)
        },
        Metric(
            "merkle.roundsPerComparison", .number, "Rounds of a comparison, mean.",
            row: "rounds a comparison", before: "merkle.hashes"
        ) { .ratio(Double($0.merkle.rounds), Double($0.merkle.comparisons)) },
        Metric(
            "merkle.bytesPerComparison", .bytes, "Bytes of a comparison, mean.",
            row: "bytes a comparison", compared: [""]
        ) { .ratio(Double($0.merkle.bytes), Double($0.merkle.comparisons)) },
        Metric(
            "merkle.bytesOfWholeInventories", .bytes,
            "What sending every whole inventory instead would have cost: 32 bytes a chunk."
        ) { .count($0.merkle.bytesOfWholeInventories) },
        Metric(
            "merkle.shareOfWholeInventories", .share, "Bytes taken over the bytes of that.",
            row: "against whole inventories"
        ) { .ratio(Double($0.merkle.bytes), Double($0.merkle.bytesOfWholeInventories)) },
        Metric(
            "merkle.bytesMended", .bytes,
            "Bytes of replicas mended because a comparison missed them."
        ) { .count($0.merkle.bytesMended) },
        Metric(
            "merkle.bytesPerByteMended", .number, "Bytes of comparisons per byte mended.",
            row: "bytes per byte mended"
        ) { .ratio(Double($0.merkle.bytes), Double($0.merkle.bytesMended)) },
    ]
}
