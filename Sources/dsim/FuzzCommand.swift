import ArgumentParser
import Foundation
import Platform
import Workbench

struct FuzzCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Draw scenarios, run them, and keep those that fail.",
        discussion: """
            Draws a small scenario from each seed, with faults, churn, settings and users, and runs it with \
            all oracles to its end. What fails is an oracle that was violated, a program that trapped, \
            and a run that does not end. Those that fail in the same way are one group, of which the \
            first is written as a scenario file that `dsim run` shows again. Expectations and faults \
            without effect are no failures.

            With --found, the scenarios of a folder run first: each must pass, but those that its \
            open.json lists must fail with the oracle that stands there. What they show is known, and \
            no failure of a search that follows; with --known, nor is what a search before took for known.

            A search counts which marks its scenarios reach: rare ways that the state machines take. \
            From the scenarios that reached rare ones come half of those that are drawn next, with \
            another world seed or one feature more or less. With --unsteered each seed draws its \
            own scenario, whatever others reached.

            Without --seeds they begin with a random one, which is printed. Ctrl-C ends the search, \
            writes what was found, and --resume goes on from there.

            \(ExitStatus.help)
            """)

    @Option(help: "Draw from each of these seeds, such as 1..500.")
    var seeds: SeedRange?

    @Option(help: "Stop after so many minutes. (default: when the seeds are done, else 1)")
    var minutes: Double?

    @Option(help: "Scenarios that run at a time, each in a process. (default: one a core)")
    var jobs: Int?

    @Option(
        name: [.customLong("out"), .short], help: "The folder for what was found.",
        completion: .directory)
    var out = "Found"

    @Flag(help: "Go on after the last seed that is in the folder.")
    var resume = false

    @Flag(help: "Draw from each seed alone, whatever marks other scenarios reached.")
    var unsteered = false

    @Option(
        help:
            "The search must reach every mark but those that this file lists, each with a reason.",
        completion: .file(extensions: ["json"]))
    var marks: String?

    @Flag(help: "Take away from the scenarios that are kept what they fail without.")
    var shrink = false

    @Option(
        help: "Run the scenarios of this folder; search only with --seeds, --minutes or --resume.",
        completion: .directory)
    var found: String?

    @Option(
        help: "Take for known what the search in this folder took for known.",
        completion: .directory)
    var known: String?

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    func validate() throws {
        try require(!resume || seeds == nil, "--resume and --seeds exclude each other.")
        if let minutes {
            try require(minutes > 0 && minutes <= 100_000, "--minutes is a number up to 100000.")
        }
        if let jobs { try require(1...1_024 ~= jobs, "--jobs is a number from 1 to 1024.") }
        try require(
            marks == nil || isSearch,
            "--marks is of a search: give --seeds, --minutes or --resume.")
        try require(
            !resume || !unsteered, "--resume goes on as the search began; leave --unsteered out.")
        try require(!out.isEmpty, "--out needs the path of a folder.")
    }

    func report() async throws -> ExitStatus {
        let cancel = CancelFlag.whenInterrupted()
        let workers = FuzzWorkers(program: Dsim.program, cancel: cancel)
        let fuzzer = Fuzzer(
            jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, cancel: cancel,
            run: workers.run)
        var statuses: [ExitStatus] = []
        var known = try known.map { try FoundFolder($0).report().known } ?? []
        if let found {
            guard let outcome = try FoundScenarios(folder: found).run(by: fuzzer) else {
                return .interrupted
            }
            for (file, verdict) in outcome.verdicts where !quiet || !verdict.isFine {
                Output.standard(verdict.line(file: file))
            }
            known.formUnion(outcome.known)
            statuses.append(outcome.isFine ? .fine : .violated)
        }
        if isSearch { statuses.append(try search(fuzzer, known)) }
        return ExitStatus.worst(statuses)
    }

    private var isSearch: Bool { found == nil || seeds != nil || minutes != nil || resume }

    /// Those that were given, or all from a random one on: of 32 bits, which are quickly typed.
    private var drawnSeeds: ClosedRange<UInt64> {
        seeds?.seeds ?? (SystemRandom.word() >> 32)...FuzzReport.lastSeed
    }

    private func search(_ fuzzer: Fuzzer, _ known: Set<FuzzFinding>) throws -> ExitStatus {
        let rare = try marks.map { try RareMarks(file: $0) }
        let folder = try FoundFolder(out)
        var before =
            resume ? try folder.report() : FuzzReport(seeds: drawnSeeds, isSteered: !unsteered)
        before.known.formUnion(known)
        if !quiet { Output.error("from seed \(before.next) on\n") }
        let standard = before.last == FuzzReport.lastSeed ? 1 : Double.infinity
        let display = FuzzDisplay(before, folder, isQuiet: quiet)
        let report = try fuzzer.run(
            before, seconds: (minutes ?? standard) * 60, observe: display.show)
        display.clear()
        try folder.write(report, groupsFrom: before.groups.count)
        if !quiet { Output.standard(report.text(folder: folder.path, before: before)) }
        let shortcomings = fuzzer.cancel.isSet ? [] : report.shortcomings(rare: rare)
        for shortcoming in shortcomings { Output.standard(shortcoming + "\n") }
        let new = report.new
        if shrink { try fuzzer.shrink(new) { try folder.write($0, of: $1) } }
        return ExitStatus.worst([
            new.isEmpty ? .fine : .violated, shortcomings.isEmpty ? .fine : .expectationsNotMet,
            fuzzer.cancel.isSet ? .interrupted : .fine,
        ])
    }
}
