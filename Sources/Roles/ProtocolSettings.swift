package import Primitives

/// What every participant of one network agrees on: redundancy, times and bounds.
package struct ProtocolSettings: Equatable, Sendable {
    /// Replicas that a committed chunk should have.
    package var replicas = 3
    /// Durable replicas that an upload waits for before it is acknowledged.
    package var writeQuorum = 2

    /// Between two heartbeats of a node.
    package var heartbeatInterval = Duration.seconds(30)
    /// Silence after which a node is suspect: nothing new is placed on it.
    package var suspectAfter = Duration.minutes(2)
    /// Silence after which a node is dead: repair of its chunks may start.
    package var deadAfter = Duration.hours(12)
    /// Between two questions of a backend to a discovery about its peers.
    package var peersInterval = Duration.seconds(15)

    /// How long a caller waits for the answer to a request without a payload.
    package var requestTimeout = Duration.seconds(10)
    /// The slowest transfer that is waited for, bytes a second; lengthens the timeout of a payload.
    package var slowestTransferBytesPerSecond = 512 * 1024
    /// Tries of one request before the caller gives up.
    package var attempts = 4
    /// Wait before the first retry; doubles with each, and is spread by half either way.
    package var retryDelay = Duration.seconds(1)
    /// Wait before a second replica is tried alongside a first that has not answered.
    package var hedgeAfter = Duration.seconds(2)

    /// Repair transfers that one backend has under way at once.
    package var repairTransfers = 32
    /// Bytes a second that one backend spends on repair, on average.
    package var repairBytesPerSecond = 64 * 1024 * 1024
    /// Copies that one node fetches at once; more are refused as busy.
    package var copiesPerNode = 8

    /// Between two comparisons of one node's inventory with what a backend expects.
    package var antiEntropyInterval = Duration.hours(6)
    /// Comparisons that one backend has under way at once.
    package var antiEntropySessions = 8
    /// How long a chunk that no ledger names is left alone before it is collected. Longer than
    /// `uploadExpiry`, so that a chunk of an upload under way is never collected.
    package var orphanGrace = Duration.hours(2)
    /// How long a stored chunk waits for its file to be committed.
    package var uploadExpiry = Duration.hours(1)
    /// How long a node takes to re-read and re-hash all its chunks once.
    package var scrubInterval = Duration.days(14)

    /// Between two challenges of a backend to one node, to prove that it holds a chunk; zero: none.
    package var auditInterval = Duration.zero

    /// How long records that nobody waits for gather before they are signed into a block.
    package var ledgerInterval = Duration.minutes(1)
    /// How long a capability that a backend hands out is good for.
    package var capabilityLifetime = Duration.minutes(5)

    /// The bytes that a sealed chunk may have: 16 MiB of plaintext are the most that a file may be cut
    /// into, and sealing adds some. Every size that comes from elsewhere is checked against this
    /// before anything is computed from it.
    package static let chunkBytes = 1...(16 << 20) + 1024

    package init() {}

    /// How long a caller waits for a request that moves `bytes` of payload.
    package func timeout(forBytes bytes: Int) -> Duration {
        requestTimeout + Duration(seconds: Double(bytes) / Double(slowestTransferBytesPerSecond))
    }

    /// The wait before try number `attempt` (1 is the first retry).
    package func backoff(attempt: Int, random: inout RandomSource) -> Duration {
        random.jittered(retryDelay * (1 << min(attempt - 1, 6)), by: 0.5)
    }
}
