import Primitives
import Roles
import Simulation

// What no single key can tell: values that contradict each other.
extension Scenario {
    /// A rule about several keys. It is judged only when each of them could be read.
    private struct Rule {
        /// The first is where the issue is reported.
        let paths: [String]
        /// What is wrong and what is allowed, or nil when all is well.
        let problem: @Sendable (WorldConfiguration) -> String?

        init(
            _ paths: String..., problem: @escaping @Sendable (WorldConfiguration) -> String?
        ) {
            self.paths = paths
            self.problem = problem
        }
    }

    /// Refuses what contradicts itself.
    func check(_ reader: inout ScenarioReader) {
        for rule in Self.protocolRules + Self.worldRules {
            guard rule.paths.allSatisfy({ reader.isSound($0) }) else { continue }
            if let problem = rule.problem(configuration) {
                // The key that the file has, when only one of them is not left at its default.
                let path = rule.paths.first { reader.positions[$0] != nil } ?? rule.paths[0]
                reader.refuse(path, at: reader.position(of: path), problem)
            }
        }
        checkFaults(&reader)
    }

    private static let protocolRules = [
        Rule("protocol.writeQuorum", "protocol.replicas") {
            let most = $0.settings.replicas
            return $0.settings.writeQuorum > most
                ? "a write quorum of \($0.settings.writeQuorum) with \(most) replicas; allowed: writeQuorum up to replicas"
                : nil
        },
        Rule("protocol.suspectAfter", "protocol.heartbeatInterval") {
            tooShort(
                "suspectAfter", $0.settings.suspectAfter, "heartbeatInterval",
                $0.settings.heartbeatInterval)
        },
        Rule("protocol.deadAfter", "protocol.suspectAfter") {
            tooShort(
                "deadAfter", $0.settings.deadAfter, "suspectAfter", $0.settings.suspectAfter)
        },
        Rule("protocol.orphanGrace", "protocol.uploadExpiry") {
            tooShort(
                "orphanGrace", $0.settings.orphanGrace, "uploadExpiry", $0.settings.uploadExpiry)
        },
    ]

    private static let worldRules = [
        Rule("protocol.replicas", "topology.nodes") {
            $0.settings.replicas > $0.topology.nodes
                ? "\($0.settings.replicas) replicas on \($0.topology.nodes) nodes; allowed: replicas up to topology.nodes"
                : nil
        },
        Rule("topology.failureDomains", "topology.nodes") {
            $0.topology.failureDomains > $0.topology.nodes
                ? "\($0.topology.failureDomains) domains for \($0.topology.nodes) nodes leave some empty; allowed: failureDomains up to topology.nodes"
                : nil
        },
        Rule("churn.session", "churn.downtime") {
            ($0.churn.session == nil) != ($0.churn.downtime == nil)
                ? "session and downtime need each other; allowed: both or neither" : nil
        },
        Rule("churn.replacement", "churn.lifetime") {
            $0.churn.replacement != nil && $0.churn.lifetime == nil
                ? "replaces nodes that never end; allowed: with churn.lifetime" : nil
        },
        Rule("workload.smallestFile", "workload.largestFile") {
            $0.workload.smallestFileBytes > $0.workload.largestFileBytes
                ? "smallestFile is larger than largestFile; allowed: up to largestFile" : nil
        },
        Rule("workload.fill", "duration") {
            $0.workload.fillDuration > $0.duration
                ? "the fill lasts longer than the scenario; allowed: up to duration (\"\($0.duration.scenarioText)\")"
                : nil
        },
        Rule("workload.intrusionsPerDay", "topology.users") {
            $0.workload.intrusionsPerDay > 0 && $0.topology.users < 2
                ? "an intruder needs somebody else's files; allowed: with topology.users of 2 or more"
                : nil
        },
        Rule("protocol.scrubInterval", "settle", "faults") {
            $0.settings.scrubInterval > $0.settle && $0.faults.contains(where: \.kind.hidesDamage)
                ? "what rots last is found after settling; scrubInterval is \"\($0.settings.scrubInterval.scenarioText)\"; allowed: up to settle (\"\($0.settle.scenarioText)\")"
                : nil
        },
        Rule("sampleInterval", "duration") {
            $0.duration.nanoseconds / $0.sampleInterval.nanoseconds > 1_000_000
                ? "makes more than 1000000 rows; allowed: a longer interval" : nil
        },
        Rule("nodes.capacity", "workload.chunk") {
            $0.nodes.capacityBytes < $0.workload.chunkBytes
                ? "a node cannot hold a single chunk; allowed: from workload.chunk up" : nil
        },
    ]

