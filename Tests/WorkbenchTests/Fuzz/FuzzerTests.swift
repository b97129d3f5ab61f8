import Foundation
import Observation
import Primitives
import Synchronization
import Testing

@testable import Roles
@testable import Simulation
@testable import Workbench

struct FuzzerTests {
    private let cancel = CancelFlag()

    /// A fuzzer whose outcomes are made up.
    private func fuzzer(
        jobs: Int = 3, _ outcome: @escaping @Sendable (UInt64) throws -> FuzzOutcome?
    ) -> Fuzzer {
        Fuzzer(jobs: jobs, cancel: cancel) { request, _ in
            guard case .seed(let seed) = request else { return nil }
            return try outcome(seed)
        }
    }

    private func failing(_ findings: FuzzFinding...) -> FuzzOutcome {
        var outcome = FuzzOutcome(trap)
        outcome.findings = findings
        outcome.events = 10
        outcome.simulatedSeconds = 3_600
        return outcome
    }

    private let lost = FuzzFinding(oracle: "durability", site: "file # is lost")
    private let trap = FuzzFinding(oracle: "trap", site: "overflow, World.swift:7")

    @Test func `numbers, names and times of a message make no group of their own`() {
        let first = FuzzFinding(
            oracle: "ledger",
            said: "at 12.5 s: backend 0 counts on chunk 0a1b on peer 7, which does not")
        let second = FuzzFinding(
            oracle: "ledger",
            said: "at 3.0 s: backend 1 counts on chunk ff00 on peer 12, which does not")
        #expect(first == second)
        #expect(first.site == "backend # counts on chunk # on peer #, which does not")
    }

    @Test
    func `failures are grouped, counted, and named by the first seed in whatever order they come`()
        throws
    {
        let (lost, trap) = (lost, trap)
        let report = try fuzzer { seed in
            // Later seeds are done earlier.
            if seed % 3 == 1 { Thread.sleep(forTimeInterval: 0.002) }
            return switch seed {
            case 4, 7: failing(lost)
            case 5: failing(lost, trap)
            default: failing()
            }
        }.run(FuzzReport(seeds: 1...9))
        #expect(report.groups.map(\.finding) == [lost, trap])
        #expect(report.groups.map(\.count) == [3, 1])
        #expect(report.groups.map(\.file) == ["durability-4.json", "trap-5.json"])
        #expect(report.scenarios == 9 && report.next == 10)
    }

