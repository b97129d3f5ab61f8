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
            "storage.userBytes",
            "Plaintext bytes of the files that users kept when the measured time ended.",
            row: "user bytes", compared: [""], .bytes(\.storage.userBytes)),
        Metric(
            "storage.storedBytes", "Bytes of sealed chunks on all disks at that time.",
            row: "stored bytes", compared: [""], .bytes(\.storage.storedBytes)),
        Metric(
            "storage.storedPerUserByte", "The second over the first.", row: "stored per user byte",
            compared: [""], .ratio(\.storage.storedBytes, to: \.storage.userBytes)),
        Metric(
            "storage.chunksCollected", "Replicas deleted because no ledger named their chunk.",
            row: "replicas collected", .count(\.storage.chunksCollected)),
        Metric(
            "storage.collectionsStopped",
            "Comparisons that collected nothing, since no ledger named too many of a node's chunks.",
            .count(\.storage.collectionsStopped)),
    ]
}