    private static func tooShort(
        _ name: String, _ value: Duration, _ other: String, _ bound: Duration
    ) -> String? {
        value > bound
            ? nil
            : "\(name) \"\(value.scenarioText)\" is not longer than \(other) \"\(bound.scenarioText)\"; allowed: longer"
    }

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
            for (key, problem) in problems(of: fault.kind, reader) {
                let place = "\(path).\(fault.kind.scenarioName).\(key)"
                reader.refuse(place, at: reader.position(of: place), problem)
            }
        }
    }

    private func problems(
        of kind: FaultSettings.Kind, _ reader: ScenarioReader
    ) -> [(key: String, problem: String)] {
        switch kind {
        case .partition(let at, let lasting, let selection, _),
            .outage(let at, let lasting, let selection):
            return timeProblem(at, lasting, reader) + selectionProblem(selection, reader)
        case .degradation(let at, let lasting, let selection, let loss, let duplication, let factor):
            let isIdle = loss == 0 && duplication == 0 && factor == 1
            let idle =
                isIdle ? [("of", "degrades nothing; give loss, duplication or latencyFactor")] : []
            return timeProblem(at, lasting, reader) + selectionProblem(selection, reader) + idle
        case .crashes(_, _, let selection):
            return selectionProblem(selection, reader)
        case .departure(let at, let selection):
            let isNode = selection != .backends && selection != .discoveries
            let who =
                isNode
                ? [] : [("of", "only storage nodes leave; allowed: a domain, a region or nodes")]
            return timeProblem(at, .zero, reader) + selectionProblem(selection, reader) + who
        case .bitRot, .lostChunks:
            return []
        }
    }

    private func timeProblem(
        _ at: Duration, _ lasting: Duration, _ reader: ScenarioReader
    ) -> [(key: String, problem: String)] {
        guard reader.isSound("duration") else { return [] }
        let duration = configuration.duration
        if at >= duration {
            return [
                (
                    "at",
                    "begins after the scenario's end; allowed: before duration (\"\(duration.scenarioText)\")"
                )
            ]
        }
        if at + lasting > duration {
            let most = (duration - at).scenarioText
            return [
                ("lasting", "ends after the scenario's end; allowed: up to \"\(most)\" from there")
            ]
        }
        return []
    }

    private func selectionProblem(
        _ selection: FaultSettings.Selection, _ reader: ScenarioReader
    ) -> [(key: String, problem: String)] {
        let topology = configuration.topology
        switch selection {
        case .domain(let index) where reader.isSound("topology.failureDomains"):
            guard index >= topology.failureDomains else { return [] }
            return [
                ("of", "there is no domain \(index); allowed: 0 to \(topology.failureDomains - 1)")
            ]
        case .region(let name) where reader.isSound("topology.regions"):
            guard !topology.regions.contains(name) else { return [] }
            return [
                ("of", "nobody is in \(name); allowed: \(topology.regions.joined(separator: ", "))")
            ]
        case .nodes(let count) where reader.isSound("topology.nodes"):
            guard count > topology.nodes else { return [] }
            return [("of", "\(count) of \(topology.nodes) nodes; allowed: up to topology.nodes")]
        case .domain, .region, .nodes, .backends, .discoveries:
            return []
        }
    }
}

extension FaultSettings.Kind {
    /// Whether only reading a replica shows what it did.
    fileprivate var hidesDamage: Bool {
        switch self {
        case .bitRot, .lostChunks: true
        case .partition, .outage, .crashes, .degradation, .departure: false
        }
    }
}
