package import Primitives
package import Roles

/// Everything that determines a simulated world, its seed included: the same configuration gives
/// the same world, event for event.
package struct WorldConfiguration: Equatable, Sendable {
    package var name = "world"
    package var seed: UInt64 = 1
    /// How long faults, churn and workload last; measurements cover this time.
    package var duration = Duration.hours(1)
    private var givenSettle: Duration?
    /// How long the users then take to read everything back once more.
    package var readBack = Duration.hours(1)
    /// Between two rows of the time series.
    package var sampleInterval = Duration.hours(1)
    /// Between two rounds of the oracles that look at everything.
    package var oracleInterval = Duration.days(1)

    package var topology = TopologySettings()
    package var nodes = NodeSettings()
    /// The links of users, backends and discoveries.
    package var users = LinkSettings()
    package var backends = LinkSettings()
    package var discoveries = LinkSettings()
    package var network = NetworkSettings()
    package var settings = ProtocolSettings()
    package var churn = ChurnSettings()
    package var workload = WorkloadSettings()
    package var faults: [FaultSettings] = []

    package init() {}

    /// How long the world then gets, with every surviving node up and no fault, to heal before the
    /// last checks; unless given, as long as detection takes where the waits between comparisons and
    /// between scrubs were drawn long, and an hour to repair what was detected.
    package var settle: Duration {
        get { givenSettle ?? detection + detection / 4 + .hours(1) }
        set { givenSettle = newValue }
    }

    /// How long after its end a backend knows of everything that befell replicas: one destroyed with
    /// its node counts until the node is dead, those of a store whose folder was replaced until the node
    /// has met no challenge for as long, one that hides its damage until a scrub has come
    /// round, and what a lost message did not tell is told by the next comparison.
    package var detection: Duration {
        let isReplaced = faults.contains(where: \.kind.replacesFolders)
        let death =
            isReplaced && nodes.disk.store == .segments
            ? settings.deadAfter + settings.auditInterval * 2
            : churn.lifetime == nil ? Duration.zero : settings.deadAfter
        let scrub =
            faults.contains(where: \.kind.hidesDamage) || nodes.disk.hidesDamage
            ? settings.scrubInterval : Duration.zero
        return max(death, scrub) + settings.antiEntropyInterval
    }

    /// How many events a second a world has in which everybody is there and nobody wants anything: what
    /// servers ask each other now and then, each question with its answer and two timers.
    var eventsPerSecondAtRest: Double {
        let (nodes, backends) = (Double(topology.nodes), Double(topology.backends))
        let discoveries = Double(topology.discoveries)
        let beats = nodes * discoveries / settings.heartbeatInterval.seconds
        let looks =
            backends * (discoveries + 1) / settings.peersInterval.seconds
            + discoveries * 4 / settings.suspectAfter.seconds
        let comparisons = nodes * backends / settings.antiEntropyInterval.seconds
        let audits =
            settings.auditInterval > .zero
            ? 2 * nodes * backends / settings.auditInterval.seconds : 0
        let scrubs = nodes * 24 / settings.scrubInterval.seconds
        return 4 * (beats + looks + comparisons + audits + scrubs)
    }
}

/// Who there is and where.
package struct TopologySettings: Equatable, Sendable {
    /// Names of regions with measured latencies (`RegionLatency.names`); participants are dealt to
    /// them in turn.
    package var regions = ["frankfurt"]
    /// Failure domains; node i is in domain i mod `failureDomains`.
    package var failureDomains = 1
    package var discoveries = 1
    package var backends = 1
    package var nodes = 5
    package var users = 1
}

/// What a storage node's machine can do.
package struct NodeSettings: Equatable, Sendable {
    package var capacityBytes = 64 * 1024 * 1024 * 1024
    package var uploadBytesPerSecond = 12_500_000
    package var downloadBytesPerSecond = 25_000_000
    /// What handling a message takes, one after the other.
    package var handling = Duration.zero
    package var disk = DiskSettings()
}

/// How fast a participant is: its link to the network, and its processor; and how far its disk can be trusted.
package struct LinkSettings: Equatable, Sendable {
    /// Nil: nothing queues for it.
    package var uploadBytesPerSecond: Int?
    package var downloadBytesPerSecond: Int?
    /// What handling a message takes, one after the other.
    package var handling = Duration.zero
    /// Of a backend: probability that a commit of its ledger, which it takes for durable, does not last a
    /// crash; until the world heals.
    package var lyingCommits = 0.0
}

