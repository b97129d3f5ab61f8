import Primitives
import Simulation

extension Scenario {
    /// How long users read everything back at the end of a run on real servers: an hour, as in the
    /// simulator, would be longer than most such scenarios themselves.
    private static let readBack = Duration.minutes(10)

    /// The scenario for a run on sockets, and for the simulated one beside it. Throws what cannot be
    /// done there; `file` names the scenario in errors.
    package func reality(file: String) throws(ScenarioError) -> Scenario {
        let start = TextPosition(line: 1, column: 1)
        let issues = refusals.map {
            ScenarioIssue(position: start, path: $0.path, problem: $0.problem)
        }
        guard issues.isEmpty else { throw ScenarioError(file: file, issues: issues) }
        var scenario = self
        scenario.configuration.readBack = Self.readBack
        return scenario
    }

    private var refusals: [(path: String, problem: String)] {
        let (nodes, backends) = (configuration.nodes, configuration.backends)
        let handlings = [
            ("nodes", nodes.handling), ("backends", backends.handling),
            ("discoveries", configuration.discoveries.handling),
        ]
        let lies = [
            ("nodes.disk.failing", nodes.disk.failing),
            ("nodes.disk.lostWrites", nodes.disk.lostWrites),
            ("nodes.disk.misdirectedWrites", nodes.disk.misdirectedWrites),
            ("nodes.disk.lyingSyncs", nodes.disk.lyingSyncs),
            ("backends.lyingCommits", backends.lyingCommits),
        ]
        let faults = configuration.faults.enumerated().filter { !$0.element.kind.canBeReal }
            .map { "faults[\($0.offset)].\(FaultKind.of($0.element.kind).name)" }
        var refusals: [(path: String, problem: String)] = []
        if configuration.workload.payload != .real {
            let problem = "stand-ins cannot be put on real disks; allowed with --real: \"real\""
            refusals.append(("workload.payload", problem))
        }
        for (key, _) in handlings.filter({ $0.1 > .zero }) {
            let problem = "real servers take what they take; leave it out with --real"
            refusals.append(("\(key).handling", problem))
        }
        for path in lies.filter({ $0.1 > 0 }).map(\.0) + faults {
            refusals.append((path, "can only be simulated; leave it out with --real"))
        }
        let servers = configuration.topology.nodes + configuration.topology.backends
        if servers > Self.mostServers {
            let most = "allowed with --real: up to \(Self.mostServers)"
            refusals.append(
                ("topology.nodes", "\(servers) nodes and backends in one process; \(most)"))
        }
        return refusals
    }

    /// More need more sockets than a process may have open, and more processor than is at hand.
    private static let mostServers = 200
}
