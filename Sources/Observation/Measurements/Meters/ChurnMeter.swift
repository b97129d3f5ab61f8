import Primitives

/// What became of nodes and servers.
package struct ChurnMeter: Sendable {
    /// Times that a node went offline of itself.
    package var sessionsEnded = 0
    /// Nodes that ended of themselves, with their data.
    package var nodesDestroyed = 0
    /// New ones that took their place.
    package var nodesJoined = 0
    /// Nodes that left in order, having handed over what they held.
    package var nodesLeft = 0
    package internal(set) var declaredDead = 0
    package internal(set) var deadReturned = 0
    package internal(set) var doubted = 0
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

    mutating func nodeTurned(up isUp: Bool, at now: Instant) {
        advance(to: now)
        nodesUp += isUp ? 1 : -1
    }

    static let metrics = [
        Metric(
            "churn.sessionsEnded", "Times that a node went offline of itself.",
            row: "sessions ended", .count(\.churn.sessionsEnded)),
        Metric(
            "churn.nodesDestroyed", "Nodes that left for ever with their data.",
            row: "nodes destroyed", .count(\.churn.nodesDestroyed)),
        Metric(
            "churn.nodesJoined", "New nodes that took their place.", row: "nodes joined",
            .count(\.churn.nodesJoined)),
        Metric(
            "churn.nodesLeft", "Nodes that left gracefully.", row: "nodes left gracefully",
            .count(\.churn.nodesLeft)),
        Metric(
            "churn.declaredDead", "Times that a node was declared dead.", row: "declared dead",
            compared: [""], .count(\.churn.declaredDead)),
        Metric(
            "churn.deadReturned", "Of those, nodes that came back.", row: "of those, returned",
            compared: [""], .count(\.churn.deadReturned)),
        Metric(
            "churn.doubted",
            "Times that a node met no challenge for so long that it counted no more.",
            row: "met no challenge", .count(\.churn.doubted)),
        Metric(
            "churn.backendRestarts", "Starts of a backend after a crash.", row: "backend restarts",
            .count(\.churn.backendRestarts)),
        Metric(
            "churn.meanNodesUp", "Nodes up, time-weighted mean.", row: "nodes up, mean",
            before: "churn.sessionsEnded", compared: [""], .number(\.churn.meanNodesUp)),
    ]
}
