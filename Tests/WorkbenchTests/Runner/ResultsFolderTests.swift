import Foundation
import Platform
import Primitives
import Testing

@testable import Workbench

@Suite final class ResultsFolderTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "results-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test func `all files are written into a folder that is made`() throws {
        let path = folder.appending(path: "a/b").path
        let timing = RunTiming(wallSeconds: 2, events: 10, peakMemoryBytes: 4_096)
        try ResultsFolder(path + "/").write(SampleRun.result(), timing, command: "x")
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names == ["metrics.json", "report.md", "timeseries.csv", "timing.json"])
        #expect(
            try String(contentsOfFile: path + "/timing.json", encoding: .utf8) == """
                {
                  "wallSeconds": 2,
                  "eventsPerSecond": 5,
                  "peakMemoryBytes": 4096
                }

                """)
    }

    @Test func `a file is replaced as a whole`() throws {
        let results = ResultsFolder(folder.path)
        try results.write("a long first text", to: "report.md")
        try results.write("second", to: "report.md")
        #expect(try text("report.md") == "second")
        #expect(names == ["report.md"])
    }

    @Test func `a full disk is told and leaves the old file alone`() throws {
        let results = ResultsFolder(folder.path)
        try results.write("old", to: "report.md")
        // The temporary file leads to a device that is always full.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/.report.md.\(getpid()).tmp", withDestinationPath: "/dev/full")
        let error = #expect(throws: SystemError.self) {
            try results.write("new", to: "report.md")
        }
        #expect(error?.code == ENOSPC)
        #expect(
            error?.description == "cannot write \(folder.path)/report.md: No space left on device")
        #expect(try text("report.md") == "old")
        #expect(names == ["report.md"])
    }

    @Test func `a folder in the way is told`() throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "report.md"), withIntermediateDirectories: false)
        let error = #expect(throws: SystemError.self) {
            try ResultsFolder(folder.path).write("new", to: "report.md")
        }
        #expect(error?.path == folder.path + "/report.md")
        #expect(names == ["report.md"])
    }

    @Test func `a file in place of a folder is told`() throws {
        try "x".write(to: folder.appending(path: "file"), atomically: true, encoding: .utf8)
        let error = #expect(throws: SystemError.self) {
            try ResultsFolder(folder.path + "/file/results").create()
        }
        #expect(error?.code == ENOTDIR)
        #expect(error?.path == folder.path + "/file")
    }

    @Test func `the command of a report does not tell where the project lies`() {
        func command(_ path: String) -> String { ScenarioFile.command(path: path, seed: 7) }
        let expected = "Scripts/dsim run Scenarios/quick.json --seed 7"
        #expect(command("/somewhere/DecentraStore/Scenarios/quick.json") == expected)
        #expect(command("Scenarios/../Scenarios/quick.json") == expected)
        #expect(command("/home/me/mine.json") == "Scripts/dsim run mine.json --seed 7")
    }
}
