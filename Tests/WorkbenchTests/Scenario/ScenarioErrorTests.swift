import Foundation
import Primitives
import Testing

@testable import Workbench

@Suite struct ScenarioErrorTests {
    @Test func `all errors are told at once in the order of the text`() throws {
        let text = try String(
            contentsOf: Golden.root.appending(path: "Tests/Golden/wrong-scenario.json"),
            encoding: .utf8)
        try Golden.expect(
            Refusals.lines(text).joined(separator: "\n") + "\n",
            equals: "Tests/Golden/wrong-scenario.txt")
    }

    @Test func `text that is no JSON is refused with line and column`() {
        #expect(
            Refusals.lines("{\"name\": \"x\",}") == [
                "s.json:1: column 13: a \",\" stands before the closing \"}\""
            ])
        #expect(
            Refusals.lines("[]") == [
                "s.json:1: column 1: a list stands here; allowed: an object { … }"
            ])
    }

    @Test func `missing keys say what to give`() {
        #expect(
            Refusals.lines("{}") == [
                "s.json:1: name: missing; give a name of 1 to 64 of the characters a-z, 0-9 and -, a letter or digit first",
                "s.json:1: duration: missing; give a duration from \"1s\" to \"50y\", such as \"30s\"",
            ])
    }

    @Test(
        arguments: [
            (
                #""protocol": {"deadafter": "1d"}"#,
                #"protocol.deadafter: unknown key; did you mean "deadAfter"?"#
            ),
            (
                #""network": {"xyzzy": 1}"#,
                "network.xyzzy: unknown key; allowed: jitter, loss, duplication"
            ),
            (
                #""protocol": {"replicas": "3"}"#,
                #"protocol.replicas: "3" stands here; allowed: a whole number from 1 to 64"#
            ),
            (
                #""protocol": {"replicas": 3.5}"#,
                "protocol.replicas: 3.5 stands here; allowed: a whole number from 1 to 64"
            ),
            (
                #""protocol": {"replicas": 0}"#,
                "protocol.replicas: 0 stands here; allowed: a whole number from 1 to 64"
            ),
            (#""protocol": []"#, "protocol: a list stands here; allowed: an object { … }"),
            (
                #""seed": -1"#,
                "seed: -1 stands here; allowed: a whole number from 0 to 18446744073709551615"
            ),
            (
                #""seed": 18446744073709551616"#,
                "seed: 18446744073709551616 stands here; allowed: a whole number from 0 to 18446744073709551615"
            ),
            (
                #""settle": 30"#,
                #"settle: 30 stands here; allowed: a duration from "0s" to "50y", such as "30s""#
            ),
            (
                #""settle": null"#,
                #"settle: null stands here; allowed: a duration from "0s" to "50y", such as "30s""#
            ),
            (
                #""network": {"loss": 1.5}"#,
                "network.loss: 1.5 stands here; allowed: a probability from 0 to 1"
            ),
            (
                #""network": {"loss": 1e999}"#,
                "network.loss: 1e999 stands here; allowed: a probability from 0 to 1"
            ),
            (
                #""workload": {"payload": "modeled"}"#,
                #"workload.payload: "modeled" is unknown; did you mean "modelled"?"#
            ),
            (
                #""workload": {"payload": 1}"#,
                #"workload.payload: 1 stands here; allowed: "real", "compressed", "modelled""#
            ),
            (
                #""topology": {"regions": ["tokio"]}"#,
                #"topology.regions[0]: "tokio" is unknown; did you mean "tokyo"?"#
            ),
            (
                #""topology": {"regions": ["tokyo", "tokyo"]}"#,
                #"topology.regions[1]: "tokyo" stands a second time; once is allowed"#
            ),
            (
                #""nodes": {"disk": {"latncy": "1ms"}}"#,
                #"nodes.disk.latncy: unknown key; did you mean "latency"?"#
            ),
            (
                #""description": "a\u001b[31m""#,
                #"description: "a\u{1b}[31m" stands here; allowed: a text of at most 2000 characters without control characters"#
            ),
        ] as [(String, String)])
    func `wrong values say what is allowed`(body: String, line: String) {
        #expect(Refusals.issues(body) == ["s.json:2: \(line)"])
    }

    @Test(arguments: [
        "../x", "X", "a b", "", "-x", "a/b", ".", String(repeating: "a", count: 65),
    ])
    func `names cannot leave the results folder`(name: String) {
        let issues = Refusals.lines("{\"name\": \"\(name)\", \"duration\": \"1d\"}")
        #expect(issues.count == 1 && issues[0].hasPrefix("s.json:1: name: "))
    }

    @Test(
        arguments: [
            (
                #"{"weibull": {"shape": 0.6}}"#,
                #"churn.lifetime.weibull.scale: missing; give a duration from "1ms" to "100y", such as "30s""#
            ),
            (
                #"{"weibul": {"shape": 0.6, "scale": "9h"}}"#,
                #"churn.lifetime.weibul: unknown key; did you mean "weibull"?"#
            ),
            (
                #"{"weibull": {"shape": 0, "scale": "9h"}}"#,
                "churn.lifetime.weibull.shape: 0 stands here; allowed: a number from 0.1 to 10"
            ),
            (
                #"{"constant": 5}"#,
                #"churn.lifetime.constant: 5 stands here; allowed: a duration from "1ms" to "100y", such as "30s""#
            ),
            (
                #"{}"#,
                #"churn.lifetime: does not say what it is; allowed: {"constant": "5m"}, {"exponential": {"mean": "400d"}} or {"weibull": {"shape": 0.6, "scale": "9h"}}"#
            ),
            (
                #"{"constant": "1d", "exponential": {"mean": "1d"}}"#,
                #"churn.lifetime: "constant" and "exponential" stand together; allowed: {"constant": "5m"}, {"exponential": {"mean": "400d"}} or {"weibull": {"shape": 0.6, "scale": "9h"}}"#
            ),
            (
                #""5d""#,
                #"churn.lifetime: "5d" stands here; allowed: {"constant": "5m"}, {"exponential": {"mean": "400d"}} or {"weibull": {"shape": 0.6, "scale": "9h"}}"#
            ),
        ] as [(String, String)])
    func `wrong laws are refused`(law: String, line: String) {
        #expect(Refusals.issues("\"churn\": {\"lifetime\": \(law)}") == ["s.json:2: \(line)"])
    }

    @Test(
        arguments: [
            (
                #"{"name": "a", "partition": {"at": "10d", "lasting": "1h", "of": {"domain": 0}}}"#,
                #"faults[0].partition.at: begins after the scenario's end; allowed: before duration ("10d")"#
            ),
            (
                #"{"name": "a", "partition": {"at": "9d", "lasting": "25h", "of": {"domain": 0}}}"#,
                #"faults[0].partition.lasting: ends after the scenario's end; allowed: up to "1d" from there"#
            ),
            (
                #"{"name": "a", "outage": {"at": "1d", "lasting": "1h", "of": {"domain": 1}}}"#,
                "faults[0].outage.of: there is no domain 1; allowed: 0 to 0"
            ),
            (
                #"{"name": "a", "outage": {"at": "1d", "lasting": "1h", "of": {"region": "tokyo"}}}"#,
                "faults[0].outage.of: nobody is in tokyo; allowed: frankfurt"
            ),
            (
                #"{"name": "a", "outage": {"at": "1d", "lasting": "1h", "of": {"nodes": 6}}}"#,
                "faults[0].outage.of: 6 of 5 nodes; allowed: up to topology.nodes"
            ),
            (
                #"{"name": "a", "departure": {"at": "1d", "of": "backends"}}"#,
                "faults[0].departure.of: only storage nodes can be meant here; allowed: a domain or nodes"
            ),
            (
                #"{"name": "a", "bitRot": {"every": {"constant": "1d"}, "perByteYear": 0.1}}"#,
                #"faults[0].bitRot: "every" and "perByteYear" stand together; allowed: one of every, perByteYear"#
            ),
            (
                #"{"name": "a", "hungDisk": {"at": "1d", "lasting": "1h", "of": "users"}}"#,
                #"faults[0].hungDisk.of: only storage nodes and backends can be meant here; allowed: a domain, nodes, a backend or "backends""#
            ),
            (
                #"{"name": "a", "restored": {"from": "1h", "at": "1h", "of": "backends"}}"#,
                "faults[0].restored.of: the copy is not older; give a from before at"
            ),
            (
                #"{"name": "a", "restored": {"from": "1h", "at": "11d", "of": "backends"}}"#,
                #"faults[0].restored.at: begins after the scenario's end; allowed: before duration ("10d")"#
            ),
            (
                #"{"name": "a", "degradation": {"at": "1d", "lasting": "1h", "of": "backends"}}"#,
                "faults[0].degradation.of: degrades nothing; give loss, duplication or latencyFactor"
            ),
            (
                #"{"name": "a", "outage": {"at": "1d", "lasting": "1h", "of": "backend"}}"#,
                #"faults[0].outage.of: "backend" stands here; allowed: {"domain": 0}, {"region": "tokyo"}, {"nodes": 5}, {"backend": 0}, {"discovery": 0}, "backends", "discoveries" or "users""#
            ),
            (
                #"{"name": "a", "outtage": {}}"#,
                #"faults[0].outtage: unknown key; did you mean "outage"?"#
            ),
            (
                #"{"name": "a"}"#,
                #"faults[0]: does not say what it is; allowed: "name" and one of partition, outage, crashes, degradation, bitRot, lostChunks, departure, destroyed, emptied, restored, replaced, pause, clock, slowTransfers, unreadable, exhausted, fullDisk, slowDisk, hungDisk, liars"#
            ),
            (
                #"{"name": "a", "departure": {"at": "1d"}}"#,
                #"faults[0].departure.of: missing; give {"domain": 0}, {"region": "tokyo"}, {"nodes": 5}, {"backend": 0}, {"discovery": 0}, "backends", "discoveries" or "users""#
            ),
        ] as [(String, String)])
    func `wrong faults are refused`(fault: String, line: String) {
        #expect(Refusals.issues("\"faults\": [\(fault)]") == ["s.json:2: \(line)"])
    }

    @Test func `hostile keys are cut and cannot steer a terminal`() {
        let key = "\\u001b]0;" + String(repeating: "A", count: 100_000)
        let issues = Refusals.issues("\"\(key)\": 1")
        #expect(issues.count == 1)
        #expect(issues[0].count < 400 && !issues[0].contains("\u{1B}"))
    }

    @Test func `endless errors end`() {
        let keys = (0..<100_000).map { "\"key\($0)\": 1" }.joined(separator: ",\n")
        let issues = Refusals.issues(keys)
        #expect(issues.count == 51)
        #expect(issues[50].hasPrefix("s.json: and "))
    }

    @Test func `damaged scenarios never crash the reader`() throws {
        let file = Golden.root.appending(path: "Scenarios/quick.json")
        let text = try Array(String(contentsOf: file, encoding: .utf8).utf8)
        let seed: UInt64 = 5
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        for _ in 0..<300 {
            var damaged = text
            // Digits and letters only, so that most stay JSON.
            for index in damaged.indices where random.chance(0.003) {
                switch damaged[index] {
                case 0x30...0x39: damaged[index] = 0x30 + UInt8(random.below(10))
                case 0x61...0x7A: damaged[index] = 0x61 + UInt8(random.below(26))
                default: break
                }
            }
            do {
                _ = try Scenario(json: damaged, file: "s.json")
            } catch {
                #expect(!error.issues.isEmpty, "seed \(seed)")
            }
        }
    }
}
