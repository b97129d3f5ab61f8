import ArgumentParser
import Workbench

struct LiveBenchCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Measure a store of separate processes on this machine's loopback.",
        discussion: """
            Starts a discovery, nodes and a backend with temporary data folders, puts and gets random \
            files over HTTP, and prints throughput, processor seconds of all processes together a \
            gigabyte, and the latency of single files. Every replica is on this machine's disk.
            """)

    @Option(help: "How many nodes.")
    var nodes = 5

    @Option(help: "Do so many times the work; the usual figures are at 1.")
    var scale = 1.0

    @Option(
        help: ArgumentHelp(
            "Also put one file of so many GB, for the backend's memory; it takes four times as much "
                + "room on the disk.", valueName: "GB"))
    var largeFile = 0

    @Option(
        help: ArgumentHelp(
            "Also start a node that has so many chunks on its disk.", valueName: "count"))
    var nodeChunks = 0

    func validate() throws {
        try require(3...64 ~= nodes, "--nodes is a number from 3 to 64.")
        try require(0...1_000 ~= largeFile, "--large-file is a number of GB from 0 to 1000.")
        try require(0...100_000_000 ~= nodeChunks, "--node-chunks is a number from 0 to 100000000.")
        try require(0.01...1_000 ~= scale, "--scale is a number from 0.01 to 1000.")
    }

    var advice: String? { "Its servers are stopped and their data is removed." }

    func report() async throws -> ExitStatus {
        var benchmark = LiveBenchmark(program: Dsim.program)
        benchmark.nodes = nodes
        benchmark.scale = scale
        benchmark.largeFileGigabytes = largeFile
        benchmark.nodeChunks = nodeChunks
        let rows = try await benchmark.run { row in
            Output.error("\(row.work): \(Int(row.figure.rounded())) \(row.unit)\n")
        }
        Output.standard(LiveBenchmark.table(rows))
        return .fine
    }
}
