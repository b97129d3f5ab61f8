import Foundation

/// What a worker is asked to run, a line each.
package enum FuzzRequest: Equatable, Sendable {
    /// The scenario that is drawn from a seed.
    case seed(UInt64)
    case scenario(Scenario)

    /// What a drawing gives.
    init(_ drawing: Drawing) {
        self =
            drawing.isPlain
            ? .seed(drawing.seed) : .scenario(ScenarioDrawer.scenario(drawing))
    }

    package init?(line: String) {
        if line.hasPrefix("seed "), let seed = UInt64(line.dropFirst(5)) {
            self = .seed(seed)
        } else if line.hasPrefix("{"),
            let scenario = try? Scenario(json: Array(line.utf8), file: "request")
        {
            self = .scenario(scenario)
        } else {
            return nil
        }
    }

    var line: String {
        switch self {
        case .seed(let seed): "seed \(seed)"
        // No string in it has a line end.
        case .scenario(let scenario): scenario.text.split(separator: "\n").joined(separator: " ")
        }
    }

    /// Runs it, with a bug of the past where one is given, and returns what came of it as a line.
    package func answer(planting bug: PastBug? = nil) throws -> String {
        let scenario =
            switch self {
            case .seed(let seed): ScenarioDrawer.scenario(seed: seed)
            case .scenario(let scenario): scenario
            }
        let outcome = FuzzOutcome(running: scenario) { bug?.plant(in: &$0) }
        let answer = try JSONEncoder().encode(outcome)
        return String(decoding: answer, as: UTF8.self)
    }
}
