import Foundation
import Testing

/// Ctrl-C, and what a terminal sees. One after the other: they look at wall time.
@Suite(.serialized) struct InterruptionTests {
    private let folder: TemporaryFolder
    private let dsim: Dsim

    init() throws {
        folder = try TemporaryFolder()
        dsim = Dsim(folder: folder.url)
        // Years of heartbeats: nobody waits for its end.
        try folder.write(
            """
            {"name": "endless", "duration": "40y", "sampleInterval": "1d",
             "oracleInterval": "1y", "topology": {"nodes": 100}, "workload": {"files": 1},
             "expect": {"durability.filesAcknowledged": {"min": 9}}}
            """, to: "endless.json")
    }

    /// Waits until the run has made its results folder: from then on it listens.
    private func waitUntilListening() throws {
        for _ in 0..<600 {
            if folder.exists("Results/endless") { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("the run did not begin")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupted run writes what is known, marked incomplete`(signal: Int32) throws {
        let running = try dsim.start(["run", "endless.json"])
        try waitUntilListening()
        kill(running.process.processIdentifier, signal)
        let outcome = try running.finish()
        #expect(running.process.terminationReason == .exit)
        #expect(outcome.status == 130, "\(outcome)")
        #expect(outcome.output.contains("INTERRUPTED\n"))
        #expect(try folder.read("Results/endless/metrics.json").contains("\"complete\": false"))
        #expect(try folder.read("Results/endless/report.md").contains("> **Incomplete.**"))
    }

    @Test func `a terminal sees one line that is taken away at the end`() throws {
        var (master, slave): (Int32, Int32) = (0, 0)
        var size = winsize(ws_row: 24, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&master, &slave, nil, nil, &size) == 0)
        defer { close(master) }
        var dsim = dsim
        dsim.environment["TERM"] = "xterm"
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        let running = try dsim.start(["run", "endless.json"], errors: terminal)
        close(slave)
        let seen = try readScreen(master, lines: 4)
        kill(running.process.processIdentifier, SIGINT)
        let rest = try readScreen(master, lines: nil)
        _ = try running.finish()
        let lines = (seen + rest).components(separatedBy: "\r\u{1B}[2K")
        #expect(lines.count >= 5)
        #expect(lines[0].isEmpty, "the first line is drawn over nothing")
        for line in lines.dropFirst().dropLast() {
            #expect(line.hasPrefix("endless 0 %: "), "\(line)")
            #expect(line.count <= 59 && !line.contains("\n"), "\(line)")
        }
        #expect(lines.last == "", "the last line is taken away")
    }

    /// What arrives on a terminal until so many lines were drawn, or until nobody writes any more.
    private func readScreen(_ terminal: Int32, lines: Int?) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(terminal, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            if let lines, text.components(separatedBy: "\r\u{1B}[2K").count > lines { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
