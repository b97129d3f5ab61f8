import Ledger
import Merkle
import Primitives
import Roles

/// What is only known at the end of the measured time.
struct EndState: Sendable {
    var belowTarget = 0
    var durability = Measurements.Durability()
    var userBytes: UInt64 = 0
    var storedBytes: UInt64 = 0
    var ledger = Measurements.Ledger()
    var merkle = Measurements.Merkle()
    var repair = Measurements.Repair()
    var meters = Meters()
}

/// Turning counters into results.
extension World {
    /// Counts what a role noted.
    mutating func meter(_ note: Note, by actor: UInt32) {
        switch note {
        case .requestTimedOut: meters.requestsTimedOut += 1
        case .declaredDead: meters.declaredDead += 1
        case .deadReturned: meters.deadReturned += 1
        case .repairStarted, .blockWritten, .audited: break
        case .recovered(let blocks): if blocks > 0 { meters.backendRestarts += 1 }
        case .ledgerRefused(let error):
            oracles.check(
                .ledger, at: now, false, "backend \(actor) cannot read its own ledger: \(error)")
        case .repairFinished(let chunk, _, let byteCount, let outcome):
            guard outcome == .copied else {
                meters.repairsFailed += 1
                return
            }
            meters.repairs += 1
            meters.repairBytes += UInt64(byteCount)
            // The new replica counts already; the target stood without it.
            if census.durableReplicas(of: chunk) > configuration.settings.replicas {
                meters.repairsNeedless += 1
            }
        case .replicaMissing(let chunk, let peer, let finding):
            found(chunk, on: index(of: peer), finding)
        case .surplusFound: meters.surplusFound += 1
        case .comparisonFinished(_, let isEqual, let inventoryCount, let statistics):
            meters.comparisons += 1
            if isEqual { meters.comparisonsEqual += 1 }
            meters.rounds += UInt64(statistics.rounds)
            meters.hashes += UInt64(statistics.hashes)
            meters.comparisonBytes += UInt64(statistics.bytesSent + statistics.bytesReceived)
            meters.wholeInventoryBytes += UInt64(32 * inventoryCount)
        case .comparisonFailed: meters.comparisonsFailed += 1
        case .collecting: meters.collected += 1
        case .collectionStopped: meters.collectionsStopped += 1
        }
    }

    private mutating func found(
        _ chunk: ChunkID, on node: UInt32, _ finding: Note.Finding
    ) {
        let byComparison = finding == .comparison
        let wasInjected = census.found(chunk, on: node, byComparison: byComparison, at: now)
        let slot = Int(participants[Int(node)].slot)
        if !wasInjected, durableReplicas[slot].contains(chunk) { meters.falselyFound += 1 }
        if nodes[slot].index[chunk] == nil { census.forget(chunk, on: node) }
        if byComparison { meters.bytesMended += UInt64(census.byteCount(of: chunk)) }
    }

    /// The state of things now: a row of the time series, and what a progress line shows.
    package var latest: Sample {
        var sample = Sample()
        sample.at = now
        sample.nodesUp = meters.nodesUp
        sample.filesAcknowledged = workload.acknowledged.count
        sample.filesLost = census.lostFiles.count
        sample.chunks = census.referenced
        sample.chunksBelowTarget = census.belowTarget
        sample.chunksUnreachable = census.unreachable
        sample.storedBytes = storedBytes
        sample.repairBytes = meters.repairBytes
        sample.reads = meters.reads
        sample.readsFailed = meters.readsFailed
        sample.repairsQueued =
            stage?.repairsQueued.reduce(0) { $0 + $1.value }
            ?? backends.reduce(0) { $0 + $1.repairs.count }
        sample.events = events
        return sample
    }

    private var storedBytes: UInt64 {
        chunkDisks.reduce(0) { $0 + UInt64($1.usedBytes) }
    }

    /// The measured time is over: keeps what will go on changing.
    mutating func captureEnd() {
        var state = EndState()
        state.belowTarget = census.belowTarget
        state.durability = durability
        state.userBytes = workload.acknowledged.values.reduce(0) {
            $0 + ($1.deletedAt == nil ? UInt64($1.plan.byteCount) : 0)
        }
        state.storedBytes = storedBytes
        state.ledger = ledger
        state.merkle = merkle
        state.repair = repair
        state.meters = meters
        stateAtEnd = state
    }

    /// All results as they stand.
    package func measurements() -> Measurements {
        let end = stateAtEnd
        let meters = end?.meters ?? meters
        var result = Measurements()
        result.digest = digest
        result.events = events
        result.simulatedSeconds = now.seconds
        result.durability = end?.durability ?? durability
        // A file that is lost while the world settles is lost all the same.
        result.durability.filesLost = census.lostFiles.count
        result.durability.chunksLost = census.chunksLost
        result.availability = availability(meters)
        result.redundancy = redundancy(end)
        result.repair = end?.repair ?? repair
        result.merkle = end?.merkle ?? merkle
        result.latency.readSeconds = meters.readTimes.quantiles
        result.latency.writeSeconds = meters.writeTimes.quantiles
        result.storage = storage(end, meters)
        result.ledger = end?.ledger ?? ledger
        result.control = control(meters)
        result.churn = churnResult(meters)
        result.oracles = oracles.outcomes
        result.faults = faults.outcomes
        return result
    }

    // MARK: Sections

