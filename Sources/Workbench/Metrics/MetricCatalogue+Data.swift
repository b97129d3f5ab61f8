import Simulation

// What became of the data: is it there, can it be read, is it redundant.
extension MetricCatalogue {
    static let run = [
        Metric("events", "Events delivered in the whole run.") { .count($0.events) },
        Metric("simulatedSeconds", "Simulated time of the whole run, settling included.") {
            .number($0.simulatedSeconds)
        },
    ]

    static let durability = [
        Metric("durability.filesAcknowledged", "Files whose upload was acknowledged.") {
            .count($0.durability.filesAcknowledged)
        },
        Metric("durability.filesDeleted", "Of those, files that their owner deleted.") {
            .count($0.durability.filesDeleted)
        },
        Metric(
            "durability.filesLost",
            "Acknowledged files with a chunk whose every replica was destroyed."
        ) { .count($0.durability.filesLost) },
        Metric("durability.chunksAcknowledged", "Chunks of acknowledged files.") {
            .count($0.durability.chunksAcknowledged)
        },
        Metric("durability.chunksLost", "Of those, chunks whose every replica was destroyed.") {
            .count($0.durability.chunksLost)
        },
        Metric(
            "durability.fileYears",
            "Time that acknowledged files were to be kept, summed, in years of 365.25 days."
        ) { .number($0.durability.fileYears) },
        Metric(
            "durability.lossShare",
            "Share of acknowledged files that were lost (exact binomial interval)."
        ) { .interval(.proportion($0.durability.filesLost, of: $0.durability.filesAcknowledged)) },
        Metric(
            "durability.chunkLossShare",
            "Share of acknowledged chunks that were lost (exact binomial interval)."
        ) {
            .interval(.proportion($0.durability.chunksLost, of: $0.durability.chunksAcknowledged))
        },
        Metric(
            "durability.lossRatePerFileYear", "Files lost per file-year (exact Poisson interval)."
        ) { .interval(.rate($0.durability.filesLost, per: $0.durability.fileYears)) },
    ]

    static let availability = [
        Metric("availability.reads", "Files that users asked for.") {
            .count($0.availability.reads)
        },
        Metric("availability.readsFirstTry", "Reads that succeeded without a retry of the user's.")
        {
            .count($0.availability.readsFirstTry)
        },
        Metric("availability.readsFailed", "Reads that the user gave up.") {
            .count($0.availability.readsFailed)
        },
        Metric(
            "availability.firstTry",
            "Share of reads that succeeded at the first try (exact binomial interval)."
        ) { .interval(.proportion($0.availability.readsFirstTry, of: $0.availability.reads)) },
        Metric(
            "availability.failed", "Share of reads that failed for good (exact binomial interval)."
        ) { .interval(.proportion($0.availability.readsFailed, of: $0.availability.reads)) },
        Metric("availability.uploadsFailed", "Uploads that their user gave up.") {
            .count($0.durability.uploadsFailed)
        },
        Metric(
            "availability.uploadSuccess",
            "Share of uploads that were acknowledged (exact binomial interval)."
        ) {
            .interval(
                .proportion(
                    $0.durability.filesAcknowledged,
                    of: $0.durability.filesAcknowledged + $0.durability.uploadsFailed))
        },
        Metric(
            "availability.chunkTimeReadable",
            "Share of chunks with at least one reachable replica, time-weighted."
        ) { .number($0.availability.chunkTimeReadable) },
    ]

    static let redundancy = [
        Metric("redundancy.target", "Replicas that a committed chunk should have.") {
            .count($0.redundancy.target)
        },
        Metric(
            "redundancy.shareByDurableReplicas",
            "Element k: share of chunks with k replicas on disks that still exist, reachable or not, time-weighted; the last element counts that many or more."
        ) { .list($0.redundancy.shareByDurableReplicas) },
        Metric(
            "redundancy.shareByReachableReplicas", "The same for replicas on nodes that are up."
        ) { .list($0.redundancy.shareByReachableReplicas) },
        Metric(
            "redundancy.chunksBelowTargetAtEnd",
            "Chunks with fewer durable replicas than the target when the measured time ended."
        ) { .count($0.redundancy.chunksBelowTargetAtEnd) },
        Metric("redundancy.chunksBelowTargetAfterSettling", "The same after settling.") {
            .number($0.redundancy.chunksBelowTargetAfterSettling.map(Double.init))
        },
    ]

    static let storage = [
        Metric(
            "storage.userBytes",
            "Plaintext bytes of the files that users kept when the measured time ended."
        ) { .count($0.storage.userBytes) },
        Metric("storage.storedBytes", "Bytes of sealed chunks on all disks at that time.") {
            .count($0.storage.storedBytes)
        },
        Metric("storage.storedPerUserByte", "The second over the first.") {
            .number($0.storage.userBytes > 0 ? $0.storage.storedPerUserByte : nil)
        },
        Metric("storage.chunksCollected", "Replicas deleted because no ledger named their chunk.") {
            .count($0.storage.chunksCollected)
        },
        Metric(
            "storage.collectionsStopped",
            "Comparisons that collected nothing, since no ledger named too many of a node's chunks."
        ) { .count($0.storage.collectionsStopped) },
    ]

    static let ledger = [
        Metric("ledger.blocks", "Blocks in all ledgers.") { .count($0.ledger.blocks) },
        Metric("ledger.records", "Records in all ledgers.") { .count($0.ledger.records) },
        Metric("ledger.bytes", "Bytes of all ledgers.") { .count($0.ledger.bytes) },
        Metric("ledger.bytesPerFile", "Those bytes per acknowledged file.") {
            .number($0.durability.filesAcknowledged > 0 ? $0.ledger.bytesPerFile : nil)
        },
        Metric("ledger.inclusionProofBytes", "The largest proof that a record is in a ledger.") {
            .count($0.ledger.inclusionProofBytes)
        },
    ]
}
