import Extremes
import Foundation
import Testing

@Suite struct ExitStatusTests {
    private let folder: TemporaryFolder
    private let dsim: Dsim

    init() throws {
        folder = try TemporaryFolder()
        dsim = Dsim(folder: folder.url)
    }

    /// A world that is over in a moment.
    private func scenario(_ more: String = "", name: String = "tiny") -> String {
        """
        {"name": "\(name)", "duration": "1h", "workload": {"files": 2}\(more)}
        """
    }

    @Test func `a fine run ends with zero and writes its results`() throws {
        try folder.write(scenario(), to: "tiny.json")
        let outcome = try dsim.run("run", "tiny.json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("tiny, seed 1: "))
        #expect(outcome.output.hasSuffix("fine\n\nRead Results/tiny/report.md\n"))
        let metrics = try folder.read("Results/tiny/metrics.json")
        #expect(metrics.contains("\"complete\": true"))
        #expect(try folder.read("Results/tiny/report.md").hasPrefix("# tiny\n"))
        #expect(try folder.read("Results/tiny/timeseries.csv").hasPrefix("atSeconds,"))
        #expect(try folder.read("Results/tiny/timing.json").contains("peakMemoryBytes"))
    }

    @Test func `the same seed gives the same results and another seed others`() throws {
        try folder.write(scenario(), to: "tiny.json")
        for (out, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
            let outcome = try dsim.run("run", "tiny.json", "--seed", seed, "--out", out, "--quiet")
            #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
        }
        for file in ["metrics.json", "timeseries.csv", "report.md"] {
            #expect(try folder.read("a/\(file)") == folder.read("b/\(file)"))
        }
        #expect(try folder.read("a/metrics.json") != folder.read("c/metrics.json"))
        #expect(try folder.read("c/report.md").contains("Scripts/dsim run tiny.json --seed 6"))
    }

    @Test(arguments: ["--seed", "--seeds", "--speed"])
    func `an extreme on the command line is refused or taken`(flag: String) throws {
        for text in Extremes.texts where !text.contains("\0") {
            let more = flag == "--speed" ? ["--real"] : []
            // What is taken gets as far as the scenario, which is not there.
            let outcome = try dsim.run(["run", "nowhere.json", "\(flag)=\(text)"] + more)
            #expect([64, 66].contains(outcome.status), "\(flag) \(text): \(outcome.status)")
        }
    }

    @Test func `a fault without effect ends with one`() throws {
        let fault =
            #", "faults": [{"name": "idle", "departure": {"at": "59m", "of": {"nodes": 1}}}, {"name": "late", "crashes": {"every": {"constant": "2h"}, "downtime": "1m", "of": "backends"}}]"#
        try folder.write(scenario(fault), to: "tiny.json")
        let outcome = try dsim.run("run", "tiny.json")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("VIOLATED\n  fault late had no effect\n"))
    }

    @Test func `an expectation that is not met ends with two`() throws {
        try folder.write(
            scenario(#", "expect": {"durability.filesAcknowledged": {"min": 3}}"#), to: "tiny.json")
        let outcome = try dsim.run("run", "tiny.json")
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("expected durability.filesAcknowledged at least 3, got 2"))
        #expect(try folder.read("Results/tiny/metrics.json").contains("\"met\": false"))
    }

    @Test(
        arguments: [
            [], ["run"], ["fly"], ["run", "x.json", "--speed"], ["run", "x.json", "--seed", "-1"],
            ["run", "x.json", "--seed", "1", "--seeds", "1..2"],
            ["run", "x.json", "--seeds", "9..1"],
            ["run", "x.json", "--seeds", "1-9"], ["run", "x.json", "--out", ""], ["scenario"],
        ] as [[String]])
    func `a wrong command line ends with 64`(arguments: [String]) throws {
        let outcome = try dsim.run(arguments)
        // Without arguments the program prints its help, which is no mistake.
        #expect(outcome.status == (arguments.isEmpty ? 0 : 64), "\(outcome)")
        #expect(arguments.isEmpty || outcome.errors.contains("Usage:"))
    }

    @Test(arguments: ["run", "scenario"])
    func `a wrong scenario ends with 65 and all its errors`(command: String) throws {
        let golden = Dsim.root.appending(path: "Tests/Golden")
        let text = try String(
            contentsOf: golden.appending(path: "wrong-scenario.json"), encoding: .utf8)
        try folder.write(text, to: "s.json")
        let outcome = try dsim.run(command, "s.json")
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty)
        #expect(
            try outcome.errors
                == String(contentsOf: golden.appending(path: "wrong-scenario.txt"), encoding: .utf8)
        )
        #expect(!folder.exists("Results"))
    }

    @Test func `a file that cannot be read ends with 66`() throws {
        let missing = try dsim.run("run", "missing.json")
        #expect(missing.status == 66)
        #expect(missing.errors == "dsim: cannot read missing.json: No such file or directory\n")
        let folder = try dsim.run("run", ".")
        #expect(folder.status == 66)
        #expect(folder.errors == "dsim: cannot read .: Is a directory\n")
    }

    @Test func `results that cannot be written end with 74 before anything runs`() throws {
        try folder.write(scenario(), to: "tiny.json")
        let outcome = try dsim.run("run", "tiny.json", "--out", "tiny.json/results")
        #expect(outcome.status == 74)
        #expect(outcome.errors == "dsim: cannot make the folder tiny.json: Not a directory\n")
        #expect(outcome.output.isEmpty)
    }

    @Test func `scenarios are checked and told in words`() throws {
        let file = Dsim.root.appending(path: "Scenarios/quick.json").path
        let outcome = try dsim.run("scenario", file)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.hasPrefix("\(file): fine\n\n- 30 storage nodes in 3 failure domains"))
    }

    @Test func `many seeds give a line each and no results`() throws {
        try folder.write(scenario(), to: "tiny.json")
        let outcome = try dsim.run("run", "tiny.json", "--seeds", "3..7")
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 6)
        for (line, seed) in zip(lines, 3...7) { #expect(line.hasPrefix("seed \(seed): fine, ")) }
        #expect(lines.last == "5 of 5 seeds fine")
        #expect(!folder.exists("Results"))
        let written = try dsim.run("run", "tiny.json", "--seeds", "3..4", "--out", "o", "--quiet")
        #expect(written.status == 0 && written.output.isEmpty)
        #expect(folder.exists("o/seed-3/report.md") && folder.exists("o/seed-4/metrics.json"))
    }
}