/// The speed of a disk, and what is wrong with it.
package struct DiskSettings: Equatable, Sendable {
    /// Fixed cost of a read or a write.
    package var latency = Duration.milliseconds(4)
    /// Fixed cost of a sync, after which everything written before is durable.
    package var syncLatency = Duration.milliseconds(8)
    package var bytesPerSecond = 150_000_000
    package var crash = Crash.losesAll
    package var store = Store.model
    /// Of a segment of the chunk store, to which no more is appended.
    package var segmentBytes = 64 * 1024
    /// Probability that its file system refuses a write or a sync.
    package var failing = 0.0
    // How often it says that it did what it did not: probabilities, until the world heals.
    /// Of a write, to be lost.
    package var lostWrites = 0.0
    /// Of a write, to land at another place of its file.
    package var misdirectedWrites = 0.0
    /// Of a sync, to do nothing.
    package var lyingSyncs = 0.0

    /// Whether bytes may not be where they were written to, which only reading them shows.
    var hidesDamage: Bool { lostWrites > 0 || misdirectedWrites > 0 }

    /// What nodes keep their chunks in.
    package enum Store: String, Equatable, Sendable, CaseIterable {
        /// A quick model of what a disk does.
        case model
        /// The chunk store of real nodes, on a simulated file system.
        case segments
    }

    /// What a crash makes of writes and deletions that were not synced.
    package enum Crash: String, Equatable, Sendable, CaseIterable {
        /// None of them happened.
        case losesAll
        /// Of each chunk's some did, drawn at random.
        case keepsSome
    }
}

/// What the network does to messages, on every link and at all times.
package struct NetworkSettings: Equatable, Sendable {
    /// Each latency is drawn from [1, 1 + jitter) times the measured one-way latency.
    package var jitter = 0.2
    /// Probability that a message is lost.
    package var loss = 0.0
    /// Probability that a message arrives twice.
    package var duplication = 0.0
}

/// How nodes come and go.
package struct ChurnSettings: Equatable, Sendable {
    /// Time online; nil: nodes do not leave of themselves.
    package var session: Distribution?
    /// Time offline between sessions. Required with `session`.
    package var downtime: Distribution?
    /// Time until the node leaves for ever and its data is destroyed; nil: never.
    package var lifetime: Distribution?
    /// Time until a destroyed node's place is taken by a new, empty one; nil: never.
    package var replacement: Distribution?
}

/// A law that durations are drawn from.
package enum Distribution: Equatable, Sendable {
    /// Always the same.
    case constant(Duration)
    case exponential(mean: Duration)
    /// Shape below 1: many short and a few very long.
    case weibull(shape: Double, scale: Duration)

    /// Longer than any world lasts, and short enough that its sum with a time in a world fits.
    private static let longestSeconds = 100 * 365.25 * 86_400

    /// Draws by inversion; a hundred years at most.
    package func draw(_ random: inout RandomSource) -> Duration {
        switch self {
        case .constant(let value): return value
        case .exponential(let mean):
            return Self.bounded(mean.seconds * -PortableMath.log(1 - random.unit()))
        case .weibull(let shape, let scale):
            let unit = -PortableMath.log(1 - random.unit())
            return Self.bounded(scale.seconds * PortableMath.pow(unit, 1 / shape))
        }
    }

    private static func bounded(_ seconds: Double) -> Duration {
        Duration(seconds: min(seconds, longestSeconds))
    }
}

/// How a chunk's bytes are represented.
package enum PayloadMode: String, Equatable, Sendable, CaseIterable {
    /// Every byte is generated, sealed, stored and compared.
    case real
    /// The same of content that can be compressed, and is before it is sealed.
    case compressed
    /// A chunk carries a short stand-in, sealed and hashed for real, and charges its declared size
    /// to disks and links.
    case modelled
}

/// What the users do.
package struct WorkloadSettings: Equatable, Sendable {
    package var payload = PayloadMode.modelled
    package var chunkBytes = 256 * 1024
    /// Files that the users put, evenly spread over `fillDuration`, at the start.
    package var files = 10
    package var fillDuration = Duration.minutes(10)
    /// File sizes are uniform in the logarithm between these.
    package var smallestFileBytes = 64 * 1024
    package var largestFileBytes = 4 * 1024 * 1024
    /// Rates of all users together, per day, as Poisson processes that last until `duration`.
    package var readsPerDay = 0.0
    package var writesPerDay = 0.0
    package var deletesPerDay = 0.0
    /// Deleted files that their owner wants back.
    package var undeletesPerDay = 0.0
    /// Attempts to read somebody else's file, all of which must be refused.
    package var intrusionsPerDay = 0.0
}
