import Primitives

/// Acknowledged files and chunks, and those whose every replica was destroyed.
package struct DurabilityMeter: Sendable {
    package internal(set) var filesAcknowledged = 0
    package internal(set) var filesDeleted = 0
    /// By ordinal.
    package internal(set) var lostFiles: Set<Int> = []
    package internal(set) var chunksAcknowledged = 0
    package internal(set) var chunksLost = 0
    /// When files that are deleted were, minus when files were acknowledged, summed, in nanoseconds.
    private var nanosecondsKept: Int128 = 0

    private static let yearSeconds = 365.25 * 86_400

    mutating func acknowledged(at now: Instant) {
        filesAcknowledged += 1
        nanosecondsKept -= Int128(now.nanoseconds)
    }

    mutating func deleted(at now: Instant) {
        filesDeleted += 1
        nanosecondsKept += Int128(now.nanoseconds)
    }

    /// The last replica of a chunk that a file needs is gone.
    mutating func lostChunk(of file: Int) {
        chunksLost += 1
        lostFiles.insert(file)
    }

    func fileYears(at now: Instant) -> Double {
        let kept = Int128(filesAcknowledged - filesDeleted) * Int128(now.nanoseconds)
        return Double(nanosecondsKept + kept) / 1e9 / Self.yearSeconds
    }

    // A file that is lost while the world settles is lost all the same.
    static let metrics = [
        Metric(
            "durability.filesAcknowledged", .count, "Files whose upload was acknowledged.",
            row: "files acknowledged", compared: [""]
        ) { .count($0.durability.filesAcknowledged) },
        Metric(
            "durability.filesDeleted", .count, "Of those, files that their owner deleted.",
            row: "files deleted", compared: [""]
        ) { .count($0.durability.filesDeleted) },
        Metric(
            "durability.filesLost", .count,
            "Acknowledged files with a chunk whose every replica was destroyed.",
            row: "files lost", compared: [""]
        ) { .count($0.whole.durability.lostFiles.count) },
        Metric(
            "durability.chunksAcknowledged", .count, "Chunks of acknowledged files.",
            row: "chunks acknowledged", compared: [""]
        ) { .count($0.durability.chunksAcknowledged) },
        Metric(
            "durability.chunksLost", .count,
            "Of those, chunks whose every replica was destroyed.", row: "chunks lost"
        ) { .count($0.whole.durability.chunksLost) },
        Metric(
            "durability.fileYears", .number,
            "Time that acknowledged files were to be kept, summed, in years of 365.25 days.",
            row: "file-years"
        ) { .number($0.durability.fileYears(at: $0.run.now)) },
        Metric(
            "durability.lossShare", .share,
            "Share of acknowledged files that were lost (exact binomial interval).",
            row: "share of files lost"
        ) {
            .share($0.whole.durability.lostFiles.count, of: $0.durability.filesAcknowledged)
        },
        Metric(
            "durability.chunkLossShare", .share,
            "Share of acknowledged chunks that were lost (exact binomial interval).",
            row: "share of chunks lost"
        ) { .share($0.whole.durability.chunksLost, of: $0.durability.chunksAcknowledged) },
        Metric(
            "durability.lossRatePerFileYear", .number,
            "Files lost per file-year (exact Poisson interval).", row: "loss rate per file-year"
        ) {
            .rate(
                $0.whole.durability.lostFiles.count,
                per: $0.durability.fileYears(at: $0.run.now))
        },
    ]
}
