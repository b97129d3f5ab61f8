package import Foundation

/// The built program as a client, in a folder of its own.
package struct Program: Sendable {
    /// What a run of it left.
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package let folder: URL
    package var environment: [String: String]

    /// In a folder that somebody else keeps, at no backend.
    package init(folder: URL) {
        self.folder = folder
        environment = [
            "PATH": "/usr/bin:/bin", "COLUMNS": "80", "LANG": "C.UTF-8",
            "HOME": folder.appending(path: "home").path,
        ]
    }

    /// Runs it to its end. `whenStarted` is handed the process.
    package func run(
        _ arguments: String..., input: String? = nil,
        whenStarted: @Sendable (Process) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        try await run(all: arguments, input: input, whenStarted: whenStarted)
    }

    package func run(
        all arguments: [String], input: String? = nil,
        whenStarted: @Sendable (Process) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = Spawning.dsim
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        let scratch = FileManager.default.temporaryDirectory
        let files = ["in", "out", "err"].map {
            scratch.appending(path: "program-\(UUID().uuidString).\($0)")
        }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        for file in files { try Data((input ?? "").utf8).write(to: file) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try Self.empty(files[1])
        process.standardError = try Self.empty(files[2])
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try Spawning.start(process)
        try await whenStarted(process)
        for await _ in ended {}
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }

    private static func empty(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}
