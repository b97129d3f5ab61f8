import Primitives
import Roles

extension ScenarioSchema {
    private static let shortTime = Duration.milliseconds(1)...Duration.hours(1)
    private static let longTime = Duration.seconds(1)...longest

    static let protocolKeys: [ScenarioKey<ProtocolSettings>] =
        redundancy + failureDetection + requests + repair + upkeep

    private static let redundancy: [ScenarioKey<ProtocolSettings>] = [
        ScenarioKey(
            "replicas", \.replicas, .count(1...64), "Replicas that a committed chunk should have."),
        ScenarioKey(
            "writeQuorum", \.writeQuorum, .count(1...64),
            "Durable replicas that an upload waits for before it is acknowledged."),
    ]

    private static let failureDetection: [ScenarioKey<ProtocolSettings>] = [
        ScenarioKey(
            "heartbeatInterval", \.heartbeatInterval, .duration(longTime),
            "Between two heartbeats of a node."),
        ScenarioKey(
            "suspectAfter", \.suspectAfter, .duration(longTime),
            "Silence after which a node is suspect: nothing new is placed on it."),
        ScenarioKey(
            "deadAfter", \.deadAfter, .duration(longTime),
            "Silence after which a node is dead: repair of its chunks may start."),
        ScenarioKey(
            "peersInterval", \.peersInterval, .duration(longTime),
            "Between two questions of a backend to a discovery about its peers."),
    ]

    private static let requests: [ScenarioKey<ProtocolSettings>] = [
        ScenarioKey(
            "requestTimeout", \.requestTimeout, .duration(shortTime),
            "How long a caller waits for the answer to a request without a payload."),
        ScenarioKey(
            "slowestTransfer", \.slowestTransferBytesPerSecond,
            .bytesPerSecond(1_000...1_000_000_000_000),
            "The slowest transfer that is waited for; lengthens the timeout of a payload."),
        ScenarioKey(
            "attempts", \.attempts, .count(1...100),
            "Tries of one request before the caller gives up."),
        ScenarioKey(
            "retryDelay", \.retryDelay, .duration(shortTime),
            "Wait before the first retry; doubles with each, and is spread by half either way."),
        ScenarioKey(
            "hedgeAfter", \.hedgeAfter, .duration(shortTime),
            "Wait before a second replica is tried alongside a first that has not answered."),
        ScenarioKey(
            "capabilityLifetime", \.capabilityLifetime, .duration(longTime),
            "How long a capability that a backend hands out is good for."),
    ]

    private static let repair: [ScenarioKey<ProtocolSettings>] = [
        ScenarioKey(
            "repairTransfers", \.repairTransfers, .count(0...10_000),
            "Repair transfers that one backend has under way at once; 0 turns repair off."),
        ScenarioKey(
            "repairRate", \.repairBytesPerSecond, .bytesPerSecond(1_000...1_000_000_000_000),
            "Bytes that one backend spends on repair, on average."),
        ScenarioKey(
            "copiesPerNode", \.copiesPerNode, .count(1...10_000),
            "Copies that one node fetches at once; more are refused as busy."),
    ]

    private static let upkeep: [ScenarioKey<ProtocolSettings>] = [
        ScenarioKey(
            "antiEntropyInterval", \.antiEntropyInterval, .duration(longTime),
            "Between two comparisons of one node's inventory with what a backend expects."),
        ScenarioKey(
            "antiEntropySessions", \.antiEntropySessions, .count(1...10_000),
            "Comparisons that one backend has under way at once."),
        ScenarioKey(
            "auditInterval", \.auditInterval, .duration(.zero...longest),
            "Between two challenges of a backend to one node, to prove that it holds a chunk; 0 for none."
        ),
        ScenarioKey(
            "orphanGrace", \.orphanGrace, .duration(longTime),
            "How long a chunk that no ledger names is left alone before it is collected."),
        ScenarioKey(
            "uploadExpiry", \.uploadExpiry, .duration(longTime),
            "How long a stored chunk waits for its file to be committed."),
        ScenarioKey(
            "scrubInterval", \.scrubInterval, .duration(longTime),
            "How long a node takes to re-read and re-hash all its chunks once."),
        ScenarioKey(
            "ledgerInterval", \.ledgerInterval, .duration(.milliseconds(1)...Duration.days(1)),
            "How long records that nobody waits for gather before they are signed into a block."),
    ]
}
