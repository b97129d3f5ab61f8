import Primitives

/// How nodes that lie fare, and what they cost.
package struct LiarMeter: Sendable {
    package internal(set) var nodes = 0
    /// From a node's first lie until some backend doubted it, declared it dead or counted on nothing of it
    /// any more.
    package internal(set) var lives = Durations()
    package internal(set) var replicasPlaced = 0
    package internal(set) var bytesPlaced: UInt64 = 0
    package internal(set) var replicasGivenUp = 0
    package internal(set) var bytesGivenUp: UInt64 = 0
    package internal(set) var honestDoubted = 0
    package internal(set) var honestStripped = 0

    static let metrics = [
        Metric("liars.nodes", "Nodes that lied.", row: "nodes that lied", .count(\.liars.nodes)),
        Metric(
            "liars.found", "Of those, that were doubted, declared dead or counted on no more.",
            row: "of those, found out", .count(\.liars.lives.quantiles.count)),
        Metric(
            "liars.livedSeconds", "From a node's first lie until then.", row: "undiscovered",
            .times(\.liars.lives)),
        Metric(
            "liars.replicasPlaced", "Replicas that backends came to count on at liars.",
            row: "replicas placed on them", .count(\.liars.replicasPlaced)),
        Metric(
            "liars.bytesPlaced", "Bytes of those.", row: "bytes placed on them",
            .bytes(\.liars.bytesPlaced)),
        Metric(
            "liars.replicasGivenUp",
            "Replicas of liars that backends counted on no longer, and made good where they were needed.",
            row: "replicas given up", .count(\.liars.replicasGivenUp)),
        Metric(
            "liars.bytesGivenUp", "Bytes of those.", row: "bytes given up",
            .bytes(\.liars.bytesGivenUp)),
        Metric(
            "liars.honestDoubted", "Times that an honest node was doubted where some lie.",
            row: "honest nodes doubted", .count(\.liars.honestDoubted)),
        Metric(
            "liars.honestStripped",
            "Intact replicas of honest nodes that were taken for missing where some lie.",
            row: "honest replicas given up", .count(\.liars.honestStripped)),
    ]
}
