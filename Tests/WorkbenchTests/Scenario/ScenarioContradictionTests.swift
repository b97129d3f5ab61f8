import Testing

@testable import Workbench

/// What is wrong with a scenario whose values contradict each other or what there is.
@Suite struct ScenarioContradictionTests {
    @Test func `faults need names of their own`() {
        let fault = #"{"name": "a", "departure": {"at": "1d", "of": {"nodes": 1}}}"#
        #expect(
            Refusals.issues("\"faults\": [\(fault),\n\(fault)]") == [
                "s.json:3: faults[1].name: \"a\" is also the name of faults[0]; allowed: a name of its own"
            ])
    }

    @Test(
        arguments: [
            (
                #""protocol": {"writeQuorum": 4}"#,
                "protocol.writeQuorum: a write quorum of 4 with 3 replicas; allowed: writeQuorum up to replicas"
            ),
            (
                #""protocol": {"replicas": 2, "writeQuorum": 3}"#,
                "protocol.writeQuorum: a write quorum of 3 with 2 replicas; allowed: writeQuorum up to replicas"
            ),
            (
                #""protocol": {"suspectAfter": "10s"}"#,
                #"protocol.suspectAfter: suspectAfter "10s" is not longer than heartbeatInterval "10s"; allowed: longer"#
            ),
            (
                #""protocol": {"deadAfter": "40s"}"#,
                #"protocol.deadAfter: deadAfter "40s" is not longer than suspectAfter "45s"; allowed: longer"#
            ),
            (
                #""protocol": {"orphanGrace": "1h"}"#,
                #"protocol.orphanGrace: orphanGrace "1h" is not longer than uploadExpiry "1h"; allowed: longer"#
            ),
            (
                #""protocol": {"replicas": 6}"#,
                "protocol.replicas: 6 replicas on 5 nodes; allowed: replicas up to topology.nodes"
            ),
            (
                #""topology": {"failureDomains": 6}"#,
                "topology.failureDomains: 6 domains for 5 nodes leave some empty; allowed: failureDomains up to topology.nodes"
            ),
            (
                #""churn": {"session": {"constant": "1h"}}"#,
                "churn.session: session and downtime need each other; allowed: both or neither"
            ),
            (
                #""churn": {"downtime": {"constant": "1h"}}"#,
                "churn.downtime: session and downtime need each other; allowed: both or neither"
            ),
            (
                #""churn": {"replacement": {"constant": "1h"}}"#,
                "churn.replacement: replaces nodes that never end; allowed: with churn.lifetime"
            ),
            (
                #""workload": {"smallestFile": "5MiB"}"#,
                "workload.smallestFile: smallestFile is larger than largestFile; allowed: up to largestFile"
            ),
            (
                #""workload": {"fill": "11d"}"#,
                #"workload.fill: the fill lasts longer than the scenario; allowed: up to duration ("10d")"#
            ),
            (
                #""workload": {"intrusionsPerDay": 1}"#,
                "workload.intrusionsPerDay: an intruder needs somebody else's files; allowed: with topology.users of 2 or more"
            ),
            (
                #""nodes": {"capacity": "1KiB"}"#,
                "nodes.capacity: a node cannot hold a single chunk; allowed: from workload.chunk up"
            ),
            (
                #""settle": "5h""#,
                #"settle: "5h" is over before all that was lost is known (deadAfter or scrubInterval, then antiEntropyInterval); allowed: from "6h" up, or left out"#
            ),
            (
                #""settle": "17h", "churn": {"lifetime": {"constant": "1y"}}"#,
                #"settle: "17h" is over before all that was lost is known (deadAfter or scrubInterval, then antiEntropyInterval); allowed: from "18h" up, or left out"#
            ),
            (
                #""settle": "14d", "faults": [{"name": "r", "bitRot": {"every": {"constant": "1d"}}}]"#,
                #"settle: "14d" is over before all that was lost is known (deadAfter or scrubInterval, then antiEntropyInterval); allowed: from "342h" up, or left out"#
            ),
        ] as [(String, String)])
    func `contradictions are refused`(body: String, line: String) {
        #expect(Refusals.issues(body) == ["s.json:2: \(line)"])
    }

    @Test func `a settling time that is left out is long enough`() {
        #expect(
            Refusals.issues(#""faults": [{"name": "r", "bitRot": {"every": {"constant": "1d"}}}]"#)
                == [])
        #expect(Refusals.issues(#""churn": {"lifetime": {"constant": "1y"}}"#) == [])
    }

    @Test func `more replicas than domains are allowed`() {
        #expect(Refusals.issues(#""topology": {"failureDomains": 2}"#) == [])
    }

    @Test func `what depends on a refused value is not judged`() {
        #expect(Refusals.issues(#""protocol": {"replicas": "x", "writeQuorum": 9}"#).count == 1)
        #expect(
            Refusals.issues(#""protocol": {"deadAfter": "1m", "suspectAfter": 5}"#)
                .allSatisfy { $0.contains("suspectAfter: 5") })
    }

    @Test(
        arguments: [
            (
                #"{"durability.fileLost": {"max": 0}}"#,
                #"expect.durability.fileLost: unknown metric; did you mean "durability.filesLost"?"#
            ),
            (
                #"{"nonsense": {"max": 0}}"#,
                "expect.nonsense: unknown metric; allowed: those that `dsim scenario --reference` lists"
            ),
            (
                #"{"latency.readSeconds": {"max": 0}}"#,
                "expect.latency.readSeconds: holds several figures; name one: latency.readSeconds.count, latency.readSeconds.mean, latency.readSeconds.p50, latency.readSeconds.p95, latency.readSeconds.p99, latency.readSeconds.max"
            ),
            (
                #"{"durability.filesLost": {"maximum": 0}}"#,
                "expect.durability.filesLost.maximum: unknown key; allowed: min, max, equals"
            ),
            (
                #"{"durability.filesLost": {"max": "0"}}"#,
                #"expect.durability.filesLost.max: "0" stands here; allowed: a number"#
            ),
            (
                #"{"durability.filesLost": {}}"#,
                #"expect.durability.filesLost: these bounds make no sense together; allowed: "min" and "max" in this order of size, or "equals" alone"#
            ),
            (
                #"{"durability.filesLost": {"min": 2, "max": 1}}"#,
                #"expect.durability.filesLost: these bounds make no sense together; allowed: "min" and "max" in this order of size, or "equals" alone"#
            ),
            (
                #"{"durability.filesLost": {"min": 2, "equals": 2}}"#,
                #"expect.durability.filesLost: these bounds make no sense together; allowed: "min" and "max" in this order of size, or "equals" alone"#
            ),
            (
                #"{"durability.filesLost": 0}"#,
                "expect.durability.filesLost: 0 stands here; allowed: an object { … }"
            ),
            (
                #"[]"#,
                #"expect: a list stands here; allowed: an object of metrics and bounds such as {"durability.filesLost": {"max": 0}}"#
            ),
        ] as [(String, String)])
    func `wrong expectations are refused`(expect: String, line: String) {
        #expect(Refusals.issues("\"expect\": \(expect)") == ["s.json:2: \(line)"])
    }
}
