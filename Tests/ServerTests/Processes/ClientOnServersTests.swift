import Cryptography
import Foundation
import Primitives
import Spawning
import Testing

@testable import Server
@testable import Wire

/// The commands as a user runs them, on servers that are processes of their own.
@Suite(.serialized) struct ClientOnServersTests {
    @Test func `every command does what it says on a real backend`() async throws {
        let network = try ProcessNetwork(nodes: 3)
        try await network.start()
        let desk = Desk(network: network, dsim: network.dsim)
        try await desk.register()
        let id = try await desk.storeAndFetch()
        let token = try await network.logIn("ada")
        try await desk.shareWithTheBrowser(id, token)
        try await desk.checkLedger(id)
        try await desk.showNetwork()
        try await desk.changePassword(token)
        try await desk.removeAndLogOut(id)
        try await desk.readTheFolder(id)
    }
}

/// One user at a command line, who has a browser too.
private struct Desk {
    let network: ProcessNetwork
    let dsim: Program

    private static let bytes = FileStore.bytes(1, 600_000)
    private static let words = "some words\n"
    private static let newPassword = "another password"

    /// Runs a command that must end well; what it printed.
    private func run(_ arguments: String..., input: String? = nil) async throws -> String {
        let outcome = try await dsim.run(all: arguments, input: input)
        try #require(outcome.status == 0, "\(arguments): \(outcome)")
        return outcome.output
    }

    /// Runs a command that must be refused.
    private func expect(
        _ status: Int32, _ reason: String, _ arguments: String...
    ) async throws {
        let outcome = try await dsim.run(all: arguments)
        #expect(outcome.status == status, "\(arguments): \(outcome)")
        #expect(outcome.errors.hasPrefix("dsim: ") && outcome.errors.contains(reason))
        #expect(outcome.output.isEmpty)
    }

