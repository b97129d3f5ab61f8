import Primitives
import Roles
import Simulation

/// The keys of a scenario file, section by section. Defaults are those of the types that the
/// sections describe.
enum ScenarioSchema {
    static let longest = ProtocolSettings.longest

    static let scenario: [ScenarioKey<Scenario>] = [
        ScenarioKey(
            "name", \.configuration.name, .name, required: true,
            "Names the scenario and the folder of its results."),
        ScenarioKey("description", \.description, .text(most: 2_000), "What the scenario is for."),
        ScenarioKey(
            "seed", \.configuration.seed, .seed,
            "Starts every random stream: the same seed gives the same world."),
        ScenarioKey(
            "duration", \.configuration.duration, .duration(.seconds(1)...longest), required: true,
            "How long faults, churn and workload last; measurements cover this time."),
        ScenarioKey(
            Setting(
                "settle", \.configuration.settle, .duration(.zero...longest),
                standard: "long enough to detect and repair all damage",
                "How long the world then gets, with every surviving node up and no fault, to heal before the last checks."
            )),
        ScenarioKey(
            "readBack", \.configuration.readBack, .duration(.zero...longest),
            "How long the users then take to read everything back once more."),
        ScenarioKey(
            "sampleInterval", \.configuration.sampleInterval, .duration(.seconds(1)...longest),
            "Between two rows of timeseries.csv."),
        ScenarioKey(
            "oracleInterval", \.configuration.oracleInterval, .duration(.seconds(1)...longest),
            "Between two rounds of the oracles that look at everything."),
        ScenarioKey(
            section: "topology", \.configuration.topology, topology, "Who there is and where."),
        ScenarioKey(
            section: "nodes", \.configuration.nodes, nodes, "What a storage node's machine can do."),
        ScenarioKey(section: "users", \.configuration.users, link, "The link of a user's machine."),
        ScenarioKey(
            section: "backends", \.configuration.backends, backend,
            "The link of a backend's machine."),
        ScenarioKey(
            section: "discoveries", \.configuration.discoveries, link,
            "The link of a discovery's machine."),
        ScenarioKey(
            section: "network", \.configuration.network, network,
            "What the network does to messages, on every link and at all times."),
        ScenarioKey(
            section: "protocol", \.configuration.settings,
            ProtocolSettings.all.map { ScenarioKey($0) },
            "What every participant agrees on: redundancy, times and bounds."),
        ScenarioKey(
            section: "churn", \.configuration.churn, churn, "How nodes come and go."),
        ScenarioKey(
            section: "workload", \.configuration.workload, workload, "What the users do."),
        ScenarioKey(
            "faults", \.configuration.faults, FaultForms.list,
            "Declared faults. Each counts what it did; one that did nothing fails the run."),
        ScenarioKey(
            "expect", \.expectations, Expectation.form,
            "Metrics of metrics.json and the bounds that they must keep."),
    ]

    static let topology: [ScenarioKey<TopologySettings>] = [
        ScenarioKey(
            "regions", \.regions,
            .list(of: .oneOf(RegionLatency.names), 1...RegionLatency.names.count),
            "Regions with measured latencies; participants are dealt to them in turn."),
        ScenarioKey(
            "failureDomains", \.failureDomains, .count(1...10_000),
            "Failure domains; node i is in domain i mod failureDomains."),
        ScenarioKey("discoveries", \.discoveries, .count(1...100), "Discovery servers."),
        ScenarioKey("backends", \.backends, .count(1...100), "Backends, each with its own ledger."),
        ScenarioKey("nodes", \.nodes, .count(1...100_000), "Storage nodes at the start."),
        ScenarioKey("users", \.users, .count(1...100_000), "Users, dealt to the backends in turn."),
    ]

    static let nodes: [ScenarioKey<NodeSettings>] = [
        ScenarioKey(
            "capacity", \.capacityBytes, .bytes(1...1 << 50), "What a node's disk holds at most."),
        ScenarioKey(
            "upload", \.uploadBytesPerSecond, rate,
            "Bandwidth of what a node sends."),
        ScenarioKey(
            "download", \.downloadBytesPerSecond, rate,
            "Bandwidth of what a node is sent."),
        ScenarioKey(
            "handling", \.handling, moment,
            "What handling a message takes a node, one after the other."),
        ScenarioKey(section: "disk", \.disk, disk, "The speed of a node's disk."),
    ]

    static let link: [ScenarioKey<LinkSettings>] = [
        ScenarioKey(
            "upload", \.uploadBytesPerSecond, rate,
            absent: "as fast as anybody's", "Bandwidth of what it sends."),
        ScenarioKey(
            "download", \.downloadBytesPerSecond, rate,
            absent: "as fast as anybody's", "Bandwidth of what it is sent."),
        ScenarioKey(
            "handling", \.handling, moment,
            "What handling a message takes it, one after the other."),
    ]

