import Primitives

/// Counters that the world keeps as it runs, up to the end of the measured time.
struct Meters: Sendable {
    var controlMessages: UInt64 = 0
    var controlBytes: UInt64 = 0
    var payloadBytes: UInt64 = 0
    var messagesLost: UInt64 = 0
    var requestsTimedOut: UInt64 = 0

    var uploadsFailed = 0
    var reads = 0
    var readsFirstTry = 0
    var readsFailed = 0
    var readTimes = Durations()
    var writeTimes = Durations()

    var repairs = 0
    var repairsFailed = 0
    var repairsNeedless = 0
    var repairBytes: UInt64 = 0
    /// Integral of stored bytes over time, byte-seconds, by samples.
    var comparisons = 0
    var comparisonsEqual = 0
    var comparisonsFailed = 0
    var falselyFound = 0
    var surplusFound = 0
    var rounds: UInt64 = 0
    var hashes: UInt64 = 0
    var comparisonBytes: UInt64 = 0
    var wholeInventoryBytes: UInt64 = 0
    var bytesMended: UInt64 = 0
    var collected = 0
    var collectionsStopped = 0

    var sessionsEnded = 0
    var nodesDestroyed = 0
    var nodesJoined = 0
    var nodesLeft = 0
    var declaredDead = 0
    var deadReturned = 0
    var backendRestarts = 0

    private(set) var nodesUp = 0
    private var nodeSeconds = 0.0
    private var nodesChangedAt = Instant.origin
    private var closedAt = Instant.distantFuture

    @inline(__always)
    mutating func count(controlBytes: Int, payloadBytes: Int, isMeasured: Bool) {
        guard isMeasured else { return }
        controlMessages &+= 1
        self.controlBytes &+= UInt64(controlBytes)
        self.payloadBytes &+= UInt64(payloadBytes)
    }

    mutating func nodeUp(at now: Instant) { nodesChanged(by: 1, at: now) }
    mutating func nodeDown(at now: Instant) { nodesChanged(by: -1, at: now) }

    private mutating func nodesChanged(by difference: Int, at now: Instant) {
        let until = min(now, closedAt)
        if until > nodesChangedAt {
            nodeSeconds += Double(nodesUp) * (until - nodesChangedAt).seconds
            nodesChangedAt = until
        }
        nodesUp += difference
    }

    mutating func closeMeasuring(at now: Instant) {
        nodesChanged(by: 0, at: now)
        closedAt = now
    }

    func meanNodesUp(at now: Instant) -> Double {
        var copy = self
        copy.nodesChanged(by: 0, at: now)
        let seconds = min(now, closedAt).seconds
        return seconds > 0 ? copy.nodeSeconds / seconds : Double(nodesUp)
    }

    mutating func wrote(in time: Duration, isMeasured: Bool) {
        if isMeasured { writeTimes.record(time) }
    }

    mutating func read(in time: Duration, isFirstTry: Bool, isMeasured: Bool) {
        guard isMeasured else { return }
        reads += 1
        if isFirstTry { readsFirstTry += 1 }
        readTimes.record(time)
    }

    mutating func readFailed(isMeasured: Bool) {
        guard isMeasured else { return }
        reads += 1
        readsFailed += 1
    }
}
