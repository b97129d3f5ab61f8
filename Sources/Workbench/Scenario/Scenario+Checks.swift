import Observation
import Primitives
import Roles
import Simulation

// What no single key can tell: values that contradict each other.
extension Scenario {
    private typealias Rule = SettingRule<WorldConfiguration>

    /// Refuses what contradicts itself. A rule is judged only when each of its keys could be read.
    func check(_ reader: inout ScenarioReader) {
        for rule in Self.protocolRules + Self.worldRules {
            guard rule.names.allSatisfy({ reader.isSound($0) }) else { continue }
            let problem = rule.problem(configuration) { String($0.drop { $0 != "." }.dropFirst()) }
            if let problem {
                // The key that the file has, when only one of them is not left at its default.
                let path = rule.names.first { reader.positions[$0] != nil } ?? rule.names[0]
                reader.refuse(path, at: reader.position(of: path), problem)
            }
        }
        checkFaults(&reader)
    }

    private static let protocolRules = ProtocolSettings.rules.map {
        $0.within(\WorldConfiguration.settings, prefix: "protocol.")
    }

    private static let worldRules = [
        Rule("protocol.replicas", "topology.nodes") { world, _ in
            world.settings.replicas > world.topology.nodes
                ? "\(world.settings.replicas) replicas on \(world.topology.nodes) nodes; allowed: replicas up to topology.nodes"
                : nil
        },
        Rule("topology.failureDomains", "topology.nodes") { world, _ in
            world.topology.failureDomains > world.topology.nodes
                ? "\(world.topology.failureDomains) domains for \(world.topology.nodes) nodes leave some empty; allowed: failureDomains up to topology.nodes"
                : nil
        },
        Rule("churn.session", "churn.downtime") { world, _ in
            (world.churn.session == nil) != (world.churn.downtime == nil)
                ? "session and downtime need each other; allowed: both or neither" : nil
        },
        Rule("churn.replacement", "churn.lifetime") { world, _ in
            world.churn.replacement != nil && world.churn.lifetime == nil
                ? "replaces nodes that never end; allowed: with churn.lifetime" : nil
        },
        Rule("nodes.disk.failing", "nodes.disk.store") { world, _ in
            world.nodes.disk.failing > 0 && world.nodes.disk.store == .model
                ? "the quick model has no file system that could fail; allowed: with nodes.disk.store \"segments\""
                : nil
        },
        Rule("workload.smallestFile", "workload.largestFile") { world, _ in
            world.workload.smallestFileBytes > world.workload.largestFileBytes
                ? "smallestFile is larger than largestFile; allowed: up to largestFile" : nil
        },
        Rule("workload.fill", "duration") { world, _ in
            world.workload.fillDuration > world.duration
                ? "the fill lasts longer than the scenario; allowed: up to duration (\"\(world.duration.text)\")"
                : nil
        },
        Rule("workload.intrusionsPerDay", "topology.users") { world, _ in
            world.workload.intrusionsPerDay > 0 && world.topology.users < 2
                ? "an intruder needs somebody else's files; allowed: with topology.users of 2 or more"
                : nil
        },
        Rule(
            "settle", "protocol.antiEntropyInterval", "protocol.deadAfter",
            "protocol.scrubInterval", "churn", "faults"
        ) { world, _ in
            world.settle < world.detection
                ? "\"\(world.settle.text)\" is over before all that was lost is known (deadAfter or scrubInterval, then antiEntropyInterval); allowed: from \"\(world.detection.text)\" up, or left out"
                : nil
        },
        Rule("sampleInterval", "duration") { world, _ in
            world.duration.nanoseconds / world.sampleInterval.nanoseconds > 1_000_000
                ? "makes more than 1000000 rows; allowed: a longer interval" : nil
        },
        Rule("nodes.capacity", "workload.chunk") { world, _ in
            world.nodes.capacityBytes < world.workload.chunkBytes
                ? "a node cannot hold a single chunk; allowed: from workload.chunk up" : nil
        },
    ]

    // MARK: Faults

