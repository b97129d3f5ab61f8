package import Primitives

/// What every participant of one network agrees on: redundancy, times and bounds. What each means stands
/// in its entry below.
package struct ProtocolSettings: Equatable, Sendable {
    package var replicas = 3
    private var givenWriteQuorum: Int?

    package var heartbeatInterval = Duration.seconds(10)
    package var suspectAfter = Duration.seconds(45)
    package var deadAfter = Duration.hours(12)
    private var givenPeersInterval: Duration?

    package var requestTimeout = Duration.seconds(10)
    package var slowestTransferBytesPerSecond = 512 * 1024
    package var attempts = 4
    package var retryDelay = Duration.seconds(1)
    package var hedgeAfter = Duration.seconds(2)
    package var capabilityLifetime = Duration.minutes(5)

    package var repairTransfers = 32
    package var repairBytesPerSecond = 64 * 1024 * 1024
    package var copiesPerNode = 8

    package var antiEntropyInterval = Duration.hours(6)
    package var antiEntropySessions = 8
    package var auditInterval = Duration.minutes(10)
    package var vettingTime = Duration.days(3)
    package var domainPercent = 50
    package var scrubInterval = Duration.days(14)
    package var orphanGrace = Duration.hours(2)
    package var orphanPercent = 5
    package var trashLifetime = Duration.days(3)
    package var uploadExpiry = Duration.hours(1)
    package var ledgerInterval = Duration.seconds(15)
    package var ledgerCopies = 3

    package init() {}
}

extension ProtocolSettings {
    /// The longest time that can be set; sums of a few still fit a `Duration`.
    package static let longest = Duration(seconds: 50 * 365.25 * 86_400)

    private static let time = TextForm.duration(.milliseconds(1)...longest)
    private static let shortTime = TextForm.duration(.milliseconds(1)...Duration.hours(1))
    private static let rate = TextForm<Int>.bytesPerSecond(1_000...1_000_000_000_000)

    /// Every setting, in the order of the references.
    package static let all: [Setting<ProtocolSettings>] = [
        Setting(
            "replicas", \.replicas, .count(1...64), "Replicas that a committed chunk should have."),
        Setting(
            "writeQuorum", \.writeQuorum, .count(1...64), standard: "more than half of replicas",
            "Durable replicas that an upload waits for before it is acknowledged."),
        Setting(
            "heartbeatInterval", \.heartbeatInterval, time, "Between two heartbeats of a node."),
        Setting(
            "suspectAfter", \.suspectAfter, time,
            "Silence after which a node is suspect: nothing new is placed on it."),
        Setting(
            "deadAfter", \.deadAfter, time,
            "Silence after which a node is dead: its chunks are copied elsewhere."),
        Setting(
            "peersInterval", \.peersInterval, time,
            standard: "half of heartbeatInterval, 5 s at most",
            "Between two questions of a backend to a discovery about its peers."),
        Setting(
            "requestTimeout", \.requestTimeout, shortTime,
            "How long a caller waits for the answer to a request without a payload."),
        Setting(
            "slowestTransfer", \.slowestTransferBytesPerSecond, rate,
            "The slowest transfer that is waited for; lengthens the timeout of a payload."),
        Setting(
            "attempts", \.attempts, .count(1...100),
            "Tries of one request before the caller gives up."),
        Setting(
            "retryDelay", \.retryDelay, shortTime,
            "Wait before the first retry; doubles with each, and is spread by half either way."),
        Setting(
            "hedgeAfter", \.hedgeAfter, shortTime,
            "Wait before a second replica is tried alongside a first that has not answered."),
        Setting(
            "capabilityLifetime", \.capabilityLifetime, time,
            "How long a capability that a backend hands out is good for."),
        Setting(
            "repairTransfers", \.repairTransfers, .count(0...10_000),
            "Repair transfers that one backend has under way at once; 0 turns repair off."),
        Setting(
            "repairRate", \.repairBytesPerSecond, rate,
            "Bytes that one backend spends on repair, on average."),
        Setting(
            "copiesPerNode", \.copiesPerNode, .count(1...10_000),
            "Copies that one node fetches at once; more are refused as busy."),
        Setting(
            "antiEntropyInterval", \.antiEntropyInterval, time,
            "Between two comparisons of one node's inventory with what a backend expects."),
        Setting(
            "antiEntropySessions", \.antiEntropySessions, .count(1...10_000),
            "Comparisons that one backend has under way at once."),
        Setting(
            "auditInterval", \.auditInterval, .duration(.zero...longest),
            "Between two challenges of a backend to one node, to prove that it holds a chunk; \"0s\" for none."
        ),
        Setting(
            "vettingTime", \.vettingTime, .duration(.zero...longest),
            "How long a new node has to be there, and to meet challenges, before it is given as much as others; until then it is given little, as long as others can take it; \"0s\": at once."
        ),
        Setting(
            "domainPercent", \.domainPercent, .count(1...100),
            "The part of a backend's chunks that a failure domain may hold replicas of before others are preferred; never less than twice an equal share."
        ),
        Setting(
            "scrubInterval", \.scrubInterval, time,
            "How long a node takes to re-read and re-hash all its chunks once."),
        Setting(
            "orphanGrace", \.orphanGrace, time,
            "How long a chunk that no ledger names is left alone before it is collected."
        ),
        Setting(
            "orphanPercent", \.orphanPercent, .count(0...100),
            "The part of a node's chunks that is collected at once because no ledger ever named them; where there is more, none is, and an alarm is raised."
        ),
        Setting(
            "trashLifetime", \.trashLifetime, .duration(.zero...longest),
            "How long at least a node keeps what it was told to delete, unless it needs the room; it goes at the next scrub after that; \"0s\": not at all."
        ),
        Setting(
            "uploadExpiry", \.uploadExpiry, time,
            "How long a stored chunk waits for its file to be committed; again while its user stores others."
        ),
        Setting(
            "ledgerInterval", \.ledgerInterval, .duration(.milliseconds(1)...Duration.days(1)),
            "How long records that nobody waits for gather before they are signed into a block."),
        Setting(
            "ledgerCopies", \.ledgerCopies, .count(0...64),
            "Nodes that keep all of a backend's ledger besides its own disk; 0: none."),
    ]

