package import Primitives

/// What a run measured: a function of the configuration and the code alone.
///
/// Units stand in the names. Everything covers the measured time, `0..<duration`, except where it
/// says otherwise.
package struct Measurements: Equatable, Sendable {
    /// Rolling digest over every delivered event of the whole run.
    package var digest: UInt64 = 0
    /// Events delivered in the whole run: messages, timers, disk completions, the world's own.
    package var events: UInt64 = 0
    /// Simulated seconds of the whole run, settling included.
    package var simulatedSeconds = 0.0

    package var durability = Durability()
    package var availability = Availability()
    package var redundancy = Redundancy()
    package var repair = Repair()
    package var merkle = Merkle()
    package var latency = Latency()
    package var storage = Storage()
    package var ledger = Ledger()
    package var control = Control()
    package var churn = Churn()
    package var oracles: [OracleOutcome] = []
    package var faults: [FaultOutcome] = []

    package init() {}

    /// Acknowledged files and chunks, and those whose every replica was destroyed.
    package struct Durability: Equatable, Sendable {
        package var filesAcknowledged = 0
        package var filesDeleted = 0
        package var filesLost = 0
        package var chunksAcknowledged = 0
        package var chunksLost = 0
        /// Sum over acknowledged files of the time that they were to be kept, in years of 365.25 days.
        package var fileYears = 0.0
        /// Uploads that their user gave up.
        package var uploadsFailed = 0

        package init() {}
    }

    /// Whether users got what they asked for.
    package struct Availability: Equatable, Sendable {
        package var reads = 0
        /// Reads that succeeded without any retry of the user's.
        package var readsFirstTry = 0
        package var readsFailed = 0
        /// Time-weighted share of referenced chunks with at least one reachable replica.
        package var chunkTimeReadable = 0.0

        package init() {}
    }

    /// How many replicas chunks had.
    package struct Redundancy: Equatable, Sendable {
        package var target = 0
        /// Element k: time-weighted share of referenced chunks with k durable replicas on disks that
        /// still exist, reachable or not; the last element counts that many or more.
        package var shareByDurableReplicas: [Double] = []
        /// The same for replicas on nodes that are up.
        package var shareByReachableReplicas: [Double] = []
        /// Chunks below target at the end of the measured time and after settling.
        package var chunksBelowTargetAtEnd = 0
        /// Nil while the world has not settled.
        package var chunksBelowTargetAfterSettling: Int?

        package init() {}
    }

    /// What was destroyed, and what it took to make it good.
    package struct Repair: Equatable, Sendable {
        package var transfers = 0
        package var transfersFailed = 0
        package var bytesMoved: UInt64 = 0
        /// Bytes moved per stored byte and month of 30 days.
        package var bytesPerStoredByteMonth = 0.0
        /// Replicas destroyed for good below target, and those that came back by repair.
        package var replicasDestroyed = 0
        /// Repairs whose lost replica came back later.
        package var needless = 0
        /// From a chunk's falling below target by destruction until a repair brought it back, seconds.
        package var secondsToRepair = Quantiles()

        package init() {}
    }

    /// How well inventories' trees, scrubs and reads found what was missing.
    package struct Merkle: Equatable, Sendable {
        package var comparisons = 0
        package var comparisonsEqual = 0
        package var comparisonsFailed = 0
        /// Replicas that a fault made vanish or rot while a backend counted on them.
        package var divergencesInjected = 0
        /// Injected divergences that a comparison, a scrub or a read found.
        package var divergencesFound = 0
        package var foundByComparison = 0
        package var foundByScrubOrRead = 0
        /// Injected divergences that ended unseen: the node died or the file was deleted first.
        package var divergencesMooted = 0
        /// Replicas reported missing that were on the disk.
        package var falselyFound = 0
        /// Replicas found that no ledger asked for.
        package var surplusFound = 0
        /// From injection until found.
        package var secondsToFind = Quantiles()
        package var rounds: UInt64 = 0
        package var hashes: UInt64 = 0
        package var bytes: UInt64 = 0
        /// What sending every whole inventory instead would have cost: 32 bytes a chunk.
        package var bytesOfWholeInventories: UInt64 = 0
        /// Bytes of replicas that were mended because a comparison found them missing.
        package var bytesMended: UInt64 = 0

        package init() {}
    }

    /// How long users waited, with every retry.
    package struct Latency: Equatable, Sendable {
        /// A whole file, from the user's first message to the last byte checked.
        package var readSeconds = Quantiles()
        /// A whole file, from the user's first message to the commit's acknowledgement.
        package var writeSeconds = Quantiles()

        package init() {}
    }

    /// What keeping the files took.
    package struct Storage: Equatable, Sendable {
        /// Plaintext bytes of acknowledged, not deleted files at the end of the measured time.
        package var userBytes: UInt64 = 0
        /// Bytes of sealed chunks on all disks at that time.
        package var storedBytes: UInt64 = 0
        package var storedPerUserByte = 0.0
        package var chunksCollected = 0
        package var collectionsStopped = 0

        package init() {}
    }

    /// All backends' ledgers together.
    package struct Ledger: Equatable, Sendable {
        package var blocks = 0
        package var records = 0
        package var bytes: UInt64 = 0
        package var bytesPerFile = 0.0
        /// Largest inclusion proof of a record at the end, bytes.
        package var inclusionProofBytes = 0

        package init() {}
    }

    /// What the protocol itself cost.
    package struct Control: Equatable, Sendable {
        /// Messages and bytes on the wire without payload: heartbeats, questions, answers.
        package var messages: UInt64 = 0
        package var bytes: UInt64 = 0
        package var bytesPerNodeDay = 0.0
        package var payloadBytes: UInt64 = 0
        package var messagesLost: UInt64 = 0
        package var requestsTimedOut: UInt64 = 0

        package init() {}
    }

    /// What became of nodes and servers.
    package struct Churn: Equatable, Sendable {
        package var sessionsEnded = 0
        package var nodesDestroyed = 0
        package var nodesJoined = 0
        package var nodesLeft = 0
        package var declaredDead = 0
        package var deadReturned = 0
        package var backendRestarts = 0
        /// Time-weighted mean of nodes up.
        package var meanNodesUp = 0.0

        package init() {}
    }

    /// A distribution in a few figures; all zero when nothing was recorded.
    package struct Quantiles: Equatable, Sendable {
        package var count = 0
        package var mean = 0.0
        package var p50 = 0.0
        package var p95 = 0.0
        package var p99 = 0.0
        package var max = 0.0

        package init() {}
    }
}

