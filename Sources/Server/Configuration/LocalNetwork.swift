import Platform
import Primitives
import Roles
package import ServiceLifecycle
import Storage

/// A whole network in one process: a discovery, some nodes, a backend.
package struct LocalNetwork: Sendable {
    package let services: [any Service]
    package let backend: BackendServer
    package let address: String

    /// `plan.server.port` is the backend's. With the usual port the others have theirs; with another
    /// one, the discovery has the next, and the nodes those after it.
    package init(_ plan: ServePlan, _ launch: Launch) async throws {
        try Self.make(folder: plan.server.dataFolder)
        let usual = plan.server.port == 5000
        let discoveryPort = usual ? 4000 : plan.server.port + 1
        let firstNodePort = usual ? 6001 : plan.server.port + 2
        func settings(_ name: String, port: Int) -> ServerSettings {
            var settings = plan.server
            settings.port = port
            settings.dataFolder += "/" + name
            settings.publicAddress = nil
            return settings
        }
        let discoverySettings = settings("discovery", port: discoveryPort)
        let discoveries = [discoverySettings.address]
        var services: [any Service] = [launch.cleanUp]
        services += try launch.discovery(discoverySettings).services
        for index in 0..<plan.nodeCount {
            var node = settings("node-\(index + 1)", port: firstNodePort + index)
            node.discoveries = discoveries
            // Copies of a chunk on one disk would be worth little; pretend that each has its own.
            node.domain = UInt32(index)
            // One that was drained stays away.
            guard !Launch.hasLeft(dataFolder: node.dataFolder) else { continue }
            services += try launch.node(node).services
        }
        var backendSettings = settings("backend", port: plan.server.port)
        backendSettings.discoveries = discoveries
        backendSettings.publicAddress = plan.server.publicAddress
        backend = try await launch.backend(backendSettings, plan.backend)
        services += backend.services
        self.services = services
        address = backendSettings.address
    }

    /// Whether files can be put.
    package var isReady: Bool {
        get async {
            await backend.host.read { $0.isReady && $0.openMembers >= $0.writeQuorum }
        }
    }

    /// The join token of a network that lives in one process: random, and kept.
    package static func joinToken(in folder: String) throws -> String {
        try make(folder: folder)
        let path = folder + "/join.token"
        let files = FileSystem()
        // Only one that is not there is made: another would shut out whoever has the first.
        let kept = try translating(
            try files.contents(of: path, limit: DataFolder.smallFileLimit),
            to: StartError.cannotRead(file: path))
        if let kept { return String(decoding: kept, as: UTF8.self) }
        let made = Hexadecimal.encode(SystemRandom.bytes(32))
        try translating(
            try files.replace(path, with: Array(made.utf8)), to: StartError.cannotWrite(file: path))
        return made
    }

    /// Makes the folder that the servers' own folders are in, if it is not there.
    private static func make(folder: String) throws(StartError) {
        _ = try translating(
            try FileSystem().makeFolders(folder), to: StartError.cannotMake(folder: folder))
    }
}
