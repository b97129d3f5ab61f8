import Foundation
import Testing

@testable import Workbench

struct FoundScenariosTests {
    private let lost = FuzzFinding(oracle: "durability", site: "file # is lost")
    private let grown = FuzzFinding(oracle: "ledger", site: "the ledger shrank")

    /// Runs a folder of two scenarios, of which `a` fails as is said.
    private func run(_ findings: [FuzzFinding], open: String?) throws -> FoundScenarios.Outcome? {
        let path = FileManager.default.temporaryDirectory.path + "/found-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = ResultsFolder(path)
        try folder.create()
        for name in ["a", "b"] {
            try folder.write(#"{"name": "\#(name)", "duration": "1h"}"#, to: "\(name).json")
        }
        if let open { try folder.write(open, to: "open.json") }
        return try FoundScenarios(folder: path).run(
            by: Fuzzer(jobs: 2, cancel: CancelFlag()) { request, _ in
                guard case .scenario(let scenario) = request else { return nil }
                var outcome = FuzzOutcome(lost)
                outcome.findings = scenario.name == "a" ? findings : []
                return outcome
            })
    }

    private let listed =
        #"[{"file": "a.json", "oracle": "durability", "site": "file # is lost", "reason": "not yet"}]"#

    @Test func `what was mended must pass`() throws {
        let fine = try #require(try run([], open: nil))
        #expect(fine.isFine && fine.verdicts.map(\.file) == ["a.json", "b.json"])
        let failed = try #require(try run([lost], open: nil))
        #expect(!failed.isFine && failed.verdicts[0].verdict == .failed([lost]))
        #expect(failed.known.isEmpty)
    }

    @Test func `what is open must fail as it is known to`() throws {
        let open = try #require(try run([lost], open: listed))
        #expect(open.isFine && open.known == [lost])
        #expect(
            open.verdicts[0].verdict.line(file: "a.json")
                == "a.json: open (durability: file # is lost): not yet\n")
        let other = try #require(try run([lost, grown], open: listed))
        #expect(!other.isFine && other.verdicts[0].verdict == .failed([grown]))
        // Another way to violate the same oracle is not what is known.
        let elsewhere = FuzzFinding(oracle: lost.oracle, site: "file # is late")
        let new = try #require(try run([lost, elsewhere], open: listed))
        #expect(!new.isFine && new.verdicts[0].verdict == .failed([elsewhere]))
        let mended = try #require(try run([], open: listed))
        #expect(!mended.isFine)
        #expect(
            mended.verdicts[0].verdict.line(file: "a.json")
                == "a.json: passes (durability: file # is lost); take it off open.json\n")
    }

    @Test(arguments: [
        "nothing", #"[{"file": "a.json"}]"#,
        #"[{"file": "a.json", "oracle": "durability", "reason": "of no site"}]"#,
        #"[{"file": "c.json", "oracle": "durability", "site": "", "reason": "gone"}]"#,
    ])
    func `a wrong list is refused`(open: String) {
        #expect(throws: ScenarioError.self) { try run([], open: open) }
    }
    @Test func `what is kept can be read, and what is open is there with its reason`() throws {
        _ = try FoundScenarios(folder: Golden.root.appending(path: "Scenarios/found").path)
    }
}
