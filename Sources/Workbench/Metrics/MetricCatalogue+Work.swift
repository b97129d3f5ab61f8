import Simulation

// What the system did to keep the data: repair, comparison, control, and what it lived through.
extension MetricCatalogue {
    static let repair = [
        Metric("repair.transfers", "Replicas that were copied from node to node to repair.") {
            .count($0.repair.transfers)
        },
        Metric("repair.transfersFailed", "Such copies that failed.") {
            .count($0.repair.transfersFailed)
        },
        Metric("repair.bytesMoved", "Bytes of the copies.") { .count($0.repair.bytesMoved) },
        Metric(
            "repair.bytesPerStoredByteMonth",
            "Those bytes per stored byte and month of 30 days."
        ) { .number($0.storage.storedBytes > 0 ? $0.repair.bytesPerStoredByteMonth : nil) },
        Metric("repair.replicasDestroyed", "Replicas destroyed for good.") {
            .count($0.repair.replicasDestroyed)
        },
        Metric("repair.needless", "Repairs whose lost replica came back later.") {
            .count($0.repair.needless)
        },
        Metric(
            "repair.needlessShare", "Share of repairs that were needless (exact binomial interval)."
        ) {
            // A replica may come back after its repair was counted in another period.
            .interval(
                .proportion(min($0.repair.needless, $0.repair.transfers), of: $0.repair.transfers))
        },
        Metric(
            "repair.secondsToRepair",
            "From a chunk's falling below target by destruction until repair brought it back."
        ) { .quantiles($0.repair.secondsToRepair) },
    ]

    static let merkle = [
        Metric("merkle.comparisons", "Comparisons of a node's inventory with what is expected.") {
            .count($0.merkle.comparisons)
        },
        Metric("merkle.comparisonsEqual", "Those that ended at the root: nothing differed.") {
            .count($0.merkle.comparisonsEqual)
        },
        Metric("merkle.comparisonsFailed", "Those that broke off.") {
            .count($0.merkle.comparisonsFailed)
        },
        Metric(
            "merkle.divergencesInjected",
            "Replicas that a fault made vanish or rot while a backend counted on them."
        ) { .count($0.merkle.divergencesInjected) },
        Metric(
            "merkle.divergencesFound", "Of those, found by a comparison, a scrub or a read."
        ) { .count($0.merkle.divergencesFound) },
        Metric("merkle.foundByComparison", "Found by a comparison.") {
            .count($0.merkle.foundByComparison)
        },
        Metric("merkle.foundByScrubOrRead", "Found by a scrub or a read.") {
            .count($0.merkle.foundByScrubOrRead)
        },
        Metric(
            "merkle.divergencesMooted",
            "Injected ones that ended unseen: the node died or the file was deleted first."
        ) { .count($0.merkle.divergencesMooted) },
        Metric("merkle.falselyFound", "Replicas reported missing that were on the disk.") {
            .count($0.merkle.falselyFound)
        },
        Metric("merkle.surplusFound", "Replicas found that no ledger asked for.") {
            .count($0.merkle.surplusFound)
        },
        Metric("merkle.secondsToFind", "From injection until found.") {
            .quantiles($0.merkle.secondsToFind)
        },
        Metric("merkle.rounds", "Questions and answers of all comparisons.") {
            .count($0.merkle.rounds)
        },
        Metric("merkle.hashes", "Hashes that they carried.") { .count($0.merkle.hashes) },
        Metric("merkle.bytes", "Bytes that they took.") { .count($0.merkle.bytes) },
        Metric("merkle.roundsPerComparison", "Rounds of a comparison, mean.") {
            .number(ratio(Double($0.merkle.rounds), Double($0.merkle.comparisons)))
        },
        Metric("merkle.bytesPerComparison", "Bytes of a comparison, mean.") {
            .number(ratio(Double($0.merkle.bytes), Double($0.merkle.comparisons)))
        },
        Metric(
            "merkle.bytesOfWholeInventories",
            "What sending every whole inventory instead would have cost: 32 bytes a chunk."
        ) { .count($0.merkle.bytesOfWholeInventories) },
        Metric("merkle.shareOfWholeInventories", "Bytes taken over the bytes of that.") {
            .number(ratio(Double($0.merkle.bytes), Double($0.merkle.bytesOfWholeInventories)))
        },
        Metric(
            "merkle.bytesMended", "Bytes of replicas mended because a comparison missed them."
        ) { .count($0.merkle.bytesMended) },
        Metric("merkle.bytesPerByteMended", "Bytes of comparisons per byte mended.") {
            .number(ratio(Double($0.merkle.bytes), Double($0.merkle.bytesMended)))
        },
    ]

    static let latency = [
        Metric(
            "latency.readSeconds",
            "A whole file, from the user's first message to the last byte checked."
        ) { .quantiles($0.latency.readSeconds) },
        Metric(
            "latency.writeSeconds",
            "A whole file, from the user's first message to the acknowledgement."
        ) { .quantiles($0.latency.writeSeconds) },
    ]

    static let control = [
        Metric("control.messages", "Messages without payload: heartbeats, questions, answers.") {
            .count($0.control.messages)
        },
        Metric("control.bytes", "Their bytes.") { .count($0.control.bytes) },
        Metric("control.bytesPerNodeDay", "Those per storage node and day.") {
            .number($0.control.bytesPerNodeDay)
        },
        Metric("control.payloadBytes", "Bytes of chunks on the wire.") {
            .count($0.control.payloadBytes)
        },
        Metric("control.messagesLost", "Messages that the network lost.") {
            .count($0.control.messagesLost)
        },
        Metric("control.requestsTimedOut", "Requests whose answer did not come in time.") {
            .count($0.control.requestsTimedOut)
        },
    ]

    static let churn = [
        Metric("churn.sessionsEnded", "Times that a node went offline of itself.") {
            .count($0.churn.sessionsEnded)
        },
        Metric("churn.nodesDestroyed", "Nodes that left for ever with their data.") {
            .count($0.churn.nodesDestroyed)
        },
        Metric("churn.nodesJoined", "New nodes that took their place.") {
            .count($0.churn.nodesJoined)
        },
        Metric("churn.nodesLeft", "Nodes that left gracefully.") { .count($0.churn.nodesLeft) },
        Metric("churn.declaredDead", "Times that a node was declared dead.") {
            .count($0.churn.declaredDead)
        },
        Metric("churn.deadReturned", "Of those, nodes that came back.") {
            .count($0.churn.deadReturned)
        },
        Metric("churn.backendRestarts", "Starts of a backend after a crash.") {
            .count($0.churn.backendRestarts)
        },
        Metric("churn.meanNodesUp", "Nodes up, time-weighted mean.") {
            .number($0.churn.meanNodesUp)
        },
    ]
}
