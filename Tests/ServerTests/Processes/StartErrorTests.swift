import Foundation
import NIOCore
import Platform
import Primitives
import Roles
import Spawning
import Testing

@testable import Server
@testable import Storage

/// What whoever starts a server is told when it does not start.
@Suite struct StartErrorTests {
    private let warden: Warden
    private let dsim: Program

    init() throws {
        warden = try Warden()
        var program = Program(folder: warden.folder)
        program.environment["SWIFT_BACKTRACE"] = "enable=no"
        program.environment["JOIN_TOKEN"] = ProcessNetwork.token
        dsim = program
    }

    /// One sentence on standard error, nothing else, and the code.
    private func expect(
        _ status: Int32, _ sentence: String, _ arguments: [String], from program: Program? = nil
    ) async throws {
        let quiet = ["serve", "--log-level", "error"]
        let outcome = try await (program ?? dsim).run(all: quiet + arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome)")
        #expect(outcome.errors == "dsim: \(sentence)\n")
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [
        (
            ["--role", "node", "--heartbeat-interval", "3x"],
            "--heartbeat-interval is '3x'; allowed: a duration from \"1ms\" to \"50y\", such as \"30s\"."
        ),
        (
            ["--role", "node", "--upload-expiry", "2h"],
            "--orphan-grace \"2h\" is not longer than --upload-expiry \"2h\"; allowed: longer."
        ),
        (
            ["--role", "node", "--replica", "2"],
            "There is no setting '--replica'; did you mean --replicas?"
        ),
        (
            ["--role", "node", "--host", "192.0.2.1"],
            "192.0.2.1 is not an address of this machine: give --host one that is."
        ),
        (
            ["--role", "backend", "--database-url", "mysql://ada:secret@db/x"],
            "The database URL names a mysql database, but only SQLite is supported: write "
                + "sqlite:///users.db, or sqlite:////absolute/path.db."
        ),
        (
            ["--role", "backend", "--secret-key", "too short"],
            "--secret-key is …; allowed: 16 characters or more."
        ),
        (
            ["--role", "node", "--tls-certificate", "a.pem"],
            "--tls-certificate and --tls-key belong together; allowed: both or neither."
        ),
    ])
    func `a wrong setting ends with 64`(arguments: [String], sentence: String) async throws {
        try await expect(64, sentence, arguments + ["--data", "data", "--port", port()])
    }

    @Test func `a file of settings that cannot be read ends with 66`() async throws {
        try await expect(
            66, "missing.conf cannot be read, or is not text. Check --config.",
            ["--config", "missing.conf"])
    }

    @Test func `a missing join token ends with 64`() async throws {
        var program = dsim
        program.environment["JOIN_TOKEN"] = nil
        try await expect(
            64,
            "--join-token or JOIN_TOKEN is needed: the same secret, of 16 characters or more, on "
                + "every server of the network.", ["--role", "node"], from: program)
        program.environment["JOIN_TOKEN"] = "hunter2"
        try await expect(
            64, "The environment variable JOIN_TOKEN is …; allowed: 16 characters or more.",
            ["--role", "node"], from: program)
    }

    @Test(arguments: ["discovery", "node", "backend", "all"])
    func `a port that is taken ends with 75`(role: String) async throws {
        let other = try await running()
        try await expect(
            75,
            "Another program listens on 127.0.0.1, port \(other.port): stop it, or choose another "
                + "--port.",
            ["--role", role, "--data", "mine", "--port", String(other.port)])
        await other.kill()
    }

    @Test func `a folder that is in use ends with 75 and leaves its owner alone`() async throws {
        let other = try await running()
        let outcome = try await dsim.run(
            "serve", "--role", "discovery", "--data", "theirs", "--port", port())
        #expect(outcome.status == 75)
        #expect(outcome.errors.contains("dsim: The data folder theirs is in use by process "))
        #expect(await other.isReady)
        await other.kill()
    }

    @Test func `a folder that is not the server's ends with 65`() async throws {
        let other = try await running()
        await other.kill()
        try await expect(
            65,
            "The data folder theirs belongs to a discovery, not to a node: name another folder.",
            ["--role", "node", "--data", "theirs", "--port", port()])
        try await expect(
            65,
            "\(warden.folder.path) is neither empty nor a data folder: name another folder, or an "
                + "empty one.",
            ["--role", "node", "--data", warden.folder.path, "--port", port()])
        let description = warden.folder.appending(path: "theirs/folder")
        try Data("DecentraStore data folder\nformat 9\n".utf8).write(to: description)
        try await expect(
            65,
            "The data folder theirs has format 9, and this program knows up to 1: use the newer "
                + "program that wrote it.",
            ["--role", "discovery", "--data", "theirs", "--port", port()])
    }

    @Test func `a database that is none ends with 65`() async throws {
        let file = warden.folder.appending(path: "users.db")
        try Data(repeating: 7, count: 5_000).write(to: file)
        try await expect(
            65,
            "The file \(file.path) is not a SQLite database: point DATABASE_URL elsewhere, or move "
                + "the file away.",
            [
                "--role", "backend", "--data", "data", "--database-url", "sqlite:///\(file.path)",
                "--port", port(),
            ])
    }

