import ArgumentParser
import Foundation
import Primitives
import Simulation
import Workbench

struct CrashPointsCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashpoints",
        abstract: "Have the power of a node or backend fail at every write and sync of its disk.",
        discussion: """
            Runs a scenario whose nodes keep their chunks in the chunk store of real nodes, on a simulated \
            file system. Before every change and every sync of one node's disk it copies the world, \
            has the power fail there, keeps any of the blocks and names that were not synced, starts \
            the node again, and lets the copy go on, watched by all oracles. With --backend it does so \
            before every append to a backend's ledger and every sync, of which the block may last or not; \
            nodes then have the disks that the scenario says.

            Tries all points, or, where there are more than --sample, as many that are drawn with the \
            scenario's seed. Ctrl-C ends the search and tells what is known.

            \(ExitStatus.help)
            """)

    @Argument(help: "The scenario, a JSON file.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The node, by its place among those that the world begins with. (default: 0)")
    var node: Int?

    @Option(help: "The backend instead, likewise.")
    var backend: Int?

    @Option(help: "Points to try at most.")
    var sample = 1_000

    @Option(help: "How often at each point, each time with other blocks and names that last.")
    var draws = 1

    @Option(name: .customLong("for"), help: "Simulated minutes that a world goes on afterwards.")
    var minutes = 60.0

    @Option(help: "Run with this seed instead of the scenario's.")
    var seed: UInt64?

    @Option(help: "Worlds that go on at a time. (default: one a core)")
    var jobs: Int?

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    func validate() throws {
        try require(node ?? 0 >= 0, "--node is a number from 0 on.")
        try require(backend ?? 0 >= 0, "--backend is a number from 0 on.")
        try require(node == nil || backend == nil, "Give --node or --backend, not both.")
        try require(1...100_000_000 ~= sample, "--sample is a number from 1 on.")
        try require(1...1_000 ~= draws, "--draws is a number from 1 to 1000.")
        try require(
            minutes > 0 && minutes <= 1_000_000, "--for is a number of minutes up to 1000000.")
        if let jobs { try require(1...1_024 ~= jobs, "--jobs is a number from 1 to 1024.") }
    }

    func report() async throws -> ExitStatus {
        var scenario = try Scenario(json: ScenarioFile.read(file), file: file)
        if let seed { scenario.configuration.seed = seed }
        let topology = scenario.configuration.topology
        try require(
            node ?? 0 < topology.nodes,
            "--node is \(node ?? 0), and the scenario begins with \(topology.nodes) nodes.")
        try require(
            backend ?? 0 < topology.backends,
            "--backend is \(backend ?? 0), and the scenario has \(topology.backends).")
        let cancel = CancelFlag.whenInterrupted()
        var search = CrashPoints(scenario, of: backend.map { .backend($0) } ?? .node(node ?? 0))
        search.sample = sample
        search.draws = draws
        search.goingOn = Duration(seconds: minutes * 60)
        search.jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
        search.cancel = cancel
        var display = ProgressDisplay()
        let report = search.run { report in
            guard !quiet else { return }
            display.show(report.line, wallSeconds: report.wallSeconds)
        }
        display.clear()
        if !quiet || !report.isFine { Output.standard(report.text) }
        if !report.isFine { return .violated }
        return cancel.isSet ? .interrupted : .fine
    }
}
