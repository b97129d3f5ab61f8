import Foundation
import Primitives
import Roles
import Testing

@testable import Simulation
@testable import Workbench

@Suite struct ScenarioTests {
    private func read(_ text: String) throws -> Scenario {
        try Scenario(json: Array(text.utf8), file: "test.json")
    }

    @Test func `what is left out is the default of the types`() throws {
        let scenario = try read(#"{"name": "x", "duration": "1h"}"#)
        var expected = WorldConfiguration()
        expected.name = "x"
        expected.duration = .hours(1)
        #expect(scenario.configuration == expected)
        #expect(scenario.expectations.isEmpty && scenario.description.isEmpty)
    }

    @Test func `every field of the configuration can be set`() throws {
        let scenario = try read(Self.everything)
        let changed = scenario.configuration
        let untouched = WorldConfiguration()
        expectAllDiffer(changed, untouched, "")
        expectAllDiffer(changed.topology, untouched.topology, "topology")
        expectAllDiffer(changed.nodes, untouched.nodes, "nodes")
        expectAllDiffer(changed.nodes.disk, untouched.nodes.disk, "nodes.disk")
        expectAllDiffer(changed.backends, untouched.backends, "backends")
        expectAllDiffer(changed.network, untouched.network, "network")
        expectAllDiffer(changed.settings, untouched.settings, "protocol")
        expectAllDiffer(changed.churn, untouched.churn, "churn")
        expectAllDiffer(changed.workload, untouched.workload, "workload")
    }

    /// Every stored property differs between the two: none was forgotten by the keys.
    private func expectAllDiffer<Value>(_ a: Value, _ b: Value, _ name: String) {
        for (mine, other) in zip(Mirror(reflecting: a).children, Mirror(reflecting: b).children) {
            #expect(
                String(describing: mine.value) != String(describing: other.value),
                "\(name).\(mine.label ?? "?")")
        }
    }

    @Test func `every key sets a field of its own`() {
        func expectOneEach<Root>(_ keys: [ScenarioKey<Root>], _ root: Root) {
            #expect(keys.count == Mirror(reflecting: root).children.count, "\(Root.self)")
            #expect(Set(keys.map(\.name)).count == keys.count, "\(Root.self)")
        }
        expectOneEach(ScenarioSchema.topology, TopologySettings())
        expectOneEach(ScenarioSchema.nodes, NodeSettings())
        expectOneEach(ScenarioSchema.backend, LinkSettings())
        expectOneEach(ScenarioSchema.disk, DiskSettings())
        expectOneEach(ScenarioSchema.network, NetworkSettings())
        expectOneEach(ProtocolSettings.all.map { ScenarioKey($0) }, ProtocolSettings())
        expectOneEach(ScenarioSchema.churn, ChurnSettings())
        expectOneEach(ScenarioSchema.workload, WorkloadSettings())
    }