    private func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: network.warden.folder.appending(path: name)))
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: network.warden.folder.appending(path: name))
    }

    func register() async throws {
        let address = network.backend.address
        #expect(
            try await run("register", "--user", "ada")
                == "ada is registered at \(address).\nLog in with: dsim login --user ada\n")
        try await expect(77, "You are not logged in.", "ls")
        let loggedIn = try await run("login", "--user", "ada")
        #expect(loggedIn.hasPrefix("ada is logged in at \(address) until "))
    }

    /// Stores a file and standard input, and fetches both. Returns the id of the file.
    func storeAndFetch() async throws -> FileID {
        try write(Self.bytes, to: "report.bin")
        let put = try await run("put", "report.bin")
        let start = try #require(put.firstRange(of: " as id:")?.upperBound)
        let id = try #require(FileID(hexadecimal: String(put[start...].prefix(32))))
        _ = try await run("put", "-", "--name", "note", input: Self.words)
        try await expect(73, "A file of this name is stored already.", "put", "report.bin")

        let listed = try WireJSON.decode(
            FileListForm.self, from: Data(try await run("ls", "--json").utf8))
        #expect(Set(listed.files.map(\.name)) == ["report.bin", "note"])
        let list = try await run("ls")
        #expect(list.hasPrefix("ID ") && list.contains("  report.bin\n"))
        let info = try await run("info", "id:\(id)")
        #expect(info.contains("size     600,000 bytes (") && info.contains("\(id)"))
        let form = try WireJSON.decode(
            FileForm.self, from: Data(try await run("info", "report.bin", "--json").utf8))
        #expect(form.id == id && form.sha256 == SHA256.hash(Self.bytes))

        try await expect(73, "--force", "get", "report.bin")
        let got = try await run("get", "report.bin", "-o", "copy.bin")
        #expect(got.hasPrefix("copy.bin: ") && got.hasSuffix(", verified\n"))
        #expect(try read("copy.bin") == Self.bytes)
        #expect(try await run("get", "note", "-o", "-") == Self.words)
        return id
    }

    /// What is sealed on one side is opened on the other.
    func shareWithTheBrowser(_ id: FileID, _ token: String) async throws {
        let bytes = FileStore.bytes(2, 100_000)
        let put = try await network.put("from-the-browser", bytes, token)
        #expect(put.status == 201, "\(put.text)")
        _ = try await run("get", "from-the-browser", "-o", "browser.bin")
        #expect(try read("browser.bin") == bytes)

        let listed = try await network.list(token)
        #expect(Set(listed.keys) == ["report.bin", "note", "from-the-browser"])
        #expect(listed["report.bin"]?.id == id)
        #expect(Array(try await network.get(id.description, token).body) == Self.bytes)
    }

    func checkLedger(_ id: FileID) async throws {
        #expect(
            try await run("ledger", "verify").hasPrefix("The ledger is whole and signed.\n"))
        #expect(try await run("ledger", "verify").contains("Since the last check it grew by "))
        #expect(try await run("ledger", "show").hasPrefix("HEIGHT  RECORDS  TIME "))
        #expect(try await run("ledger", "show", "0").contains("RECORD  KIND  "))
        try await expect(66, "no record", "ledger", "prove", "--record", "99999")
        let exported = try await run("ledger", "export", "-o", "ledger.bin")
        #expect(exported.hasPrefix("ledger.bin: ") && exported.hasSuffix(" records, verified\n"))
        let proven = "The record is in the ledger.\nrecord  "
        #expect(try await run("ledger", "prove", "report.bin").hasPrefix(proven))
        #expect(try await run("ledger", "prove", "--record", "0").hasPrefix(proven + "0 of "))
        #expect(
            try await run("ledger", "prove", "id:\(id)", "--file", "ledger.bin").hasPrefix(proven))

        var changed = try read("ledger.bin")
        changed[changed.count - 1] ^= 1
        try write(changed, to: "changed.bin")
        try await expect(76, "does not verify", "ledger", "verify", "--file", "changed.bin")
    }

    func showNetwork() async throws {
        try await wait("all nodes are alive") {
            let form = try WireJSON.decode(
                NetworkForm.self, from: Data(try await run("network", "--json").utf8))
            return form.nodes.count { $0.status == .alive } == network.nodes.count
        }
        let text = try await run("network")
        for node in network.nodes { #expect(text.contains(node.address), "\(text)") }
        #expect(text.contains("\(network.discovery.address)  yes      right\n"), "\(text)")
        #expect(text.contains("Each chunk is to have 3 replicas."), "\(text)")
    }

    /// The old password is worth nothing afterwards, and the new one opens what the old one did.
    func changePassword(_ token: String) async throws {
        let changed = try await run(
            "passwd", "--password-stdin",
            input: "\(ProcessNetwork.password)\n\(Self.newPassword)\n")
        #expect(changed == "The password is changed.\n")
        #expect(try await run("ls").contains("report.bin"), "its own session goes on")
        let ended = try await Web.send(
            "GET", network.backend.address + "/api/files", token: token)
        #expect(ended.status == 401 && ended.text.contains("session-ended"), "\(ended)")
        try await expect(77, "password is wrong", "login", "--user", "ada")

        _ = try await run("logout")
        _ = try await run(
            "login", "--user", "ada", "--password-stdin", input: "\(Self.newPassword)\n")
        _ = try await run("get", "report.bin", "-o", "again.bin")
        #expect(try read("again.bin") == Self.bytes)
    }

    func removeAndLogOut(_ id: FileID) async throws {
        #expect(try await run("rm", "report.bin") == "report.bin: deleted\n")
        try await expect(66, "dsim ls", "get", "report.bin", "-o", "gone.bin")
        try await expect(66, "dsim ls", "info", "id:\(id)")
        #expect(try await run("get", "note", "-o", "-") == Self.words)
        #expect(try await run("logout") == "ada is logged out.\n")
        try await expect(77, "You are not logged in.", "ls")
    }

    /// Whoever may read the backend's folder needs neither a session nor the backend itself.
    func readTheFolder(_ id: FileID) async throws {
        let folder = network.warden.folder.appending(path: network.backend.name).path
        func blocks() async throws -> Double {
            let text = try await run("ledger", "verify", "--json", "--data", folder)
            return try #require(JSON(parsing: Array(text.utf8))["blocks"]?.number)
        }
        let whileItRuns = try await blocks()
        #expect(whileItRuns > 2)
        #expect(await network.backend.isReady)
        network.backend.send(SIGTERM)
        #expect(await network.backend.exitStatus() == 0)
        #expect(try await blocks() >= whileItRuns)
        let proof = try await run("ledger", "prove", "id:\(id)", "--data", folder)
        #expect(proof.hasPrefix("The record is in the ledger.\n"), "a removed file had a record")
        #expect(
            try await run("ledger", "verify", "--file", "ledger.bin")
                .hasPrefix("The ledger is whole and signed.\n"))
    }
}
