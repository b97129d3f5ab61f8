import Foundation
import Spawning
import Testing

@testable import Server
@testable import Wire

/// Data folders that a version before left.
@Suite struct UpgradeTests {
    private static let sealed = text("line %d of a file that was stored before\n", 20_000)
    private static let open = text("line %d of a file from a browser\n", 10_000)

    private static func text(_ line: String, _ count: Int) -> String {
        (0..<count).map { String(format: line, $0) }.joined()
    }

    @Test func `files and accounts of the version before are there, and a key can be renewed`()
        async throws
    {
        let warden = try Warden()
        let archive = try #require(
            Bundle.module.url(forResource: "0.2.0", withExtension: "tar.gz", subdirectory: "Former")
        )
        try Self.unpack(archive, into: warden.folder)
        let server = ServerProcess(
            "all", port: try FreePorts.take(5),
            arguments: ["--role", "all", "--nodes", "3", "--data", "dsim-data"], warden: warden)
        try server.start()
        try await wait("it is ready\n\(server.messages.suffix(2_000))") { await server.isReady }
        try await readWithBrowser(server)
        try await readWithClient(server, warden)
        server.send(SIGTERM)
        #expect(await server.exitStatus() == 0)
    }

    private static func unpack(_ archive: URL, into folder: URL) throws {
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-xzf", archive.path, "-C", folder.path]
        try Spawning.start(tar)
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
    }

    private func readWithBrowser(_ server: ServerProcess) async throws {
        let form = LogInForm(user: "ada", password: ProcessNetwork.password)
        let answer = try await Web.send(
            "POST", server.address + "/api/login", body: try WireJSON.encode(form))
        let token = try WireJSON.decode(SessionForm.self, from: answer.body).token
        let list = try await Web.send("GET", server.address + "/api/files", token: token)
        let files = try WireJSON.decode(FileListForm.self, from: list.body).files
        #expect(files.map(\.name).sorted() == ["open.txt", "sealed.txt"])
        for file in files {
            let content = try await Web.send(
                "GET", server.address + "/api/files/\(file.id)/content", token: token)
            #expect(content.text == (file.name == "open.txt" ? Self.open : Self.sealed))
        }
    }

    private func readWithClient(_ server: ServerProcess, _ warden: Warden) async throws {
        var dsim = Program(folder: warden.folder)
        dsim.environment["DSIM_BACKEND"] = server.address
        dsim.environment["DSIM_PASSWORD"] = ProcessNetwork.password
        let refused = try await dsim.run("login", "--user", "ada")
        #expect(refused.status == 77)
        #expect(refused.errors.contains("--former-account"))
        for command in [
            ["login", "--user", "ada", "--former-account"], ["logout"], ["login", "--user", "ada"],
        ] {
            let outcome = try await dsim.run(all: command)
            try #require(outcome.status == 0, "\(command): \(outcome)")
        }
        for (name, content) in [("sealed.txt", Self.sealed), ("open.txt", Self.open)] {
            let outcome = try await dsim.run("get", name, "-o", "-")
            #expect(outcome.status == 0 && outcome.output == content, "\(outcome.errors)")
        }
    }
}
