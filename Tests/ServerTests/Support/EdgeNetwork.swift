import Cryptography
import Files
import Foundation
import Logging
import Primitives
import Roles
import ServiceLifecycle
import Testing

@testable import Server
@testable import Wire

/// A discovery, nodes and a backend in this process, on real sockets, for as long as a test looks.
struct EdgeNetwork: Sendable {
    enum Role: String, Sendable, CaseIterable {
        case discovery, node, backend
    }

    let token: JoinToken
    var tokenText: String { Self.tokenText }
    let discovery: DiscoveryServer
    let nodes: [NodeServer]
    let backend: BackendServer
    let ports: [Role: Int]
    let folder: URL
    let logs: LogRecorder

    /// What the receiver of a request is called in its signature.
    func id(_ role: Role) -> PeerID {
        switch role {
        case .discovery: PeerID(0)
        case .node: nodes[0].host.id
        case .backend: backend.host.id
        }
    }

    func routes(_ role: Role) -> [String] {
        switch role {
        case .discovery: discovery.routes
        case .node: nodes[0].routes
        case .backend: backend.routes
        }
    }

    func port(_ role: Role) -> Int { ports[role]! }

    static let tokenText = "the token of the edge's tests"

    /// Runs `body` once files can be put, and stops everything after it. One network runs at a time:
    /// several would share the cores, and keep each other waiting.
    static func run(
        nodes count: Int = 3, configure: @Sendable (inout ServerSettings) -> Void = { _ in },
        waits: Bool = true, _ body: @escaping @Sendable (EdgeNetwork) async throws -> Void
    ) async throws {
        await turn.take()
        do {
            try await runAlone(nodes: count, configure: configure, waits: waits, body)
            await turn.giveBack()
        } catch {
            await turn.giveBack()
            throw error
        }
    }

    private static let turn = Turn()

    private actor Turn {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            if isTaken { await withCheckedContinuation { waiting.append($0) } }
            isTaken = true
        }

        func giveBack() {
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
    }

    private static func runAlone(
        nodes count: Int, configure: (inout ServerSettings) -> Void, waits: Bool,
        _ body: (EdgeNetwork) async throws -> Void
    ) async throws {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var common = ServerSettings()
        common.protocolSettings.heartbeatInterval = .seconds(1)
        common.protocolSettings.peersInterval = .milliseconds(250)
        common.protocolSettings.suspectAfter = .minutes(5)
        configure(&common)
        let logs = LogRecorder()
        let token = JoinToken(tokenText)!
        let launch = try Launch(
            token: token, servers: count + 2, tlsAuthority: common.tlsAuthority,
            logger: logs.logger)
        do {
            let network = try await EdgeNetwork(common, launch, token, count, folder, logs)
            let outcome = await network.serve(launch, waits: waits, body)
            try outcome.get()
        } catch {
            await launch.close()
            throw error
        }
    }

    private init(
        _ common: ServerSettings, _ launch: Launch, _ token: JoinToken, _ count: Int,
        _ folder: URL, _ logs: LogRecorder
    ) async throws {
        var common = common
        func settings(_ name: String) throws -> ServerSettings {
            var settings = common
            settings.port = try FreePorts.take()
            settings.dataFolder = folder.appending(path: name).path
            return settings
        }
        let discoverySettings = try settings("discovery")
        common.discoveries = [discoverySettings.address]
        let nodeSettings = try (0..<count).map { index in
            var node = try settings("node-\(index)")
            node.domain = UInt32(index)
            node.capacityBytes = 256 << 20
            return node
        }
        let backendSettings = try settings("backend")
        var options = Launch.BackendOptions()
        options.accounts = AccountsFixture.settings()
        options.chunkSize = try ChunkSize(4096)
        self.token = token
        self.folder = folder
        self.logs = logs
        discovery = try launch.discovery(discoverySettings)
        nodes = try nodeSettings.map { try launch.node($0) }
        backend = try await launch.backend(backendSettings, options)
        ports = [
            .discovery: discoverySettings.port, .node: nodeSettings[0].port,
            .backend: backendSettings.port,
        ]
    }