/// What an oracle saw.
package struct OracleOutcome: Equatable, Sendable {
    package var name: String
    package var checks: UInt64
    package var violations: UInt64
    /// The first few violations in words, with time and who.
    package var examples: [String]

    package init(name: String, checks: UInt64, violations: UInt64, examples: [String]) {
        self.name = name
        self.checks = checks
        self.violations = violations
        self.examples = examples
    }
}

/// What a declared fault did.
package struct FaultOutcome: Equatable, Sendable {
    package var name: String
    /// What `effects` counts: "messages cut", "nodes stopped", "bytes rotted" ...
    package var unit: String
    package var effects: UInt64

    package init(name: String, unit: String, effects: UInt64) {
        self.name = name
        self.unit = unit
        self.effects = effects
    }
}

/// One row of the time series.
package struct Sample: Equatable, Sendable {
    package var at = Instant.origin
    package var nodesUp = 0
    package var filesAcknowledged = 0
    package var filesLost = 0
    package var chunks = 0
    /// Referenced chunks with fewer durable replicas than the target, on disks that still exist.
    package var chunksBelowTarget = 0
    /// Referenced chunks with no replica on a node that is up.
    package var chunksUnreachable = 0
    package var storedBytes: UInt64 = 0
    package var repairBytes: UInt64 = 0
    package var reads = 0
    package var readsFailed = 0
    package var repairsQueued = 0
    package var events: UInt64 = 0

    package init() {}
}