    @Test func `a run that was cancelled goes on after the last seed that is done`() throws {
        let seen = Mutex<[UInt64]>([])
        let (cancel, lost) = (cancel, lost)
        let whole = fuzzer { seed in
            seen.withLock { $0.append(seed) }
            if seed == 6 { cancel.set() }
            return cancel.isSet ? nil : failing(lost)
        }
        let before = try whole.run(FuzzReport(seeds: 1...20))
        #expect(before.next <= 6)
        seen.withLock { $0 = [] }
        let rest = try Fuzzer(jobs: 2, cancel: CancelFlag()) { request, _ in
            guard case .seed(let seed) = request else { return nil }
            seen.withLock { $0.append(seed) }
            return failing(lost)
        }.run(before)
        #expect(seen.withLock { $0.sorted() } == Array(before.next...20))
        #expect(
            rest.groups == [.init(finding: lost, count: 20, first: 1, drawing: Drawing(seed: 1))])
    }

    @Test func `a worker that cannot run ends the search with its error`() {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try fuzzer { seed in
                if seed == 3 { throw Broken() }
                return failing()
            }.run(FuzzReport(seeds: 1...1_000_000))
        }
    }

    @Test func `time that is over ends the search`() throws {
        let report = try fuzzer { _ in failing() }
            .run(FuzzReport(seeds: 1...(.max - 1)), seconds: 0.05)
        #expect(report.groups.isEmpty && report.wallSeconds < 5)
    }

    @Test func `what was found is on disk, and is the state to go on from`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/found-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try FoundFolder(path)
        #expect(throws: (any Error).self) { try folder.report() }
        var report = FuzzReport(seeds: 8...99)
        report.take(failing())
        report.take(failing(lost))
        try folder.write(report, groupsFrom: 0)
        #expect(try folder.report() == report)
        let bytes = try ScenarioFile.read("\(path)/durability-9.json")
        let scenario = try Scenario(json: bytes, file: "durability-9.json")
        #expect(scenario.configuration == ScenarioDrawer.scenario(seed: 9).configuration)
        #expect(scenario.description == "durability: file # is lost")
    }

    // MARK: Planted bugs

    private typealias Sabotage = @Sendable (PeerID, inout Effects) -> Void

    private func search(
        _ oracle: String, seeds: ClosedRange<UInt64>, _ sabotage: @escaping Sabotage
    )
        throws -> FuzzReport
    {
        let report = try Fuzzer(jobs: 2, cancel: cancel) { request, _ in
            guard case .seed(let seed) = request else { return nil }
            return FuzzOutcome(running: ScenarioDrawer.scenario(seed: seed)) {
                $0.environment.sabotage = sabotage
            }
        }.run(FuzzReport(seeds: seeds)) { report in
            if report.groups.contains(where: { $0.finding.oracle == oracle }) { cancel.set() }
        }
        #expect(
            report.groups.contains { $0.finding.oracle == oracle }, "\(report.text(folder: ""))")
        return report
    }

    @Test func `nodes that acknowledge what is not durable are found within a few seeds`() throws {
        _ = try search("durable-acknowledgement", seeds: 1...8) { _, effects in
            for request in effects.disk {
                guard case .write(_, let stored, _) = request,
                    stored.owner.raw <= UInt32.max
                else { continue }
                let answer = StoreAnswer(chunk: stored.chunk, outcome: .stored)
                effects.answer(.node(.store(answer)), to: stored.owner, call: .none)
            }
        }
    }

    @Test func `nodes that never copy are found within a few seeds`() throws {
        _ = try search("redundancy-restored", seeds: 1...16) { _, effects in
            effects.sends.removeAll {
                if case .request(.node(.copy)) = $0.message { true } else { false }
            }
        }
    }

    @Test func `a run that does not end is said to spin`() {
        let outcome = FuzzOutcome(
            running: ScenarioDrawer.scenario(seed: 1), mostEvents: 1_000)
        #expect(
            outcome.findings == [FuzzFinding(oracle: "spins", site: "more than 1000 events")])
        #expect(outcome.events == 1_000)
    }

    @Test func `what a scenario fails without is taken away`() throws {
        let scenario = ScenarioDrawer.scenario(seed: 11)
        let fault = try #require(scenario.configuration.faults.first)
        let lost = lost
        // It fails as long as it has that fault and two users.
        let shrinker = Shrinker { scenario in
            let fails =
                scenario.configuration.faults.contains(fault)
                && scenario.configuration.topology.users > 1
            return fails ? FuzzOutcome(lost) : failing()
        }
        let small = try shrinker.shrink(scenario, lost)
        #expect(small.configuration.faults == [fault])
        #expect(small.configuration.topology.users == scenario.configuration.topology.users)
        #expect(small.configuration.workload.files == 0)
        #expect(small.configuration.topology.backends == 1)
        #expect(small.text.count < scenario.text.count / 2, "\(small.text)")
    }

    @Test func `a cancelled shrinking keeps what it has reached`() throws {
        let scenario = ScenarioDrawer.scenario(seed: 11)
        #expect(try Shrinker { _ in nil }.shrink(scenario, lost) == scenario)
    }

    // MARK: Workers

    @Test func `a request is the line that it is sent as`() {
        var scenario = ScenarioDrawer.scenario(seed: 5)
        scenario.description = "\"quoted\" and \\ more"
        for request in [FuzzRequest.seed(.max), .scenario(scenario)] {
            #expect(!request.line.contains("\n"))
            #expect(FuzzRequest(line: request.line) == request)
        }
        #expect(FuzzRequest(line: "seed") == nil && FuzzRequest(line: "seed -1") == nil)
    }

    @Test(arguments: [(15, []), (11, [FuzzFinding(oracle: "trap", site: "signal 11")])])
    func `a worker that somebody ended is no find, and its scenario runs again`(
        signal: Int, findings: [FuzzFinding]
    ) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/worker-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let answer = String(decoding: try JSONEncoder().encode(failing()), as: UTF8.self)
        let script = """
            #!/bin/sh
            read request
            [ -e \(folder)/ran ] || { touch \(folder)/ran; kill -\(signal) $$; }
            echo '\(answer)'
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: folder + "/worker"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: folder + "/worker")
        let workers = FuzzWorkers(program: folder + "/worker", cancel: cancel)
        #expect(try workers.run(.seed(1), slot: 0)?.findings == findings)
    }

    @Test func `a trap is told by its reason and place in any kind of build`() {
        let release = """

            *** Signal 4: Backtracing from 0x5611af9ebd2a... done ***

            *** Swift runtime failure: arithmetic overflow ***

            Thread 0 "dsim" crashed:

              0 [inlined] [system] 0x00005611af9ebd2a Swift runtime failure: arithmetic overflow in dsim at //<compiler-generated>
              1                    0x00005611af9ebd2a World.run(until:) + 10 in dsim at /a/World.swift:17:42

            Backtrace took 0.00s
            """
        #expect(
            TrapReport.finding(signal: 4, errors: release)
                == FuzzFinding(oracle: "trap", site: "arithmetic overflow, World.swift:17"))
        #expect(
            TrapReport.finding(
                signal: 5, errors: "Simulation/World.swift:3: Fatal error: a sum overflows\n")
                == FuzzFinding(oracle: "trap", site: "a sum overflows"))
        #expect(
            TrapReport.finding(signal: 11, errors: "")
                == FuzzFinding(oracle: "trap", site: "signal 11"))
    }
}