    private var durability: Measurements.Durability {
        var result = Measurements.Durability()
        let files = workload.acknowledged.values
        result.filesAcknowledged = files.count
        result.filesDeleted = files.count { $0.deletedAt != nil }
        result.filesLost = census.lostFiles.count
        result.chunksAcknowledged = census.everReferenced
        result.chunksLost = census.chunksLost
        result.uploadsFailed = meters.uploadsFailed
        // Whole nanoseconds add up to the same in any order; doubles would not.
        let kept = files.reduce(Duration.zero) { $0 + (($1.deletedAt ?? now) - $1.at) }
        result.fileYears = kept.seconds / (365.25 * 86_400)
        return result
    }

    private func availability(_ meters: Meters) -> Measurements.Availability {
        var result = Measurements.Availability()
        result.reads = meters.reads
        result.readsFirstTry = meters.readsFirstTry
        result.readsFailed = meters.readsFailed
        let shares = census.reachableShare.shares(at: now)
        result.chunkTimeReadable = shares.reduce(0, +) > 0 ? 1 - shares[0] : 0
        return result
    }

    private func redundancy(_ end: EndState?) -> Measurements.Redundancy {
        var result = Measurements.Redundancy()
        result.target = configuration.settings.replicas
        result.shareByDurableReplicas = census.durableShare.shares(at: now)
        result.shareByReachableReplicas = census.reachableShare.shares(at: now)
        result.chunksBelowTargetAtEnd = end?.belowTarget ?? census.belowTarget
        result.chunksBelowTargetAfterSettling = hasSettled ? census.belowTarget : nil
        return result
    }

    private var repair: Measurements.Repair {
        var result = Measurements.Repair()
        result.transfers = meters.repairs
        result.transfersFailed = meters.repairsFailed
        result.bytesMoved = meters.repairBytes
        result.replicasDestroyed = census.replicasDestroyed
        result.needless = meters.repairsNeedless
        result.secondsToRepair = census.repairTimes.quantiles
        let meanStored =
            samples.reduce(0) { $0 + Double($1.storedBytes) } / Double(max(samples.count, 1))
        let months = min(now, settleStart).seconds / (30 * 86_400)
        if meanStored > 0, months > 0 {
            result.bytesPerStoredByteMonth = Double(meters.repairBytes) / meanStored / months
        }
        return result
    }

    private var merkle: Measurements.Merkle {
        var result = Measurements.Merkle()
        result.comparisons = meters.comparisons
        result.comparisonsEqual = meters.comparisonsEqual
        result.comparisonsFailed = meters.comparisonsFailed
        result.divergencesInjected = census.divergencesInjected
        result.divergencesFound = census.foundByComparison + census.foundByScrubOrRead
        result.foundByComparison = census.foundByComparison
        result.foundByScrubOrRead = census.foundByScrubOrRead
        result.divergencesMooted = census.divergencesMooted
        result.falselyFound = meters.falselyFound
        result.surplusFound = meters.surplusFound
        result.secondsToFind = census.findTimes.quantiles
        result.rounds = meters.rounds
        result.hashes = meters.hashes
        result.bytes = meters.comparisonBytes
        result.bytesOfWholeInventories = meters.wholeInventoryBytes
        result.bytesMended = meters.bytesMended
        return result
    }

    private func storage(_ end: EndState?, _ meters: Meters) -> Measurements.Storage {
        var result = Measurements.Storage()
        result.userBytes = end?.userBytes ?? 0
        result.storedBytes = end?.storedBytes ?? storedBytes
        if result.userBytes > 0 {
            result.storedPerUserByte = Double(result.storedBytes) / Double(result.userBytes)
        }
        result.chunksCollected = meters.collected
        result.collectionsStopped = meters.collectionsStopped
        return result
    }

    private var ledger: Measurements.Ledger {
        var result = Measurements.Ledger()
        result.blocks = shadows.reduce(0) { $0 + $1.blockCount }
        result.records = shadows.reduce(0) { $0 + $1.recordCount }
        result.bytes = logDisks.reduce(0) { $0 + $1.byteCount }
        let files = workload.acknowledged.count
        if files > 0 { result.bytesPerFile = Double(result.bytes) / Double(files) }
        let most = shadows.map(\.recordCount).max() ?? 0
        // A leaf of a tree of n leaves has at most ⌈log₂ n⌉ hashes above it (RFC 6962 §2.1.1).
        result.inclusionProofBytes = most > 0 ? 32 * PortableMath.ceilLog2(most) : 0
        return result
    }

    private func control(_ meters: Meters) -> Measurements.Control {
        var result = Measurements.Control()
        result.messages = meters.controlMessages
        result.bytes = meters.controlBytes
        result.payloadBytes = meters.payloadBytes
        result.messagesLost = meters.messagesLost
        result.requestsTimedOut = meters.requestsTimedOut
        let nodeDays =
            meters.meanNodesUp(at: min(now, settleStart)) * min(now, settleStart).seconds / 86_400
        if nodeDays > 0 { result.bytesPerNodeDay = Double(meters.controlBytes) / nodeDays }
        return result
    }

    private func churnResult(_ meters: Meters) -> Measurements.Churn {
        var result = Measurements.Churn()
        result.sessionsEnded = meters.sessionsEnded
        result.nodesDestroyed = meters.nodesDestroyed
        result.nodesJoined = meters.nodesJoined
        result.nodesLeft = meters.nodesLeft
        result.declaredDead = meters.declaredDead
        result.deadReturned = meters.deadReturned
        result.backendRestarts = meters.backendRestarts
        result.meanNodesUp = meters.meanNodesUp(at: min(now, settleStart))
        return result
    }
}
