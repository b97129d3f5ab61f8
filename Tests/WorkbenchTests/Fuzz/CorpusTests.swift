import Foundation
import Observation
import Roles
import Simulation
import Synchronization
import Testing

@testable import Workbench

struct CorpusTests {
    /// An outcome that reached marks.
    private func reaching(_ marks: Mark...) -> FuzzOutcome {
        var outcome = FuzzOutcome(FuzzFinding(oracle: "", site: ""))
        outcome.findings = []
        outcome.marks = marks.map(\.name)
        return outcome
    }

    /// What a search over made-up scenarios asked for: those whose run is a multiple of 7 reach a rare mark.
    private func requests(
        _ report: FuzzReport, jobs: Int
    ) throws -> (lines: Set<String>, report: FuzzReport) {
        let lines = Mutex<Set<String>>([])
        let report = try Fuzzer(jobs: jobs, cancel: CancelFlag()) { request, _ in
            lines.withLock { _ = $0.insert(request.line) }
            let run =
                switch request {
                case .seed(let seed): seed
                case .scenario(let scenario): scenario.configuration.seed
                }
            if run % 3 == 0 { Thread.sleep(forTimeInterval: 0.001) }
            return run % 7 == 0 ? reaching(.leaseLost, .nobodyHolds) : reaching(.leaseLost)
        }.run(report)
        return (lines.withLock { $0 }, report)
    }

    @Test func `the same seeds ask for the same, however many run at a time`() throws {
        let one = try requests(FuzzReport(seeds: 5...120), jobs: 1)
        let four = try requests(FuzzReport(seeds: 5...120), jobs: 4)
        #expect(one.lines == four.lines && one.lines.count == 116)
        #expect(one.report.corpus == four.report.corpus)
        #expect(one.lines.count { $0.hasPrefix("seed ") } < 100)
    }

    @Test func `a search that goes on asks for what it would have asked for`() throws {
        let whole = try requests(FuzzReport(seeds: 1...100), jobs: 2)
        var report = FuzzReport(seeds: 1...100)
        for seed in 1...50 as ClosedRange<UInt64> {
            let run = try #require(report.drawing(for: seed)).run
            report.take(run % 7 == 0 ? reaching(.leaseLost, .nobodyHolds) : reaching(.leaseLost))
        }
        let state = try JSONDecoder().decode(
            FuzzReport.self, from: try JSONEncoder().encode(report))
        let rest = try requests(state, jobs: 3)
        #expect(rest.report.corpus == whole.report.corpus)
        #expect(rest.lines.isSubset(of: whole.lines) && rest.lines.count == 50)
    }

    @Test func `each seed alone draws its own scenario where that is wanted`() throws {
        let alone = try requests(FuzzReport(seeds: 1...100, isSteered: false), jobs: 2)
        #expect(alone.lines == Set((1...100).map { "seed \($0)" }))
    }

    @Test func `half of what is drawn are neighbours of what reached a rare mark`() {
        var corpus = Corpus()
        #expect((0..<100).allSatisfy { corpus.next($0) == Drawing(seed: $0) })
        for seed in 0..<90 as Range<UInt64> {
            corpus.take([Mark.leaseLost.name], Drawing(seed: seed), number: seed)
        }
        corpus.take(
            [Mark.leaseLost.name, Mark.nobodyHolds.name], Drawing(seed: 90), number: 90)
        #expect(corpus.byRarity == [.nobodyHolds, .leaseLost])
        let drawn = (100..<1_100).map { corpus.next($0) }
        let neighbours = drawn.filter { !$0.isPlain }
        #expect(400...600 ~= neighbours.count)
        #expect(Set(drawn.map(\.run)).count == 1_000)
        // The one that reached the rare mark is drawn from as often as the others together.
        #expect(neighbours.count { $0.seed == 90 } > neighbours.count / 3)
        let flipped = neighbours.filter { !$0.flipped.isEmpty }
        #expect(150...350 ~= flipped.count)
        #expect(Set(flipped.flatMap(\.flipped)).isSubset(of: ScenarioDrawer.optional))
    }

    @Test func `a neighbour is its parent but for its seed and what was flipped`() throws {
        let parent = ScenarioDrawer.scenario(seed: 11).configuration
        var same = ScenarioDrawer.scenario(Drawing(seed: 11, run: 500)).configuration
        #expect(same.seed == 500 && same.name == "fuzz-11-500")
        (same.seed, same.name) = (parent.seed, parent.name)
        #expect(same == parent)
        let fault = try #require(parent.faults.first?.name)
        #expect(ScenarioDrawer.optional.contains(fault))
        let without = ScenarioDrawer.scenario(Drawing(seed: 11, flipped: [fault]))
        #expect(without.configuration.faults == Array(parent.faults.dropFirst()))
        var twice = Drawing(seed: 11)
        twice.flip(fault)
        twice.flip(fault)
        #expect(twice == Drawing(seed: 11))
    }

    // MARK: What must be reached

    private func rare(_ text: String) throws -> RareMarks {
        let path = FileManager.default.temporaryDirectory.path + "/marks-\(UUID()).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try RareMarks(file: path)
    }

    @Test func `a mark that is not reached is told, unless it need not be`() throws {
        var report = FuzzReport(seeds: 1...1_000)
        for mark in Mark.allCases where mark != .leaseLost && mark != .diedUnheard {
            report.take(reaching(mark))
        }
        #expect(report.shortcomings(rare: nil).isEmpty)
        let listed = try rare(#"[{"mark": "diedUnheard", "reason": "takes days"}]"#)
        #expect(
            report.shortcomings(rare: listed)
                == ["NOT REACHED leaseLost: \(Mark.leaseLost.words)"])
        let text = report.text(folder: "")
        #expect(
            text.contains("marks reached: \(Mark.allCases.count - 2) of \(Mark.allCases.count)"))
        #expect(text.contains("  diedUnheard: never ("))
        report.take(reaching(.leaseLost))
        #expect(report.shortcomings(rare: listed).isEmpty)
    }

    @Test(arguments: ["nothing", #"[{"mark": "leaseLost"}]"#, #"[{"mark": "x", "reason": "y"}]"#])
    func `a wrong list of marks is refused`(text: String) {
        #expect(throws: ScenarioError.self) { try rare(text) }
    }

    @Test func `marks that are new since a search went on are told`() {
        var before = FuzzReport(seeds: 1...10)
        before.take(reaching(.leaseLost))
        var after = before
        after.take(reaching(.leaseLost, .nobodyHolds))
        #expect(after.text(folder: "", before: before).contains("  new: nobodyHolds\n"))
    }

    @Test func `an oracle that looked at nothing in many scenarios is told`() {
        var report = FuzzReport(seeds: 1...1_000)
        var outcome = reaching()
        for name in Oracles.Name.allCases where name != .ownerOnly {
            outcome.checks[name.rawValue] = 1
        }
        for _ in 0..<99 { report.take(outcome) }
        #expect(report.shortcomings(rare: nil).isEmpty)
        report.take(outcome)
        #expect(report.shortcomings(rare: nil) == ["BLIND owner-only: never could fail"])
        outcome.checks["owner-only"] = 1
        report.take(outcome)
        #expect(report.shortcomings(rare: nil).isEmpty)
    }
}