    /// A backend's folder and database as a start leaves them.
    private func started() throws -> (folder: DataFolder, database: String) {
        let folder = try DataFolder(
            path: warden.folder.appending(path: "data").path, purpose: .backend)
        _ = try folder.secret(named: "identity.key", byteCount: 32)
        return (folder, folder.path(of: "users.db"))
    }

    private static let advice =
        "though this backend ran before: put its disk or its back-up back, or mend --database-url; or "
        + "get its ledger and accounts back from its nodes: start it with --recover. To do without "
        + "its files and accounts, and begin an empty ledger under a new identity, start it once with "
        + "--new-ledger."

    @Test func `a backend whose database is gone ends with 65 and makes none`() async throws {
        let (folder, database) = try started()
        folder.release()
        let arguments = ["--role", "backend", "--data", folder.path, "--port", try port()]
        for _ in 0..<2 {
            try await expect(
                65, "The database \(database) is not there, \(Self.advice)", arguments)
        }
        let elsewhere = warden.folder.appending(path: "not-mounted/users.db").path
        try await expect(
            65, "The database \(elsewhere) is not there, \(Self.advice)",
            arguments + ["--database-url", "sqlite:///\(elsewhere)"])
        #expect(!FileManager.default.fileExists(atPath: database))
    }

    @Test func `a backend whose database holds no ledger ends with 65`() async throws {
        let (folder, database) = try started()
        folder.release()
        try Data().write(to: URL(fileURLWithPath: database))
        let arguments = ["--role", "backend", "--data", folder.path, "--port", try port()]
        for _ in 0..<2 {
            try await expect(
                65, "The database \(database) holds no ledger, \(Self.advice)", arguments)
        }
    }

    @Test func `a new ledger beside one that is there ends with 64`() async throws {
        let (folder, path) = try started()
        folder.release()
        let database = try BackendDatabase(path: path)
        try database.append([[1, 2, 3]], at: 0)
        try database.close()
        try await expect(
            64,
            "--new-ledger or NEW_LEDGER is set, but the database \(path) holds a ledger: take the "
                + "setting away.",
            ["--role", "backend", "--data", folder.path, "--port", port(), "--new-ledger"])
    }

    @Test func `a folder that cannot be made ends with 73`() async throws {
        try Data().write(to: warden.folder.appending(path: "plain"))
        for role in ["discovery", "node", "backend"] {
            try await expect(
                73,
                "Cannot make the folder plain: Not a directory: check that the folder exists, is "
                    + "yours and has room.",
                ["--role", role, "--data", "plain/data", "--port", port()])
        }
        try await expect(
            73,
            "The folder plain/data cannot be made: check that the one that it is to be in exists "
                + "and is yours.",
            ["--role", "all", "--data", "plain/data", "--port", port()])
    }

    @Test func `files for TLS that cannot be read end with 66`() async throws {
        try Data("not PEM\n".utf8).write(to: warden.folder.appending(path: "a.pem"))
        for file in ["a.pem", "missing.pem"] {
            try await expect(
                66, "\(file) is not a readable PEM file of certificates.",
                [
                    "--role", "node", "--data", "data", "--port", port(), "--tls-certificate", file,
                    "--tls-key", file,
                ])
            try await expect(
                66, "\(file) is not a readable PEM file of certificates.",
                ["--role", "node", "--data", "data", "--port", port(), "--tls-ca", file])
        }
    }

    @Test func `a whole network makes the folder that it lives in`() async throws {
        let server = ServerProcess(
            "all", port: try FreePorts.take(4),
            arguments: ["--role", "all", "--nodes", "2"]
                + ["--join-token", ProcessNetwork.token, "--data", "new/network"],
            warden: warden)
        try server.start()
        try await wait("the network answers: \(server.messages)") {
            (try? await Web.get(server.address + "/health"))?.status == 200
        }
        server.send(SIGTERM)
        #expect(await server.exitStatus() == 0)
    }

    @Test func `errors of the system are told apart`() {
        let settings = ServerSettings()
        func kind(_ error: any Error) -> StartError.Kind { StartError(error, settings).kind }
        func folder(_ code: Int32) -> DataFolderError {
            .system(SystemError(.makeFolder, "/data", code: code))
        }
        #expect(kind(folder(EACCES)) == .notPermitted)
        #expect(kind(folder(ENOSPC)) == .notWritten)
        #expect(
            kind(SystemError(.list, "/data", code: EROFS)) == .notPermitted)
        #expect(kind(BackendDatabaseError.newerVersion(path: "/data/users.db")) == .wrongData)
        #expect(kind(BackendDatabaseError.readOnly(path: "/data/users.db")) == .notPermitted)
        #expect(kind(IOError(errnoCode: EACCES, reason: "bind")) == .notPermitted)
        #expect(kind(CancellationError()) == .unexpected)
        let text = StartError(CancellationError(), settings).description
        #expect(text.contains("CancellationError") && text.hasSuffix("please report this."))
    }

    /// A discovery with the data folder `theirs`.
    private func running() async throws -> ServerProcess {
        let server = ServerProcess(
            "other", port: try FreePorts.take(),
            arguments: ["--role", "discovery", "--data", "theirs"]
                + ["--join-token", ProcessNetwork.token],
            warden: warden)
        try server.start()
        try await wait("the other server is ready") { await server.isReady }
        return server
    }

    private func port() throws -> String { String(try FreePorts.take()) }
}
