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
            "durability.filesAcknowledged", "Files whose upload was acknowledged.",
            row: "files acknowledged", compared: [""], .count(\.durability.filesAcknowledged)),
        Metric(
            "durability.filesDeleted", "Of those, files that their owner deleted.",
            row: "files deleted", compared: [""], .count(\.durability.filesDeleted)),
        Metric(
            "durability.filesLost",
            "Acknowledged files with a chunk whose every replica was destroyed.", row: "files lost",
            compared: [""], .count(\.whole.durability.lostFiles.count)),
        Metric(
            "durability.chunksAcknowledged", "Chunks of acknowledged files.",
            row: "chunks acknowledged", compared: [""], .count(\.durability.chunksAcknowledged)),
        Metric(
            "durability.chunksLost", "Of those, chunks whose every replica was destroyed.",
            row: "chunks lost", .count(\.whole.durability.chunksLost)),
        Metric(
            "durability.fileYears",
            "Time that acknowledged files were to be kept, summed, in years of 365.25 days.",
            row: "file-years",
            .value(in: .number) { .number($0.durability.fileYears(at: $0.run.now)) }),
        Metric(
            "durability.lossShare",
            "Share of acknowledged files that were lost (exact binomial interval).",
            row: "share of files lost",
            .share(\.whole.durability.lostFiles.count, of: \.durability.filesAcknowledged)),
        Metric(
            "durability.chunkLossShare",
            "Share of acknowledged chunks that were lost (exact binomial interval).",
            row: "share of chunks lost",
            .share(\.whole.durability.chunksLost, of: \.durability.chunksAcknowledged)),
        Metric(
            "durability.lossRatePerFileYear", "Files lost per file-year (exact Poisson interval).",
            row: "loss rate per file-year",
            .value(in: .number) {
                .rate(
                    $0.whole.durability.lostFiles.count,
                    per: $0.durability.fileYears(at: $0.run.now))
            }),
    ]
}
