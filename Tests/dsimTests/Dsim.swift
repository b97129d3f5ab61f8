import Foundation
import Spawning
import Testing

/// The built program, run as a process of its own.
struct Dsim {
    /// What a run of it left.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The project's folder.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where it is started.
    let folder: URL
    var environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "80", "LANG": "C.UTF-8"]

    /// Runs it to its end.
    func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    func run(_ arguments: [String]) throws -> Outcome {
        try start(arguments).finish()
    }

    /// Starts it; outputs go to files, so that no pipe can fill up.
    func start(_ arguments: [String], errors: FileHandle? = nil) throws -> Running {
        let process = Process()
        process.executableURL = Spawning.dsim
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let identifier = UUID().uuidString
        let files = ["out", "err"].map { folder.appending(path: ".\($0)-\(identifier)") }
        for file in files { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try errors ?? FileHandle(forWritingTo: files[1])
        try Spawning.start(process)
        return Running(process: process, output: files[0], errors: files[1])
    }

    struct Running {
        let process: Process
        let output: URL
        let errors: URL

        func finish() throws -> Outcome {
            process.waitUntilExit()
            defer {
                try? FileManager.default.removeItem(at: output)
                try? FileManager.default.removeItem(at: errors)
            }
            return Outcome(
                status: process.terminationStatus,
                output: try String(contentsOf: output, encoding: .utf8),
                errors: try String(contentsOf: errors, encoding: .utf8))
        }
    }
}

/// A folder that lasts as long as a test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dsim-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws {
        try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: url.appending(path: name), encoding: .utf8)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
}
