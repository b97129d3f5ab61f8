import Foundation
import Testing
import Wire

@testable import Server

/// What a backend says of its nodes and of their replicas.
extension ProcessNetwork {
    /// Waits until the backend counts on every node, so that what is put stands on all of them.
    func waitUntilAllAreAlive(_ token: String) async throws {
        try await wait("all nodes are alive") {
            try await network(token).nodes.count { $0.status == .alive } == nodes.count
        }
    }

    /// Waits until there are chunks, and every one has all of its replicas.
    func waitUntilAllIsRedundant(_ token: String) async throws {
        try await wait("every chunk has all of its replicas") {
            let redundancy = try await network(token).redundancy
            let counts = redundancy.chunksByReplicas
            return counts.prefix(redundancy.target).allSatisfy { $0 == 0 }
                && counts.dropFirst(redundancy.target).contains { $0 > 0 }
        }
    }

    /// Where a server keeps a file.
    func file(_ name: String, of server: ServerProcess) -> URL {
        warden.folder.appending(path: server.name).appending(path: name)
    }
}
