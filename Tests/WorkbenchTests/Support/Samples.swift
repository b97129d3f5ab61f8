import Primitives
import Simulation

@testable import Observation
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
        result["events"] = .count(123_456_789)
        result["simulatedSeconds"] = .number(12 * 86_400)
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
        result["durability.filesAcknowledged"] = .count(2_001)
        result["durability.filesDeleted"] = .count(11)
        result["durability.filesLost"] = .count(2)
        result["durability.chunksAcknowledged"] = .count(9_002)
        result["durability.chunksLost"] = .count(3)
        result["durability.fileYears"] = .number(54.25)
        result["availability.uploadsFailed"] = .count(4)
        result["durability.lossShare"] = .share(2, of: 2_001)
        result["durability.chunkLossShare"] = .share(3, of: 9_002)
        result["durability.lossRatePerFileYear"] = .rate(2, per: 54.25)
        result["availability.firstTry"] = .share(4_950, of: 5_003)
        result["availability.failed"] = .share(5, of: 5_003)
        result["availability.uploadSuccess"] = .share(2_001, of: 2_005)
        result["availability.reads"] = .count(5_003)
        result["availability.readsFirstTry"] = .count(4_950)
        result["availability.readsFailed"] = .count(5)
        result["availability.chunkTimeReadable"] = .number(0.999953)
        result["redundancy.target"] = .count(3)
        result["redundancy.shareByDurableReplicas"] = .list([0, 0.0001, 0.0199, 0.95, 0.03])
        result["redundancy.shareByReachableReplicas"] = .list([0.00005, 0.01, 0.2, 0.78, 0.00995])
        result["redundancy.chunksBelowTargetAtEnd"] = .count(17)
        result["redundancy.chunksBelowTargetAfterSettling"] = .number(1)
        result["redundancy.chunksCrowdedAtEnd"] = .count(2)
        result["redundancy.chunksCrowdedAfterSettling"] = .number(0)
        result["storage.userBytes"] = .count(3_221_225_472)
        result["storage.storedBytes"] = .count(9_663_676_417)
        result["storage.storedPerUserByte"] = .number(3.0004)
        result["storage.chunksCollected"] = .count(18)
        result["storage.collectionsStopped"] = .count(2)
        result["ledger.blocks"] = .count(701)
        result["ledger.records"] = .count(9_990)
        result["ledger.bytes"] = .count(1_234_567)
        result["ledger.bytesPerFile"] = .number(617)
        result["ledger.inclusionProofBytes"] = .count(448)
    }

    private static func fillWork(_ result: inout Measurements) {
        result["repair.transfers"] = .count(812)
        result["repair.transfersFailed"] = .count(9)
        result["repair.bytesMoved"] = .count(212_860_928)
        result["repair.bytesPerStoredByteMonth"] = .number(0.066)
        result["repair.replicasDestroyed"] = .count(205)
        result["repair.needless"] = .count(77)
        result["repair.needlessShare"] = .share(77, of: 812)
        result["repair.secondsToRepair"] = .quantiles(quantiles(200, 40_000))
        result["merkle.comparisons"] = .count(480)
        result["merkle.comparisonsEqual"] = .count(401)
        result["merkle.comparisonsFailed"] = .count(6)
        result["merkle.audits"] = .count(4_320)
        result["merkle.divergencesInjected"] = .count(60)
        result["merkle.divergencesFound"] = .count(57)
        result["merkle.foundByComparison"] = .count(31)
        result["merkle.foundByScrubOrRead"] = .count(19)
        result["merkle.foundByAudit"] = .count(7)
        result["merkle.divergencesMooted"] = .count(2)
        result["merkle.falselyFound"] = .count(1)
        result["merkle.surplusFound"] = .count(13)
        result["merkle.secondsToFind"] = .quantiles(quantiles(57, 9_000))
        result["merkle.rounds"] = .count(1_430)
        result["merkle.hashes"] = .count(22_880)
        result["merkle.bytes"] = .count(745_000)
        result["merkle.bytesOfWholeInventories"] = .count(12_300_000)
        result["merkle.bytesMended"] = .count(8_126_464)
        result["merkle.roundsPerComparison"] = .number(1_430 / 480.0)
        result["merkle.bytesPerComparison"] = .number(745_000 / 480.0)
        result["merkle.shareOfWholeInventories"] = .number(745_000 / 12_300_000.0)
        result["merkle.bytesPerByteMended"] = .number(745_000 / 8_126_464.0)
        result["latency.readSeconds"] = .quantiles(quantiles(4_998, 0.42))
        result["latency.writeSeconds"] = .quantiles(quantiles(2_000, 0.9))
        result["control.messages"] = .count(34_567_890)
        result["control.bytes"] = .count(4_000_000_000)
        result["control.bytesPerNodeDay"] = .number(27_777_777.7)
        result["control.payloadBytes"] = .count(20_000_000_000)
        result["control.messagesLost"] = .count(34_111)
        result["control.requestsTimedOut"] = .count(222)
        result["churn.sessionsEnded"] = .count(333)
        result["churn.nodesDestroyed"] = .count(14)
        result["churn.nodesJoined"] = .count(12)
        result["churn.nodesLeft"] = .count(10)
        result["churn.declaredDead"] = .count(25)
        result["churn.deadReturned"] = .count(8)
        result["churn.backendRestarts"] = .count(15)
        result["churn.meanNodesUp"] = .number(10.75)
    }

    private static func quantiles(_ count: Int, _ middle: Double) -> Quantiles {
        var result = Quantiles()
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
            sample["nodesUp"] = UInt64(12 - hour % 3)
            sample["filesAcknowledged"] = UInt64(50 * hour + 1)
            sample["filesLost"] = UInt64(hour / 20)
            sample["chunks"] = UInt64(220 * hour + 2)
            sample["chunksBelowTarget"] = UInt64(hour == 20 ? 400 : hour % 7)
            sample["chunksUnreachable"] = UInt64(hour % 5)
            sample["storedBytes"] = UInt64(hour) * 241_591_910
            sample["repairBytes"] = UInt64(hour) * 5_321_523
            sample["reads"] = UInt64(125 * hour)
            sample["readsFailed"] = UInt64(hour / 8)
            sample["repairsQueued"] = UInt64(hour % 11)
            sample["events"] = UInt64(hour) * 3_000_000
            return sample
        }
    }
}
