import Foundation
import Testing

@Suite struct CrashPointsCommandTests {
    private let folder: TemporaryFolder
    private let dsim: Dsim
    private let scenario = Dsim.root.appending(path: "Scenarios/crashpoints.json").path

    init() throws {
        folder = try TemporaryFolder()
        dsim = Dsim(folder: folder.url)
    }

    @Test func `a search tells what was tried and what was found`() throws {
        let outcome = try dsim.run(
            "crashpoints", scenario, "--node", "1", "--sample", "20", "--for", "5")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("crashpoints, seed 1: node 1 changed or synced its disk "))
        #expect(outcome.output.contains("  tried       20 of "), "\(outcome)")
        #expect(outcome.output.contains("  violations  0\n"), "\(outcome)")
    }

    @Test(arguments: [
        ["--node", "-1"], ["--node", "4"], ["--sample", "0"], ["--draws", "0"], ["--for", "0"],
        ["--jobs", "0"],
    ])
    func `a wrong command line ends with 64`(arguments: [String]) throws {
        #expect(try dsim.run(["crashpoints", scenario] + arguments).status == 64)
    }

    @Test func `a scenario that is not there ends with 66`() throws {
        #expect(try dsim.run("crashpoints", "none.json").status == 66)
    }
}
