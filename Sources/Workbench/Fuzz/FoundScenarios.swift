import Foundation
import Platform
import Synchronization

/// Scenarios that failed once and are kept: each must pass, but for those that `open.json` lists, which
/// must fail as it says until they are mended.
package struct FoundScenarios: Sendable {
    /// A failure that is known and not mended yet.
    package struct Open: Codable, Equatable, Sendable {
        package var file: String
        package var oracle: String
        package var site: String
        package var reason: String

        var finding: FuzzFinding { FuzzFinding(oracle: oracle, site: site) }
    }

    /// What came of a scenario.
    package enum Verdict: Equatable, Sendable {
        case fine
        /// It fails as it is known to, in each of these ways.
        case open([Open])
        /// It fails, and not as it is known to.
        case failed([FuzzFinding])
        /// It no longer fails in these ways, which are listed.
        case mended([Open])

        init(_ findings: [FuzzFinding], _ open: [Open]) {
            let others = findings.filter { finding in
                !open.contains { $0.finding == finding }
            }
            let mended = open.filter { entry in
                !findings.contains(entry.finding)
            }
            if !others.isEmpty {
                self = .failed(others)
            } else if !mended.isEmpty {
                self = .mended(mended)
            } else {
                self = open.isEmpty ? .fine : .open(open)
            }
        }

        package var isFine: Bool {
            switch self {
            case .fine, .open: true
            case .failed, .mended: false
            }
        }

        package func line(file: String) -> String {
            switch self {
            case .fine: "\(file): fine\n"
            case .open(let open):
                open.map { "\(file): open (\($0.oracle): \($0.site)): \($0.reason)\n" }.joined()
            case .mended(let mended):
                mended.map {
                    "\(file): passes (\($0.oracle): \($0.site)); take it off \(FoundScenarios.list)\n"
                }.joined()
            case .failed(let findings):
                findings.map { "\(file): VIOLATED \($0.oracle): \($0.site)\n" }.joined()
            }
        }
    }

    /// What came of them all, in the order of their names.
    package struct Outcome: Sendable {
        package var verdicts: [(file: String, verdict: Verdict)] = []
        /// How those that are open fail.
        package var known: Set<FuzzFinding> = []

        package var isFine: Bool { verdicts.allSatisfy(\.verdict.isFine) }
    }

    static let list = "open.json"

    private let scenarios: [(file: String, scenario: Scenario)]
    private let open: [Open]

    /// Reads a folder. Throws what the system refused, and what is wrong with a file in it.
    package init(folder: String) throws {
        let files = try FileSystem().list(folder).filter { $0.hasSuffix(".json") }.sorted()
        scenarios = try files.filter { $0 != Self.list }.map { file in
            let path = "\(folder)/\(file)"
            return (file, try Scenario(json: ScenarioFile.read(path), file: path))
        }
        guard files.contains(Self.list) else {
            open = []
            return
        }
        let path = "\(folder)/\(Self.list)"
        let bytes = try ScenarioFile.read(path)
        guard let open = try? JSONDecoder().decode([Open].self, from: Data(bytes)) else {
            throw ScenarioError(
                file: path,
                problem: #"is no list of {"file": "…", "oracle": "…", "site": "…", "reason": "…"}"#)
        }
        for entry in open where !files.contains(entry.file) {
            throw ScenarioError(file: path, problem: "\(Excerpt.quoted(entry.file)) is not there")
        }
        self.open = open
    }

    /// Runs them all, so many at a time. Nil when the run was cancelled.
    package func run(by fuzzer: Fuzzer) throws -> Outcome? {
        let results = Mutex<[Int: Result<FuzzOutcome?, any Error>]>([:])
        fuzzer.forEach(of: scenarios.count) { index, slot in
            let result = Result { try fuzzer.run(.scenario(scenarios[index].scenario), slot) }
            results.withLock { $0[index] = result }
        }
        var outcome = Outcome()
        for (index, (file, _)) in scenarios.enumerated() {
            guard let result = try results.withLock({ try $0[index]?.get() }) else { return nil }
            let verdict = Verdict(result.findings, open.filter { $0.file == file })
            if case .open = verdict { outcome.known.formUnion(result.findings) }
            outcome.verdicts.append((file, verdict))
        }
        return outcome
    }
}
