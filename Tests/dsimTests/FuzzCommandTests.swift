import Foundation
import Testing

@Suite struct FuzzCommandTests {
    private let folder: TemporaryFolder
    private var dsim: Dsim

    init() throws {
        folder = try TemporaryFolder()
        dsim = Dsim(folder: folder.url)
    }

    /// The report without what depends on the machine.
    private func findings(_ outcome: Dsim.Outcome) -> [Substring] {
        Array(outcome.output.split(separator: "\n").dropFirst())
    }

    @Test
    mutating func
        `a scenario that traps is reported with its seed, kept, and does not end the search`()
        throws
    {
        dsim.environment["DSIM_FUZZ_TRAP"] = "2"
        let outcome = try dsim.run("fuzz", "--seeds", "1..3", "--jobs", "2")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.output.hasPrefix("seeds 1 to 3: 3 scenarios in "), "\(outcome)")
        let lines = findings(outcome)
        let trap = try #require(
            lines.firstIndex {
                $0.hasPrefix("  trap: DSIM_FUZZ_TRAP asks for it, FuzzWorkerCommand.swift:")
            }, "\(outcome)")
        #expect(lines[trap + 1] == "    1 of 3, first with seed 2: Found/trap-2.json")
        let kept = try dsim.run("scenario", "Found/trap-2.json")
        #expect(kept.status == 0, "\(kept)")
    }

    @Test func `the same seeds give the same findings, and a search goes on where it ended`() throws
    {
        let first = try dsim.run("fuzz", "--seeds", "1..2", "--out", "a", "--jobs", "1")
        let second = try dsim.run("fuzz", "--seeds", "1..2", "--out", "a", "--jobs", "2")
        #expect(findings(first) == findings(second))
        let rest = try dsim.run("fuzz", "--resume", "--out", "a")
        #expect(rest.output.hasPrefix("seeds 1 to 2: 2 scenarios in "), "\(rest)")
        #expect(rest.status == first.status)
    }

    @Test mutating func `what a search took for known is no news of the next`() throws {
        dsim.environment["DSIM_FUZZ_TRAP"] = "2"
        let first = try dsim.run("fuzz", "--seeds", "2..2", "--out", "a")
        #expect(first.status == 1, "\(first)")
        let state = folder.url.appending(path: "a/state.json")
        var report =
            try JSONSerialization.jsonObject(with: Data(contentsOf: state)) as? [String: Any]
        let groups = try #require(report?["groups"] as? [[String: Any]])
        report?["known"] = groups.map { $0["finding"] }
        try JSONSerialization.data(withJSONObject: report ?? [:]).write(to: state)
        let second = try dsim.run("fuzz", "--known", "a", "--seeds", "2..2", "--out", "b")
        #expect(second.status == 0 && second.output.contains("(known)"), "\(second)")
    }

    @Test func `nothing to go on from ends with 66`() throws {
        let outcome = try dsim.run("fuzz", "--resume")
        #expect(outcome.status == 66, "\(outcome)")
    }

    @Test(arguments: [
        ["--seeds", "9..1"], ["--resume", "--seeds", "1..2"], ["--jobs", "0"], ["--minutes", "0"],
        ["--out", ""],
    ])
    func `a wrong command line ends with 64`(arguments: [String]) throws {
        #expect(try dsim.run(["fuzz"] + arguments).status == 64)
    }
}
