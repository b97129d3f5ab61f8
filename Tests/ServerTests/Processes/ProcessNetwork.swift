import Foundation
import Spawning

@testable import Server
@testable import Wire

/// A discovery, some nodes and a backend, each a process of its own.
final class ProcessNetwork: Sendable {
    let warden: Warden
    let discovery: ServerProcess
    let nodes: [ServerProcess]
    let backend: ServerProcess

    static let token = "processes-of-one-test"
    static let password = "correct horse"

    /// Times that suit a test.
    static let quick = [
        "--heartbeat-interval", "200ms", "--suspect-after", "8s", "--dead-after", "10m",
        "--anti-entropy-interval", "500ms", "--upload-expiry", "4s", "--orphan-grace", "5s",
        "--log-level", "notice",
    ]

    init(nodes count: Int, settings: [String] = ProcessNetwork.quick) throws {
        let warden = try Warden()
        let discoveryPort = try FreePorts.take()
        func server(_ name: String, _ port: Int, _ own: [String]) -> ServerProcess {
            ServerProcess(
                name, port: port,
                arguments: own + [
                    "--data", warden.folder.appending(path: name).path, "--join-token", Self.token,
                    "--discovery-url", "http://127.0.0.1:\(discoveryPort)",
                ] + settings,
                warden: warden)
        }
        self.warden = warden
        discovery = server("discovery", discoveryPort, ["--role", "discovery"])
        nodes = try (0..<count).map { index in
            server(
                "node-\(index)", try FreePorts.take(),
                ["--role", "node", "--domain", String(index), "--capacity", "10GB"])
        }
        backend = server(
            "backend", try FreePorts.take(), ["--role", "backend", "--chunk-size", "16384"])
    }

    var all: [ServerProcess] { [discovery] + nodes + [backend] }

    /// Starts everything, and waits until it is ready.
    func start() async throws {
        for server in all { try server.start() }
        try await waitUntilReady()
    }

    func waitUntilReady() async throws {
        for server in all {
            try await wait("\(server.name) is ready\n\(server.messages.suffix(2_000))") {
                await server.isReady
            }
        }
    }

    // MARK: The browser

    func register(_ user: String) async throws {
        let form = RegisterForm(user: user, password: Self.password)
        let answer = try await Web.send(
            "POST", backend.address + "/api/register", body: try WireJSON.encode(form))
        guard answer.status == 201 else { throw Problem(description: answer.text) }
    }

    /// A token of an open session.
    func logIn(
        _ user: String, password: String = ProcessNetwork.password
    ) async throws -> String {
        let form = LogInForm(user: user, password: password)
        let answer = try await Web.send(
            "POST", backend.address + "/api/login", body: try WireJSON.encode(form))
        guard answer.status == 200 else { throw Problem(description: answer.text) }
        return try WireJSON.decode(SessionForm.self, from: answer.body).token
    }

    func changePassword(to password: String, _ token: String) async throws {
        let form = PasswordForm(current: Self.password, new: password)
        let answer = try await Web.send(
            "POST", backend.address + "/api/password", token: token,
            body: try WireJSON.encode(form))
        guard (200..<300).contains(answer.status) else { throw Problem(description: answer.text) }
    }

    func put(_ name: String, _ bytes: [UInt8], _ token: String) async throws -> Web.Answer {
        try await Web.send(
            "POST", backend.address + "/api/files?name=\(name)", token: token, body: Data(bytes))
    }

    func get(_ id: String, _ token: String) async throws -> Web.Answer {
        try await Web.send("GET", backend.address + "/api/files/\(id)/content", token: token)
    }

    func delete(_ id: String, _ token: String) async throws -> Web.Answer {
        try await Web.send("DELETE", backend.address + "/api/files/\(id)", token: token)
    }

    /// The user's files by name.
    func list(_ token: String) async throws -> [String: FileForm] {
        let answer = try await Web.send("GET", backend.address + "/api/files", token: token)
        guard answer.status == 200 else { throw Problem(description: answer.text) }
        let files = try WireJSON.decode(FileListForm.self, from: answer.body).files
        return Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func network(_ token: String) async throws -> NetworkForm {
        let answer = try await Web.send("GET", backend.address + "/api/network", token: token)
        return try WireJSON.decode(NetworkForm.self, from: answer.body)
    }

    // MARK: The command line

    /// The program as a client of the backend, with a home of its own.
    var dsim: Program {
        var program = Program(folder: warden.folder)
        program.environment["DSIM_BACKEND"] = backend.address
        program.environment["DSIM_PASSWORD"] = Self.password
        return program
    }

    // MARK: What nodes hold

    /// Waits until each node holds as many chunks as the ledger places on it.
    func waitUntilNothingIsLeftOver(_ token: String) async throws {
        var seen: [(name: String, held: Int, placed: Int)] = []
        func look() async throws -> Bool {
            let network = try await network(token)
            seen = []
            for node in nodes {
                let placed = network.nodes.first { $0.address == node.address }?.chunks
                let held = try await node.metric("dsim_node_chunks")
                seen.append((node.name, Int(held), placed ?? -1))
            }
            return seen.allSatisfy { $0.held == $0.placed }
        }
        do {
            try await wait("nothing is left over", until: look)
        } catch {
            throw Problem(description: "\(error): \(seen)")
        }
    }
}
