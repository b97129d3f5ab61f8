import Files
import Foundation
import Logging
import Primitives
import Roles
import ServiceLifecycle

@testable import Server

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
    let transport: Transport
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
        nodes count: Int = 3, over transport: Transport = .socket,
        configure: @Sendable (inout ServerSettings) -> Void = { _ in },
        waits: Bool = true, _ body: @escaping @Sendable (EdgeNetwork) async throws -> Void
    ) async throws {
        await turn.take()
        do {
            try await runAlone(
                nodes: count, over: transport, configure: configure, waits: waits, body)
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
        nodes count: Int, over transport: Transport, configure: (inout ServerSettings) -> Void,
        waits: Bool,
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
            let network = try await EdgeNetwork(
                common, launch, token, count, folder, logs, transport)
            let outcome = await network.serve(launch, waits: waits, body)
            try outcome.get()
        } catch {
            await launch.close()
            throw error
        }
    }

    private init(
        _ common: ServerSettings, _ launch: Launch, _ token: JoinToken, _ count: Int,
        _ folder: URL, _ logs: LogRecorder, _ transport: Transport
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
        self.transport = transport
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
            let hasNodes = await backend.host.read { $0.isReady && $0.openMembers >= count }
            if hasNodes, backend.accounts.isReady { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotReady()
    }

    struct NotReady: Error {}
}