    /// What must hold between them.
    package static let rules: [SettingRule<ProtocolSettings>] = [
        SettingRule("writeQuorum", "replicas") { settings, called in
            settings.writeQuorum <= settings.replicas
                ? nil
                : "a write quorum of \(settings.writeQuorum) with \(settings.replicas) replicas; allowed: \(called("writeQuorum")) up to \(called("replicas"))"
        },
        longer("suspectAfter", \.suspectAfter, than: "heartbeatInterval", \.heartbeatInterval),
        longer("deadAfter", \.deadAfter, than: "suspectAfter", \.suspectAfter),
        longer("orphanGrace", \.orphanGrace, than: "uploadExpiry", \.uploadExpiry),
    ]

    private static func longer(
        _ name: String, _ value: any KeyPath<ProtocolSettings, Duration> & Sendable,
        than other: String, _ bound: any KeyPath<ProtocolSettings, Duration> & Sendable
    ) -> SettingRule<ProtocolSettings> {
        SettingRule(name, other) { settings, called in
            settings[keyPath: value] > settings[keyPath: bound]
                ? nil
                : "\(called(name)) \"\(settings[keyPath: value].text)\" is not longer than \(called(other)) \"\(settings[keyPath: bound].text)\"; allowed: longer"
        }
    }
}

extension ProtocolSettings {
    package var writeQuorum: Int {
        get { givenWriteQuorum ?? replicas / 2 + 1 }
        set { givenWriteQuorum = newValue }
    }

    /// Backends look as often as nodes beat, but for the first look not slower than people wait.
    package var peersInterval: Duration {
        get { givenPeersInterval ?? min(heartbeatInterval / 2, .seconds(5)) }
        set { givenPeersInterval = newValue }
    }

    /// The bytes that a sealed chunk may have: 16 MiB of plaintext are the most that a file may be cut
    /// into, and sealing adds some. Every size that comes from elsewhere is checked against this
    /// before anything is computed from it.
    package static let chunkBytes = 1...(16 << 20) + 1024

    /// As many orphans are collected from a node whatever part they are, unless they are most of what it
    /// holds.
    package static let fewOrphans = 16

    /// How many chunks that no ledger ever named may be collected at once from a node that holds `held`.
    func collectible(of held: Int) -> Int {
        max(held * orphanPercent / 100, min(Self.fewOrphans, held / 2))
    }

    /// How long a caller waits for a request that moves `bytes` of payload.
    package func timeout(forBytes bytes: Int) -> Duration {
        requestTimeout + Duration(seconds: Double(bytes) / Double(slowestTransferBytesPerSecond))
    }

    /// The wait before try number `attempt` (1 is the first retry).
    package func backoff(attempt: Int, random: inout RandomSource) -> Duration {
        random.jittered(retryDelay * (1 << min(attempt - 1, 6)), by: 0.5)
    }
}
