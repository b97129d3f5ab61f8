import Primitives
import Simulation

@testable import Workbench

/// A run of made-up figures in which every field differs from every other and from its default, so
/// that a figure that is left out or mixed up with another shows.
enum SampleRun {
    static func scenario() throws -> Scenario {
        try Scenario(json: Array(text.utf8), file: "sample.json")
    }

    private static let text = #"""
        {
          "name": "sample", "description": "Made-up figures.", "seed": 42,
          "duration": "10d", "settle": "2d",
          "topology": {"regions": ["frankfurt", "tokyo"], "nodes": 12, "failureDomains": 3, "users": 2},
          "churn": {
            "session": {"weibull": {"shape": 0.5, "scale": "10h"}}, "downtime": {"constant": "1h"},
            "lifetime": {"exponential": {"mean": "400d"}}, "replacement": {"constant": "1d"}
          },
          "workload": {"readsPerDay": 500, "intrusionsPerDay": 2},
          "network": {"loss": 0.001},
          "protocol": {"scrubInterval": "1d"},
          "faults": [
            {"name": "cut", "partition": {"at": "5d", "lasting": "1d", "of": {"region": "tokyo"}}},
            {"name": "dark", "outage": {"at": "6d", "lasting": "6h", "of": {"domain": 2}}},
            {"name": "restarts", "crashes": {"every": {"constant": "2d"}, "downtime": "5m", "of": "backends"}},
            {"name": "worse", "degradation": {"at": "0s", "lasting": "1h", "of": {"nodes": 3}, "loss": 0.1, "latencyFactor": 2}},
            {"name": "rot", "bitRot": {"every": {"constant": "1d"}}},
            {"name": "vanish", "lostChunks": {"every": {"constant": "2d"}}},
            {"name": "leave", "departure": {"at": "8d", "of": {"nodes": 1}}}
          ],
          "expect": {
            "durability.filesLost": {"max": 2},
            "availability.firstTry": {"min": 0.9, "max": 0.999},
            "latency.readSeconds.p99": {"max": 1}
          }
        }
        """#

    static func result(isComplete: Bool = true) throws -> RunResult {
        let scenario = try scenario()
        return RunResult(
            scenario: scenario, isComplete: isComplete,
            stoppedAt: .origin + (isComplete ? .days(12) : .hours(50)),
            measurements: measurements(scenario), samples: samples())
    }

    static func measurements(_ scenario: Scenario) -> Measurements {
        var result = Measurements()
        result.digest = 0x0123_4567_89AB_CDEF
        result.events = 123_456_789
        result.simulatedSeconds = 12 * 86_400
        fillData(&result)
        fillWork(&result)
        result.oracles = [
            OracleOutcome(name: "durability", checks: 1_000, violations: 0, examples: []),
            OracleOutcome(name: "ledger", checks: 20, violations: 0, examples: []),
        ]
        result.faults = scenario.configuration.faults.enumerated().map { index, fault in
            FaultOutcome(name: fault.name, unit: fault.kind.unit, effects: UInt64(index + 1))
        }
        return result
    }

    private static func fillData(_ result: inout Measurements) {
        result.durability.filesAcknowledged = 2_001
        result.durability.filesDeleted = 11
        result.durability.filesLost = 2
        result.durability.chunksAcknowledged = 9_002
        result.durability.chunksLost = 3
        result.durability.fileYears = 54.25
        result.durability.uploadsFailed = 4
        result.availability.reads = 5_003
        result.availability.readsFirstTry = 4_950
        result.availability.readsFailed = 5
        result.availability.chunkTimeReadable = 0.999953
        result.redundancy.target = 3
        result.redundancy.shareByDurableReplicas = [0, 0.0001, 0.0199, 0.95, 0.03]
        result.redundancy.shareByReachableReplicas = [0.00005, 0.01, 0.2, 0.78, 0.00995]
        result.redundancy.chunksBelowTargetAtEnd = 17
        result.redundancy.chunksBelowTargetAfterSettling = 1
        result.storage.userBytes = 3_221_225_472
        result.storage.storedBytes = 9_663_676_417
        result.storage.storedPerUserByte = 3.0004
        result.storage.chunksCollected = 18
        result.storage.collectionsStopped = 2
        result.ledger.blocks = 701
        result.ledger.records = 9_990
        result.ledger.bytes = 1_234_567
        result.ledger.bytesPerFile = 617
        result.ledger.inclusionProofBytes = 448
    }

    private static func fillWork(_ result: inout Measurements) {
        result.repair.transfers = 812
        result.repair.transfersFailed = 9
        result.repair.bytesMoved = 212_860_928
        result.repair.bytesPerStoredByteMonth = 0.066
        result.repair.replicasDestroyed = 205
        result.repair.needless = 77
        result.repair.secondsToRepair = quantiles(200, 40_000)
        result.merkle.comparisons = 480
        result.merkle.comparisonsEqual = 401
        result.merkle.comparisonsFailed = 6
        result.merkle.divergencesInjected = 60
        result.merkle.divergencesFound = 57
        result.merkle.foundByComparison = 31
        result.merkle.foundByScrubOrRead = 26
        result.merkle.divergencesMooted = 2
        result.merkle.falselyFound = 1
        result.merkle.surplusFound = 13
        result.merkle.secondsToFind = quantiles(57, 9_000)
        result.merkle.rounds = 1_430
        result.merkle.hashes = 22_880
        result.merkle.bytes = 745_000
        result.merkle.bytesOfWholeInventories = 12_300_000
        result.merkle.bytesMended = 8_126_464
        result.latency.readSeconds = quantiles(4_998, 0.42)
        result.latency.writeSeconds = quantiles(2_000, 0.9)
        result.control.messages = 34_567_890
        result.control.bytes = 4_000_000_000
        result.control.bytesPerNodeDay = 27_777_777.7
        result.control.payloadBytes = 20_000_000_000
        result.control.messagesLost = 34_111
        result.control.requestsTimedOut = 222
        result.churn.sessionsEnded = 333
        result.churn.nodesDestroyed = 14
        result.churn.nodesJoined = 12
        result.churn.nodesLeft = 10
        result.churn.declaredDead = 25
        result.churn.deadReturned = 8
        result.churn.backendRestarts = 15
        result.churn.meanNodesUp = 10.75
    }

    private static func quantiles(_ count: Int, _ middle: Double) -> Measurements.Quantiles {
        var result = Measurements.Quantiles()
        result.count = count
        result.mean = middle * 1.1
        result.p50 = middle
        result.p95 = middle * 2
        result.p99 = middle * 3
        result.max = middle * 5
        return result
    }

    static func samples() -> [Sample] {
        (1...40).map { hour in
            var sample = Sample()
            sample.at = .origin + .hours(Int64(hour) * 6)
            sample.nodesUp = 12 - hour % 3
            sample.filesAcknowledged = 50 * hour + 1
            sample.filesLost = hour / 20
            sample.chunks = 220 * hour + 2
            sample.chunksBelowTarget = hour == 20 ? 400 : hour % 7
            sample.chunksUnreachable = hour % 5
            sample.storedBytes = UInt64(hour) * 241_591_910
            sample.repairBytes = UInt64(hour) * 5_321_523
            sample.reads = 125 * hour
            sample.readsFailed = hour / 8
            sample.repairsQueued = hour % 11
            sample.events = UInt64(hour) * 3_000_000
            return sample
        }
    }
}
