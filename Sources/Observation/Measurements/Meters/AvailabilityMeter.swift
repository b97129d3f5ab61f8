import Primitives

/// Whether users got what they asked for.
package struct AvailabilityMeter: Sendable {
    package internal(set) var reads = 0
    package internal(set) var readsFirstTry = 0
    package internal(set) var readsFailed = 0
    package internal(set) var uploadsFailed = 0

    mutating func read(retries: Int) {
        reads += 1
        if retries == 0 { readsFirstTry += 1 }
    }

    mutating func readFailed() {
        reads += 1
        readsFailed += 1
    }

    static let metrics = [
        Metric(
            "availability.reads", .count, "Files that users asked for.", row: "reads",
            compared: [""]
        ) { .count($0.availability.reads) },
        Metric(
            "availability.readsFirstTry", .count,
            "Reads that succeeded without a retry of the user's."
        ) { .count($0.availability.readsFirstTry) },
        Metric("availability.readsFailed", .count, "Reads that the user gave up.") {
            .count($0.availability.readsFailed)
        },
        Metric(
            "availability.firstTry", .share,
            "Share of reads that succeeded at the first try (exact binomial interval).",
            row: "succeeded at the first try", compared: ["estimate"]
        ) { .share($0.availability.readsFirstTry, of: $0.availability.reads) },
        Metric(
            "availability.failed", .share,
            "Share of reads that failed for good (exact binomial interval).",
            row: "failed for good", compared: ["estimate"]
        ) { .share($0.availability.readsFailed, of: $0.availability.reads) },
        Metric("availability.uploadsFailed", .count, "Uploads that their user gave up.") {
            .count($0.availability.uploadsFailed)
        },
        Metric(
            "availability.uploadSuccess", .share,
            "Share of uploads that were acknowledged (exact binomial interval).",
            row: "uploads acknowledged"
        ) {
            let acknowledged = $0.durability.filesAcknowledged
            return .share(acknowledged, of: acknowledged + $0.availability.uploadsFailed)
        },
        Metric(
            "availability.chunkTimeReadable", .share,
            "Share of chunks with at least one reachable replica, time-weighted.",
            row: "chunk-time readable", compared: [""]
        ) { .number($0.redundancy.timeReadable) },
    ]
}

/// How long users waited, with every retry.
package struct LatencyMeter: Sendable {
    package internal(set) var reads = Durations()
    package internal(set) var writes = Durations()

    static let metrics = [
        Metric(
            "latency.readSeconds", .seconds,
            "A whole file, from the user's first message to the last byte checked.",
            row: "read a file", compared: ["p50", "p95", "p99"]
        ) { .quantiles($0.latency.reads.quantiles) },
        Metric(
            "latency.writeSeconds", .seconds,
            "A whole file, from the user's first message to the acknowledgement.",
            row: "write a file", compared: ["p50", "p95", "p99"]
        ) { .quantiles($0.latency.writes.quantiles) },
    ]
}