    static let backend =
        link + [
            ScenarioKey(
                "lyingCommits", \.lyingCommits, .probability,
                "Probability that a block of its ledger, which its disk says is durable, does not last a crash; until the world heals."
            )
        ]

    private static let rate = ValueForm.bytesPerSecond(1_000...1_000_000_000_000)
    private static let moment = ValueForm.duration(.zero...Duration.seconds(10))

    static let disk: [ScenarioKey<DiskSettings>] = [
        ScenarioKey(
            "latency", \.latency, moment,
            "Fixed cost of a read or a write."),
        ScenarioKey(
            "syncLatency", \.syncLatency, moment,
            "Fixed cost of a sync, after which everything written before is durable."),
        ScenarioKey(
            "throughput", \.bytesPerSecond, rate, "Bytes that it reads or writes a second."),
        ScenarioKey(
            "crash", \.crash, .choice,
            "What becomes of writes and deletions that were not synced when a node's machine crashes: none happened, or of each chunk's a random number did."
        ),
        ScenarioKey(
            "store", \.store, .choice,
            "What nodes keep their chunks in: a quick model of what a disk does, or the chunk store of real nodes on a simulated file system. There, a crash that keepsSome keeps any subset of the blocks and names that were not synced."
        ),
        ScenarioKey(
            "segment", \.segmentBytes, .bytes(8_192...1 << 30),
            "Size of a file of that chunk store, to which no more is appended."),
        ScenarioKey(
            "failing", \.failing, .probability,
            "Probability that the file system under that chunk store refuses a write, after a part of it, or a sync, after which nobody knows what was written; until the world heals."
        ),
        ScenarioKey(
            "lostWrites", \.lostWrites, .probability,
            "Probability that a write is lost, of which the disk says that it was done; until the world heals. In the quick model a chunk is rotten then."
        ),
        ScenarioKey(
            "misdirectedWrites", \.misdirectedWrites, .probability,
            "Probability that a write lands at another place of the same file; until the world heals. In the quick model another chunk is rotten too."
        ),
        ScenarioKey(
            "lyingSyncs", \.lyingSyncs, .probability,
            "Probability that a sync says that it was done, and was not, which a crash shows; until the world heals."
        ),
    ]

    static let network: [ScenarioKey<NetworkSettings>] = [
        ScenarioKey(
            "jitter", \.jitter, .number(0...100),
            "Each latency is drawn from [1, 1 + jitter) times the measured one."),
        ScenarioKey("loss", \.loss, .probability, "Probability that a message is lost."),
        ScenarioKey(
            "duplication", \.duplication, .probability, "Probability that a message arrives twice."),
    ]

    static let churn: [ScenarioKey<ChurnSettings>] = [
        ScenarioKey(
            "session", \.session, .distribution, absent: "no churn",
            "Time online. Needs downtime."),
        ScenarioKey(
            "downtime", \.downtime, .distribution, absent: "no churn",
            "Time offline between sessions, disk kept. Needs session."),
        ScenarioKey(
            "lifetime", \.lifetime, .distribution, absent: "for ever",
            "Time until a node leaves for ever and its data is destroyed."),
        ScenarioKey(
            "replacement", \.replacement, .distribution, absent: "never",
            "Time until a destroyed node's place is taken by a new, empty one. Needs lifetime."),
    ]

    static let workload: [ScenarioKey<WorkloadSettings>] = [
        ScenarioKey(
            "payload", \.payload, .choice,
            "\"real\": every byte is generated, sealed, stored and compared. \"compressed\": the same of content that can be compressed, and is before it is sealed. \"modelled\": a chunk carries a short stand-in, sealed and hashed for real, and charges its declared size."
        ), ScenarioKey("chunk", \.chunkBytes, .bytes(4_096...16 << 20), "Size of a chunk."),
        ScenarioKey(
            "files", \.files, .count(0...10_000_000), "Files that the users put at the start."),
        ScenarioKey(
            "fill", \.fillDuration, .duration(.zero...longest),
            "The time at the start over which those files are evenly spread."),
        ScenarioKey(
            "smallestFile", \.smallestFileBytes, .bytes(1...1 << 40),
            "File sizes are uniform in the logarithm from this …"),
        ScenarioKey("largestFile", \.largestFileBytes, .bytes(1...1 << 40), "… to this."),
        ScenarioKey(
            "readsPerDay", \.readsPerDay, .number(0...1e9),
            "Reads of all users together, as a Poisson process that lasts until duration."),
        ScenarioKey("writesPerDay", \.writesPerDay, .number(0...1e9), "New files, likewise."),
        ScenarioKey("deletesPerDay", \.deletesPerDay, .number(0...1e9), "Deletions, likewise."),
        ScenarioKey(
            "undeletesPerDay", \.undeletesPerDay, .number(0...1e9),
            "Deleted files that their owner wants back, likewise."),
        ScenarioKey(
            "intrusionsPerDay", \.intrusionsPerDay, .number(0...1e9),
            "Attempts to read somebody else's file, all of which must be refused; likewise."),
    ]
}
