import Primitives
import Simulation

/// Takes away from a scenario what it does not need to fail in the same way.
package struct Shrinker {
    /// Runs a scenario; nil when the search was cancelled.
    package let run: (Scenario) throws -> FuzzOutcome?

    package init(run: @escaping (Scenario) throws -> FuzzOutcome?) { self.run = run }

    private static let mostRuns = 300
    private static let mostEvents: UInt64 = 100_000_000

    /// The smallest scenario that some hundred tries find: first what is declared goes, then what is left
    /// gets smaller. Everything is tried again once something is gone, until nothing more can go.
    package func shrink(_ scenario: Scenario, _ finding: FuzzFinding) throws -> Scenario {
        var smallest = scenario
        var (runs, events) = (0, 0 as UInt64)
        for steps in [Step.removals, Step.reductions] {
            var hasShrunk = true
            while hasShrunk {
                hasShrunk = false
                for step in steps(smallest) {
                    // What a step takes away may be gone already, or come back by itself.
                    guard let smaller = step.apply(to: smallest), smaller.text != smallest.text
                    else { continue }
                    guard runs < Self.mostRuns, events < Self.mostEvents,
                        let outcome = try run(smaller)
                    else { return smallest }
                    runs += 1
                    events += outcome.events
                    guard outcome.findings.contains(finding) else { continue }
                    smallest = smaller
                    hasShrunk = true
                }
            }
        }
        return smallest
    }

    /// Something that may go.
    enum Step: Equatable {
        case fault(String)
        /// What holds without the key is taken.
        case key(section: String?, String)
        case halfDuration, halfFiles, oneNodeLess

        static func removals(of scenario: Scenario) -> [Step] {
            let faults = scenario.configuration.faults.map { Step.fault($0.name) }
            guard let node = try? JSONParser.parse(Array(scenario.text.utf8)),
                case .object(let members) = node.value
            else { return faults }
            let sections = members.map { Step.key(section: nil, $0.name) }
            let keys = members.flatMap { section -> [Step] in
                guard case .object(let keys) = section.node.value else { return [] }
                return keys.map { .key(section: section.name, $0.name) }
            }
            return faults + sections + keys
        }

        /// None of which removes what is declared: both would undo each other.
        static func reductions(of scenario: Scenario) -> [Step] {
            [.halfDuration, .halfFiles, .oneNodeLess]
        }

        /// Nil where nothing sound is left.
        func apply(to scenario: Scenario) -> Scenario? {
            var smaller = scenario
            switch self {
            case .fault(let name): smaller.configuration.faults.removeAll { $0.name == name }
            case .halfDuration:
                let seconds = Int64(scenario.configuration.duration.seconds / 2)
                smaller.configuration.duration = .seconds(seconds)
            case .halfFiles: smaller.configuration.workload.files /= 2
            case .oneNodeLess: smaller.configuration.topology.nodes -= 1
            case .key(let section, let name):
                guard let text = scenario.text(without: name, in: section) else { return nil }
                return try? Scenario(json: Array(text.utf8), file: "")
            }
            return try? Scenario(json: Array(smaller.text.utf8), file: "")
        }
    }
}

extension Scenario {
    fileprivate func text(without key: String, in section: String?) -> String? {
        guard var node = try? JSONParser.parse(Array(text.utf8)),
            case .object(var members) = node.value
        else { return nil }
        if let section {
            guard let index = members.firstIndex(where: { $0.name == section }),
                case .object(var keys) = members[index].node.value
            else { return nil }
            keys.removeAll { $0.name == key }
            members[index].node.value = .object(keys)
        } else {
            members.removeAll { $0.name == key }
        }
        node.value = .object(members)
        return node.text
    }
}

extension JSONNode {
    /// The node as JSON, on one line.
    fileprivate var text: String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): JSONOutput.quote(text)
        case .array(let nodes): "[" + nodes.map(\.text).joined(separator: ", ") + "]"
        case .object(let members): ScenarioText.object(members.map { ($0.name, $0.node.text) })
        }
    }
}
