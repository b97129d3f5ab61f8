import Foundation

/// What a worker is asked to run, a line each.
package enum FuzzRequest: Equatable, Sendable {
    /// The scenario that is drawn from a seed.
    case seed(UInt64)
    /// A scenario file.
    case file(String)

    package init?(line: String) {
        if line.hasPrefix("file ") {
            self = .file(String(line.dropFirst(5)))
        } else if line.hasPrefix("seed "), let seed = UInt64(line.dropFirst(5)) {
            self = .seed(seed)
        } else {
            return nil
        }
    }

    var line: String {
        switch self {
        case .seed(let seed): "seed \(seed)"
        case .file(let path): "file \(path)"
        }
    }

    /// Runs it, and returns what came of it as a line.
    package func answer() throws -> String {
        let scenario =
            switch self {
            case .seed(let seed): ScenarioDrawer.scenario(seed: seed)
            case .file(let path): try Scenario(json: ScenarioFile.read(path), file: path)
            }
        let answer = try JSONEncoder().encode(FuzzOutcome(running: scenario))
        return String(decoding: answer, as: UTF8.self)
    }
}
