import Primitives

/// What became of nodes and servers.
package struct ChurnMeter: Sendable {
    package internal(set) var sessionsEnded = 0
    package internal(set) var nodesDestroyed = 0
    package internal(set) var nodesJoined = 0
    package internal(set) var nodesLeft = 0
    package internal(set) var declaredDead = 0
    package internal(set) var deadReturned = 0
    package internal(set) var backendRestarts = 0
    package private(set) var nodesUp = 0
    private var nodeSeconds = 0.0
    private var changedAt = Instant.origin

    /// Weighted by time.
    var meanNodesUp: Double {
        changedAt > .origin ? nodeSeconds / changedAt.seconds : Double(nodesUp)
    }

    mutating func advance(to now: Instant) {
        guard now > changedAt else { return }
        nodeSeconds += Double(nodesUp) * (now - changedAt).seconds
        changedAt = now
    }

    mutating func nodeCameUp(at now: Instant) {
        advance(to: now)
        nodesUp += 1
    }

    mutating func nodeWentDown(at now: Instant) {
        advance(to: now)
        nodesUp -= 1
    }

    static let metrics = [
        Metric(
            "churn.sessionsEnded", .count, "Times that a node went offline of itself.",
            row: "sessions ended"
        ) { .count($0.churn.sessionsEnded) },
        Metric(
            "churn.nodesDestroyed", .count, "Nodes that left for ever with their data.",
            row: "nodes destroyed"
        ) { .count($0.churn.nodesDestroyed) },
        Metric(
            "churn.nodesJoined", .count, "New nodes that took their place.", row: "nodes joined"
        ) { .count($0.churn.nodesJoined) },
        Metric(
            "churn.nodesLeft", .count, "Nodes that left gracefully.",
            row: "nodes left gracefully"
        ) { .count($0.churn.nodesLeft) },
        Metric(
            "churn.declaredDead", .count, "Times that a node was declared dead.",
            row: "declared dead", compared: [""]
        ) { .count($0.churn.declaredDead) },
        Metric(
            "churn.deadReturned", .count, "Of those, nodes that came back.",
            row: "of those, returned", compared: [""]
        ) { .count($0.churn.deadReturned) },
        Metric(
            "churn.backendRestarts", .count, "Starts of a backend after a crash.",
            row: "backend restarts"
        ) { .count($0.churn.backendRestarts) },
        Metric(
            "churn.meanNodesUp", .number, "Nodes up, time-weighted mean.",
            row: "nodes up, mean", before: "churn.sessionsEnded", compared: [""]
        ) { .number($0.churn.meanNodesUp) },
    ]
}