    @Test func `values arrive where they belong`() throws {
        let scenario = try read(Self.everything)
        let world = scenario.configuration
        #expect(world.seed == UInt64.max)
        #expect(world.settings.replicas == 4)
        #expect(world.settings.slowestTransferBytesPerSecond == 1_000_000)
        #expect(world.nodes.disk.syncLatency == .milliseconds(9))
        #expect(
            world.churn.session == .weibull(shape: 0.55, scale: Duration(seconds: 35.3 * 3_600)))
        #expect(world.nodes.handling == .milliseconds(1))
        #expect(world.backends.handling == .milliseconds(20))
        #expect(world.users.uploadBytesPerSecond == 1_000_000)
        #expect(world.backends.uploadBytesPerSecond == 50_000_000)
        #expect(world.users.handling == .zero)
        #expect(world.churn.downtime == .exponential(mean: .hours(9)))
        #expect(world.churn.replacement == .constant(.hours(6)))
        #expect(world.workload.payload == .real)
        #expect(
            world.faults == [
                FaultSettings(
                    name: "a",
                    kind: .partition(
                        at: .hours(5), lasting: .hours(1), of: .domain(2), direction: .outgoing)),
                FaultSettings(
                    name: "b", kind: .outage(at: .zero, lasting: .hours(1), of: .region("tokyo"))),
                FaultSettings(
                    name: "c",
                    kind: .crashes(
                        every: .constant(.hours(2)), downtime: .minutes(5), of: .backends)),
                FaultSettings(
                    name: "d",
                    kind: .degradation(
                        at: .hours(1), lasting: .hours(2), of: .discoveries, loss: 0.5,
                        duplication: 0.25, latencyFactor: 3)),
                FaultSettings(name: "e", kind: .bitRot(every: .exponential(mean: .days(1)))),
                FaultSettings(name: "f", kind: .lostChunks(every: .constant(.days(1)))),
                FaultSettings(name: "g", kind: .departure(at: .hours(3), of: .nodes(5))),
                FaultSettings(
                    name: "h",
                    kind: .partition(
                        at: .hours(5), lasting: .hours(1), of: .backend(2), from: .domain(1),
                        direction: .both)),
                FaultSettings(name: "i", kind: .emptied(at: .hours(3), of: .nodes(1))),
                condition("j", .paused, lasting: .minutes(2), of: .users),
                condition("k", .clock(offset: .minutes(5), drift: 0.01), of: .backends),
                condition("l", .slowTransfers(factor: 20), of: .nodes(3)),
                condition("m", .unreadableDisk(share: 0.5), of: .nodes(3)),
                condition("n", .fullDisk, of: .nodes(3)),
                condition("o", .hungDisk, of: .domain(0)),
                condition("p", .lying(.alter), lasting: nil, of: .nodes(1)),
                condition("q", .lying(.bury), lasting: nil, of: .discovery(1)),
                condition("r", .exhausted, of: .nodes(2)),
                FaultSettings(name: "s", kind: .destroyed(at: .hours(4), of: .backend(1))),
                FaultSettings(
                    name: "t", kind: .emptied(at: .hours(3), lasting: .hours(1), of: .backends)),
                FaultSettings(
                    name: "u", kind: .restored(from: .hours(2), at: .hours(6), of: .backend(1))),
                FaultSettings(name: "v", kind: .byteRot(perByteYear: 0.0001)),
                FaultSettings(name: "w", kind: .replaced(at: .hours(3), of: .domain(1))),
                condition("x", .slowDisk(factor: 30), of: .backends),
            ])
        #expect(
            scenario.expectations == [
                Workbench.Expectation(path: "durability.filesLost", maximum: 0),
                Workbench.Expectation(path: "availability.firstTry", minimum: 0.95),
                Workbench.Expectation(path: "churn.nodesLeft", minimum: 5, maximum: 5),
            ])
    }

    private func condition(
        _ name: String, _ condition: Condition, lasting: Duration? = .hours(2),
        of selection: FaultSettings.Selection
    ) -> FaultSettings {
        FaultSettings(
            name: name, kind: .condition(condition, at: .hours(3), lasting: lasting, of: selection))
    }

    @Test func `every kind of fault has a key and is told in words`() throws {
        let faults = try read(Self.everything).configuration.faults
        #expect(Set(faults.map { FaultKind.of($0.kind).name }) == Set(FaultForms.kinds.map(\.name)))
        #expect(faults.allSatisfy { !$0.kind.inWords.isEmpty })
    }

    @Test func `defaults of the reference are accepted`() throws {
        // A default that its own form refuses could be left out but not written down.
        func check<Root>(_ keys: [ScenarioKey<Root>], _ defaults: Root) throws {
            for entry in keys.flatMap({ $0.entries($0.name, defaults) })
            where entry.fallback.hasPrefix("`") && !entry.path.contains(".") {
                var reader = ScenarioReader()
                var root = defaults
                let text = "{\"\(entry.path)\": \(entry.fallback.dropFirst().dropLast())}"
                let node = try JSONParser.parse(Array(text.utf8))
                reader.readObject(
                    node, "", keys: keys.filter { $0.name == entry.path }, into: &root)
                #expect(reader.issues.isEmpty, "\(reader.issues)")
            }
        }
        try check(ScenarioSchema.scenario, Scenario())
        try check(ScenarioSchema.topology, TopologySettings())
        try check(ScenarioSchema.nodes, NodeSettings())
        try check(ScenarioSchema.disk, DiskSettings())
        try check(ScenarioSchema.network, NetworkSettings())
        try check(ProtocolSettings.all.map { ScenarioKey($0) }, ProtocolSettings())
        try check(ScenarioSchema.workload, WorkloadSettings())
    }

    @Test(arguments: ["quick", "churn", "unkind"])
    func `committed scenarios are sound and named as their file`(name: String) throws {
        let file = Golden.root.appending(path: "Scenarios/\(name).json")
        let scenario = try Scenario(json: Array(Data(contentsOf: file)), file: file.path)
        #expect(scenario.name == name)
    }

    @Test func `the reference is the one in the scenarios folder`() throws {
        try Golden.expect(ScenarioReference.text, equals: "Scenarios/README.md")
    }

    @Test func `the example of the reference is sound`() throws {
        let parts = ScenarioReference.text.split(separator: "```")
        let example = try #require(parts.first { $0.hasPrefix("json") }).dropFirst(4)
        #expect(try read(String(example)).configuration.topology.nodes == 30)
    }

    static let everything = #"""
        {
          "name": "all-of-it", "description": "x", "seed": 18446744073709551615,
          "duration": "5d", "settle": "3d", "readBack": "2h",
          "sampleInterval": "30m", "oracleInterval": "12h",
          "topology": {
            "regions": ["tokyo", "sao-paulo"], "failureDomains": 3, "discoveries": 2, "backends": 3,
            "nodes": 30, "users": 7
          },
          "nodes": {
            "capacity": "1TiB", "upload": "20MiB/s", "download": "1Gbit/s", "handling": "1ms",
            "disk": {"latency": "5ms", "syncLatency": "9ms", "throughput": "100MB/s", "crash": "keepsSome",
                "store": "segments", "segment": "32KiB", "failing": 0.01,
                "lostWrites": 0.001, "misdirectedWrites": 0.002, "lyingSyncs": 0.003}
          },
          "users": {"upload": "1MB/s", "download": "10MB/s"}, "backends": {"upload": "50MB/s", "download": "60MB/s", "handling": "20ms", "lyingCommits": 0.004},
          "discoveries": {"download": "2MB/s"},
          "network": {"jitter": 0.5, "loss": 0.01, "duplication": 0.02},
          "protocol": {
            "replicas": 4, "writeQuorum": 3, "heartbeatInterval": "20s", "suspectAfter": "1m",
            "deadAfter": "6h", "peersInterval": "25s", "requestTimeout": "5s",
            "slowestTransfer": "1MB/s", "attempts": 5, "retryDelay": "500ms", "hedgeAfter": "3s",
            "repairTransfers": 16, "repairRate": "10MiB/s", "copiesPerNode": 4,
            "antiEntropyInterval": "3h", "antiEntropySessions": 9, "auditInterval": "1h",
            "vettingTime": "5h", "domainPercent": 40,
             "orphanGrace": "5h", "orphanPercent": 25, "trashLifetime": "2d",
            "uploadExpiry": "90m", "scrubInterval": "2d", "ledgerInterval": "30s", "ledgerCopies": 5,
            "capabilityLifetime": "10m"
          },
          "churn": {
            "session": {"weibull": {"shape": 0.55, "scale": "35.30h"}},
            "downtime": {"exponential": {"mean": "9h"}},
            "lifetime": {"exponential": {"mean": "400d"}},
            "replacement": {"constant": "6h"}
          },
          "workload": {
            "payload": "real", "chunk": "64KiB", "files": 11, "fill": "20m", "smallestFile": 1024,
            "largestFile": "1MiB", "readsPerDay": 10, "writesPerDay": 2.5, "deletesPerDay": 1,
            "undeletesPerDay": 0.5, "intrusionsPerDay": 3
          },
          "faults": [
            {"name": "a", "partition": {"at": "5h", "lasting": "1h", "of": {"domain": 2}, "direction": "outgoing"}},
            {"name": "b", "outage": {"at": "0s", "lasting": "1h", "of": {"region": "tokyo"}}},
            {"name": "c", "crashes": {"every": {"constant": "2h"}, "downtime": "5m", "of": "backends"}},
            {"name": "d", "degradation": {"at": "1h", "lasting": "2h", "of": "discoveries", "loss": 0.5, "duplication": 0.25, "latencyFactor": 3}},
            {"name": "e", "bitRot": {"every": {"exponential": {"mean": "1d"}}}},
            {"name": "f", "lostChunks": {"every": {"constant": "1d"}}},
            {"name": "g", "departure": {"at": "3h", "of": {"nodes": 5}}},
            {"name": "h", "partition": {"at": "5h", "lasting": "1h", "of": {"backend": 2}, "from": {"domain": 1}}},
            {"name": "i", "emptied": {"at": "3h", "of": {"nodes": 1}}},
            {"name": "j", "pause": {"at": "3h", "lasting": "2m", "of": "users"}},
            {"name": "k", "clock": {"at": "3h", "lasting": "2h", "of": "backends", "ahead": "5m", "drift": 0.01}},
            {"name": "l", "slowTransfers": {"at": "3h", "lasting": "2h", "of": {"nodes": 3}, "factor": 20}},
            {"name": "m", "unreadable": {"at": "3h", "lasting": "2h", "of": {"nodes": 3}, "share": 0.5}},
            {"name": "n", "fullDisk": {"at": "3h", "lasting": "2h", "of": {"nodes": 3}}},
            {"name": "o", "hungDisk": {"at": "3h", "lasting": "2h", "of": {"domain": 0}}},
            {"name": "p", "liars": {"at": "3h", "of": {"nodes": 1}, "lie": "alter"}},
            {"name": "q", "liars": {"at": "3h", "of": {"discovery": 1}, "lie": "bury"}},
            {"name": "r", "exhausted": {"at": "3h", "lasting": "2h", "of": {"nodes": 2}}},
            {"name": "s", "destroyed": {"at": "4h", "of": {"backend": 1}}},
            {"name": "t", "emptied": {"at": "3h", "lasting": "1h", "of": "backends"}},
            {"name": "u", "restored": {"from": "2h", "at": "6h", "of": {"backend": 1}}},
            {"name": "v", "bitRot": {"perByteYear": 0.0001}},
            {"name": "w", "replaced": {"at": "3h", "of": {"domain": 1}}},
            {"name": "x", "slowDisk": {"at": "3h", "lasting": "2h", "of": "backends", "factor": 30}}
          ],
          "expect": {
            "durability.filesLost": {"max": 0},
            "availability.firstTry": {"min": 0.95},
            "churn.nodesLeft": {"equals": 5}
          }
        }
        """#
}
