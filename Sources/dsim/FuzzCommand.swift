import ArgumentParser
import Foundation
import Platform
import Workbench

struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Draw scenarios, run them, and keep those that fail.",
        discussion: """
            Draws a small scenario from each seed, with faults, churn, settings and users, and runs it with \
            all oracles to its end. What fails is an oracle that was violated, a program that trapped, \
            and a run that does not end. Those that fail in the same way are one group, of which the \
            first is written as a scenario file that `dsim run` shows again. Expectations and faults \
            without effect are no failures.

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

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    func validate() throws {
        if resume && seeds != nil {
            throw ValidationError("--resume and --seeds exclude each other.")
        }
        if let minutes {
            guard minutes > 0, minutes <= 100_000 else {
                throw ValidationError("--minutes is a number up to 100000.")
            }
        }
        if let jobs {
            guard 1...1_024 ~= jobs else {
                throw ValidationError("--jobs is a number from 1 to 1024.")
            }
        }
        if out.isEmpty { throw ValidationError("--out needs the path of a folder.") }
    }

    func run() throws {
        try reporting {
            let folder = try FoundFolder(out)
            let report = resume ? try folder.report() : FuzzReport(seeds: drawnSeeds)
            let cancel = CancelFlag()
            let interruptions = Interruptions(cancel)
            defer { withExtendedLifetime(interruptions) {} }
            return try search(report, folder, cancel)
        }
    }

    /// Those that were given, or all from a random one on: of 32 bits, which are quickly typed.
    private var drawnSeeds: ClosedRange<UInt64> {
        seeds?.seeds ?? (SystemRandom.word() >> 32)...(UInt64.max - 1)
    }

    private func search(_ before: FuzzReport, _ folder: FoundFolder, _ cancel: CancelFlag) throws
        -> ExitStatus
    {
        if !quiet { Output.error("from seed \(before.next) on\n") }
        let workers = FuzzWorkers(program: Dsim.program, cancel: cancel)
        let fuzzer = Fuzzer(
            jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount, cancel: cancel,
            run: workers.run)
        let isEndless = seeds == nil && !(resume && before.last < UInt64.max - 1)
        let limit = minutes ?? (isEndless ? 1 : .infinity)
        let display = FuzzDisplay(before, folder, isQuiet: quiet)
        let report = try fuzzer.run(before, seconds: limit * 60, observe: display.show)
        display.clear()
        try folder.write(report, groupsFrom: before.groups.count)
        if !quiet { Output.standard(report.text(folder: folder.path)) }
        let found: ExitStatus = report.groups.isEmpty ? .fine : .violated
        return ExitStatus.worst([found, cancel.isSet ? .interrupted : .fine])
    }
}
