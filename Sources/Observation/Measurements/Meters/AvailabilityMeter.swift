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
            "availability.reads", "Files that users asked for.", row: "reads", compared: [""],
            .count(\.availability.reads)),
        Metric(
            "availability.readsFirstTry", "Reads that succeeded without a retry of the user's.",
            .count(\.availability.readsFirstTry)),
        Metric(
            "availability.readsFailed", "Reads that the user gave up.",
            .count(\.availability.readsFailed)),
        Metric(
            "availability.firstTry",
            "Share of reads that succeeded at the first try (exact binomial interval).",
            row: "succeeded at the first try", compared: ["estimate"],
            .share(\.availability.readsFirstTry, of: \.availability.reads)),
        Metric(
            "availability.failed", "Share of reads that failed for good (exact binomial interval).",
            row: "failed for good", compared: ["estimate"],
            .share(\.availability.readsFailed, of: \.availability.reads)),
        Metric(
            "availability.uploadsFailed", "Uploads that their user gave up.",
            .count(\.availability.uploadsFailed)),
        Metric(
            "availability.uploadSuccess",
            "Share of uploads that were acknowledged (exact binomial interval).",
            row: "uploads acknowledged",
            .value(in: .share) {
                let acknowledged = $0.durability.filesAcknowledged
                return .share(acknowledged, of: acknowledged + $0.availability.uploadsFailed)
            }),
        Metric(
            "availability.chunkTimeReadable",
            "Share of chunks with at least one reachable replica, time-weighted.",
            row: "chunk-time readable", compared: [""],
            .number(\.redundancy.timeReadable, in: .share)),
    ]
}

/// How long users waited, with every retry.
package struct LatencyMeter: Sendable {
    package internal(set) var reads = Durations()
    package internal(set) var writes = Durations()

    static let metrics = [
        Metric(
            "latency.readSeconds",
            "A whole file, from the user's first message to the last byte checked.",
            row: "read a file", compared: ["p50", "p95", "p99"], .times(\.latency.reads)),
        Metric(
            "latency.writeSeconds",
            "A whole file, from the user's first message to the acknowledgement.",
            row: "write a file", compared: ["p50", "p95", "p99"], .times(\.latency.writes)),
    ]
}
