import Primitives

/// What keeping the files took.
package struct StorageMeter: Sendable {
    /// Plaintext bytes of acknowledged files that are not deleted.
    var userBytes: UInt64 = 0
    /// Bytes of sealed chunks on all disks.
    package internal(set) var storedBytes: UInt64 = 0
    package internal(set) var chunksCollected = 0
    var collectionsStopped = 0
    private var sampledBytes = 0.0
    private var samples = 0

    /// Of all samples so far.
    var meanStoredBytes: Double { sampledBytes / Double(max(samples, 1)) }

    mutating func sampled(storedBytes: UInt64) {
        sampledBytes += Double(storedBytes)
        samples += 1
    }

    static let metrics = [
        Metric(
            "storage.userBytes", .bytes,
            "Plaintext bytes of the files that users kept when the measured time ended.",
            row: "user bytes", compared: [""]
        ) { .count($0.storage.userBytes) },
        Metric(
            "storage.storedBytes", .bytes, "Bytes of sealed chunks on all disks at that time.",
            row: "stored bytes", compared: [""]
        ) { .count($0.storage.storedBytes) },
        Metric(
            "storage.storedPerUserByte", .number, "The second over the first.",
            row: "stored per user byte", compared: [""]
        ) { .ratio(Double($0.storage.storedBytes), Double($0.storage.userBytes)) },
        Metric(
            "storage.chunksCollected", .count,
            "Replicas deleted because no ledger named their chunk.", row: "replicas collected"
        ) { .count($0.storage.chunksCollected) },
        Metric(
            "storage.collectionsStopped", .count,
            "Comparisons that collected nothing, since no ledger named too many of a node's chunks."
        ) { .count($0.storage.collectionsStopped) },
    ]
}