    private func checkFaults(_ reader: inout ScenarioReader) {
        var paths: [String: String] = [:]
        for (index, fault) in configuration.faults.enumerated() {
            let path = "faults[\(index)]"
            let isSound = reader.isSound(path)
            if reader.isSound("\(path).name"),
                let first = paths.updateValue(path, forKey: fault.name)
            {
                reader.refuse(
                    "\(path).name", at: reader.position(of: "\(path).name"),
                    "\(Excerpt.quoted(fault.name)) is also the name of \(first); allowed: a name of its own"
                )
            }
            guard isSound else { continue }
            for case (let key, let problem?) in problems(of: fault.kind, reader) {
                let place = "\(path).\(FaultKind.of(fault.kind).name).\(key)"
                reader.refuse(place, at: reader.position(of: place), problem)
            }
        }
    }

    private func problems(
        of kind: FaultSettings.Kind, _ reader: ScenarioReader
    ) -> [(key: String, problem: String?)] {
        var problems: [(key: String, problem: String?)] = []
        if let begins = kind.begins {
            let at = max(begins, kind.parameters.at)
            problems.append(timeProblem(at, kind.lasting ?? .zero, reader))
        }
        if let selection = kind.selection {
            problems.append(("of", selectionProblem(selection, reader)))
            if let (kinds, whom, allowed) = Self.concerned(by: kind),
                !kinds.contains(selection.kind)
            {
                problems.append(("of", "only \(whom) can be meant here; allowed: \(allowed)"))
            }
        }
        if let others = kind.others { problems.append(("from", selectionProblem(others, reader))) }
        problems.append(("of", FaultKind.of(kind).idleness(kind.parameters)))
        return problems
    }

    /// Whom alone a fault can concern, in words too, and how they are chosen; nil for everybody.
    private static func concerned(
        by kind: FaultSettings.Kind
    ) -> (kinds: [ParticipantKind?], whom: String, allowed: String)? {
        if kind.isOfNodes { return ([.node], "storage nodes", "a domain or nodes") }
        if kind.isOfDisks {
            let allowed = "a domain, nodes, a backend or \"backends\""
            return ([.node, .backend], "storage nodes and backends", allowed)
        }
        return switch kind.teller {
        case .discoveries: ([.discovery], "discoveries", "\"discoveries\" or a discovery")
        case .users: ([.user], "users", "\"users\"")
        case .nodes, nil: nil
        }
    }

    private func timeProblem(
        _ at: Duration, _ lasting: Duration, _ reader: ScenarioReader
    ) -> (key: String, problem: String?) {
        guard reader.isSound("duration") else { return ("at", nil) }
        let duration = configuration.duration
        if at >= duration {
            let most = duration.text
            return ("at", "begins after the scenario's end; allowed: before duration (\"\(most)\")")
        }
        guard at + lasting > duration else { return ("at", nil) }
        let most = (duration - at).text
        return ("lasting", "ends after the scenario's end; allowed: up to \"\(most)\" from there")
    }

    private func selectionProblem(
        _ selection: FaultSettings.Selection, _ reader: ScenarioReader
    ) -> String? {
        let topology = configuration.topology
        func place(_ noun: String, _ index: Int, of path: String, _ count: Int) -> String? {
            guard reader.isSound("topology.\(path)"), index >= count else { return nil }
            return "there is no \(noun) \(index); allowed: 0 to \(count - 1)"
        }
        return switch selection {
        case .domain(let index):
            place("domain", index, of: "failureDomains", topology.failureDomains)
        case .backend(let slot): place("backend", slot, of: "backends", topology.backends)
        case .discovery(let slot): place("discovery", slot, of: "discoveries", topology.discoveries)
        case .region(let name):
            topology.regions.contains(name) || !reader.isSound("topology.regions")
                ? nil : "nobody is in \(name); allowed: \(topology.regions.joined(separator: ", "))"
        case .nodes(let count):
            count <= topology.nodes || !reader.isSound("topology.nodes")
                ? nil : "\(count) of \(topology.nodes) nodes; allowed: up to topology.nodes"
        case .backends, .discoveries, .users: nil
        }
    }
}
