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

    @Test func `a mark that is neither reached nor excused ends a search with 2`() throws {
        let search = ["fuzz", "--seeds", "1..1", "--marks", "marks.json", "--jobs", "1"]
        /// What is missed where these are excused.
        func missed(_ excused: [String], status: Int32) throws -> [String] {
            let list = excused.map { ["mark": $0, "reason": "one seed reaches few"] }
            try folder.write(
                String(decoding: JSONEncoder().encode(list), as: UTF8.self), to: "marks.json")
            let outcome = try dsim.run(search)
            #expect(outcome.status == status, "\(outcome)")
            return outcome.output.split(separator: "\n").filter { $0.hasPrefix("NOT REACHED ") }
                .map { String($0.dropFirst(12).prefix { $0 != ":" }) }
        }
        let all = try missed([], status: 2)
        let last = try #require(all.last)
        #expect(try missed(all.dropLast(), status: 2) == [last])
        #expect(try missed(all, status: 0) == [])
    }

    /// A search that was ended in its midst goes on from what it had written.
    @Test(arguments: [SIGINT, SIGKILL])
    func `a search goes on after the last seed that it wrote, whatever ended it`(
        signal: Int32
    ) throws {
        let running = try dsim.start(["fuzz", "--seeds", "1..100000", "--jobs", "2"])
        // A slow machine takes its time over the first.
        for _ in 0..<2400 where (try? state()["next"] as? Int) ?? 0 <= 1 {
            Thread.sleep(forTimeInterval: 0.05)
        }
        kill(running.process.processIdentifier, signal)
        let ended = try running.finish()
        if signal == SIGINT { #expect(ended.status == 130, "\(ended)") }
        let before = try #require(try state()["next"] as? Int)
        #expect(before > 1)
        let rest = try dsim.run("fuzz", "--resume", "--minutes", "0.02", "--jobs", "2")
        #expect(rest.errors.contains("from seed \(before) on"), "\(rest)")
        #expect(try #require(try state()["next"] as? Int) > before)
    }

    private func state() throws -> [String: Any] {
        let text = try folder.read("Found/state.json")
        return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
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
