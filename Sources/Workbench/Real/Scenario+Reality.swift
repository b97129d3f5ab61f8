import Primitives
import Simulation

extension Scenario {
    /// How long users read everything back at the end of a run on real servers: an hour, as in the
    /// simulator, would be longer than most such scenarios themselves.
    private static let readBack = Duration.minutes(10)

    /// The scenario for a run on sockets, and for the simulated one beside it. Throws what cannot be
    /// done there; `file` names the scenario in errors.
    package func reality(file: String) throws(ScenarioError) -> Scenario {
        var issues: [ScenarioIssue] = []
        func refuse(_ path: String, _ problem: String) {
            issues.append(
                ScenarioIssue(
                    position: TextPosition(line: 1, column: 1), path: path, problem: problem))
        }
        if configuration.workload.payload != .real {
            refuse(
                "workload.payload",
                "stand-ins cannot be put on real disks; allowed with --real: \"real\"")
        }
        for (key, handling) in [
            ("nodes", configuration.nodes.handling), ("backends", configuration.backends.handling),
            ("discoveries", configuration.discoveries.handling),
        ] where handling > .zero {
            refuse("\(key).handling", "real servers take what they take; leave it out with --real")
        }
        let disk = configuration.nodes.disk
        for (key, probability) in [
            ("nodes.disk.failing", disk.failing),
            ("nodes.disk.lostWrites", disk.lostWrites),
            ("nodes.disk.misdirectedWrites", disk.misdirectedWrites),
            ("nodes.disk.lyingSyncs", disk.lyingSyncs),
            ("backends.lyingCommits", configuration.backends.lyingCommits),
        ] where probability > 0 {
            refuse(key, "can only be simulated; leave it out with --real")
        }
        for (index, fault) in configuration.faults.enumerated() where !fault.kind.canBeReal {
            refuse(
                "faults[\(index)].\(FaultKind.of(fault.kind).name)",
                "can only be simulated; leave it out with --real")
        }
        let servers = configuration.topology.nodes + configuration.topology.backends
        if servers > Self.mostServers {
            refuse(
                "topology.nodes",
                "\(servers) nodes and backends in one process; allowed with --real: up to \(Self.mostServers)"
            )
        }
        guard issues.isEmpty else { throw ScenarioError(file: file, issues: issues) }
        var scenario = self
        scenario.configuration.readBack = Self.readBack
        return scenario
    }

    /// More need more sockets than a process may have open, and more processor than is at hand.
    private static let mostServers = 200
}