    private func serve(
        _ launch: Launch, waits: Bool, _ body: (EdgeNetwork) async throws -> Void
    ) async -> Result<Void, any Error> {
        let services =
            [launch.cleanUp] + discovery.services + nodes.flatMap(\.services) + backend.services
        var configuration = ServiceGroupConfiguration(services: services, logger: logs.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        let running = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do {
            if waits { try await becomeReady() }
            outcome = .success(try await body(self))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        // Connections that a test left open are cut after a while, which is no failure.
        try? await running.value
        return outcome
    }

    static func temporaryFolder() -> URL {
        let memory = "/dev/shm"
        let base =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        return base.appending(path: "edge-tests-\(UUID().uuidString)")
    }

    private func becomeReady() async throws {
        let count = nodes.count
        for _ in 0..<9_000 {
            if await backend.host.read({ $0.isReady && $0.openMembers >= count }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotReady()
    }

    struct NotReady: Error {}

    // MARK: Requests

    func request(
        _ role: Role, _ method: String, _ target: String, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> RawAnswer {
        try #require(
            await RawConnection.request(
                port(role), method, target, headers: headers, body: body),
            "\(method) on \(role) was not answered")
    }

    /// A request that a peer signed.
    func request(
        _ role: Role, _ method: String, _ target: String, by peer: TestPeer,
        headers: [(String, String)] = [], body: [UInt8]? = nil, bodyHash: Hash256? = nil
    ) async throws -> RawAnswer {
        let signed = peer.headers(
            method, target, to: id(role), body: body ?? [], bodyHash: bodyHash)
        return try await request(role, method, target, headers: signed + headers, body: body)
    }

    /// A request between servers that a peer signed.
    func request<Asked: ServerRequest>(
        _ role: Role, _ asked: Asked, by peer: TestPeer, knowing contacts: [Contact] = []
    ) async throws -> RawAnswer {
        let wire = try peer.wire(asked, knowing: contacts)
        return try await request(
            role, wire.route.method.rawValue, wire.target, by: peer,
            body: wire.body.isEmpty ? nil : wire.body,
            bodyHash: try Asked.bodyHash(wire.parameters))
    }

    /// A user, and the headers of an open and of a sealed session.
    struct User: Sendable {
        var name: String
        var open: [(String, String)]
        var sealed: [(String, String)]
        var openToken: String
        var masterKey: MasterKey
    }

    static let password = "a password of the tests"

    /// Registers and logs in.
    func user(_ name: String) async throws -> User {
        let form = RegisterForm(user: name, password: Self.password)
        let registered = try await request(
            .backend, "POST", "/api/register", body: WireJSON.bytes(form))
        try #require(registered.status == 201, "\(registered.text)")
        let parameters = try WireJSON.decode(
            LogInParametersForm.self,
            from: Data(
                try await request(
                    .backend, "POST", "/api/login/parameters",
                    body: WireJSON.bytes(UserForm(user: name))
                ).body))
        let proof = try PasswordProtectedKey.logInProof(
            password: Array(Self.password.utf8), salt: parameters.salt.bytes,
            parameters: ScryptParameters(
                cost: parameters.cost, blockSize: parameters.blockSize,
                parallelization: parameters.parallelization))
        let open = try await logIn(LogInForm(user: name, password: Self.password))
        let sealed = try await logIn(
            LogInForm(user: name, proof: Hex(proof.withUnsafeBytes { Array($0) })))
        let key = try PasswordProtectedKey(decoding: sealed.key?.bytes ?? [])
        return User(
            name: name, open: [("Authorization", "Bearer \(open.token)")],
            sealed: [("Authorization", "Bearer \(sealed.token)")], openToken: open.token,
            masterKey: try key.unlock(password: Array(Self.password.utf8)))
    }

    func logIn(_ form: LogInForm) async throws -> SessionForm {
        let answer = try await request(
            .backend, "POST", "/api/login", body: WireJSON.bytes(form))
        try #require(answer.status == 200, "\(answer.text)")
        return try WireJSON.decode(SessionForm.self, from: Data(answer.body))
    }
}
