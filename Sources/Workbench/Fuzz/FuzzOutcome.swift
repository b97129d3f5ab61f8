import Observation
import Primitives
import Roles
package import Simulation

/// One way in which a scenario fails. Scenarios that fail in the same way are one group.
package struct FuzzFinding: Codable, Hashable, Sendable {
    /// The oracle that was violated; or `trap`, `spins`, `hangs`.
    package var oracle: String
    /// What it said with numbers and names taken out: the same wherever the same thing goes wrong.
    package var site: String

    static let trap = "trap"
    /// More events than a scenario of its size can mean.
    static let spins = "spins"
    /// A run without an end.
    static let hangs = "hangs"
}

extension FuzzFinding {
    /// Of what an oracle said: "at 12.5 s: node 3 lost chunk 0a1b…" is at "node # lost chunk #".
    init(oracle: String, said text: String) {
        var words = text.split(separator: " ")[...]
        if words.first == "at", let end = words.firstIndex(where: { $0.hasSuffix(":") }) {
            words = words[(end + 1)...]
        }
        self.init(oracle: oracle, site: words.map(Self.withoutNumber).joined(separator: " "))
    }

    private static func withoutNumber(_ word: Substring) -> String {
        guard word.contains(where: \.isNumber) else { return String(word) }
        let end = word.last.map { ",:;.)".contains($0) ? String($0) : "" } ?? ""
        return "#" + end
    }
}

/// What came of one scenario: a function of the scenario and the code, unless it hangs.
package struct FuzzOutcome: Codable, Equatable, Sendable {
    package var events: UInt64 = 0
    package var simulatedSeconds = 0.0
    package var findings: [FuzzFinding] = []
    /// The names of the marks that it reached.
    package var marks: [String] = []
    /// How often each oracle could have failed, by name.
    package var checks: [String: UInt64] = [:]

    /// A run that came to no end.
    init(_ finding: FuzzFinding) { findings = [finding] }

    /// Runs a scenario to its end, with its settling and the last checks. `prepare` is handed the world
    /// before it begins.
    package init(
        running scenario: Scenario, mostEvents: UInt64 = 5_000_000,
        prepare: (inout World) -> Void = { _ in }
    ) {
        var world = World(scenario.configuration)
        prepare(&world)
        world.run(until: world.end, limit: mostEvents)
        if world.isFinished { world.finish() }
        events = world.events
        simulatedSeconds = world.now.seconds
        marks = zip(Mark.allCases, world.environment.observer.marks)
            .filter { $0.1 > 0 }.map(\.0.name)
        for oracle in world.measurements().oracles {
            checks[oracle.name] = oracle.checks
            for example in oracle.examples {
                let finding = FuzzFinding(oracle: oracle.name, said: example)
                if !findings.contains(finding) { findings.append(finding) }
            }
        }
        if !world.isFinished {
            findings.append(
                FuzzFinding(oracle: FuzzFinding.spins, site: "more than \(mostEvents) events"))
        }
    }
}
