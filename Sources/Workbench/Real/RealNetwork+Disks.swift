import Observation
import Primitives
import Roles
import Server
import Simulation
import Storage

import class Foundation.FileManager

/// The disks of real servers: taken away, exchanged and read back while their servers are down.
extension RealNetwork {
    /// What is on the disk of a server: a node's chunks, or a backend's database, which is all in one file
    /// while the server is down.
    func disk(of actor: UInt32) -> String {
        path(of: actor) + (kind(of: actor) == .backend ? "/users.db" : "/chunks")
    }

    private func kept(_ actor: UInt32, _ fault: Int) -> String { "\(folder)/\(actor)-\(fault)" }

    func keep(_ actor: UInt32, _ fault: Int) throws {
        try FileManager.default.copyItem(atPath: disk(of: actor), toPath: kept(actor, fault))
    }

    func exchange(_ actor: UInt32, _ fault: Int?) async throws {
        removeFiles(at: disk(of: actor))
        if let fault {
            try FileManager.default.copyItem(atPath: kept(actor, fault), toPath: disk(of: actor))
        }
        if kind(of: actor) == .backend {
            if fault == nil { lostLedgers.insert(actor) }
            let log = LogContents(try await blocks(of: actor))
            environment.tell { $0.observer.exchanged(actor, for: log, at: $0.now) }
        } else {
            let contents = DiskContents(
                capacityBytes: configuration.nodes.capacityBytes, try await chunks(of: actor))
            environment.tell { $0.observer.exchanged(actor, for: contents, at: $0.now) }
        }
    }

    /// Takes a backend's database away. It has to refuse to run without.
    func unmount(_ actor: UInt32) async throws {
        try FileManager.default.moveItem(atPath: disk(of: actor), toPath: disk(of: actor) + ".away")
        let settings = try settings(of: actor)
        guard (try? await launch.backend(settings, Launch.BackendOptions())) == nil else {
            throw ServerFailure(description: "it began a ledger where it had one")
        }
    }

    func mount(_ actor: UInt32) throws {
        try FileManager.default.moveItem(atPath: disk(of: actor) + ".away", toPath: disk(of: actor))
    }

    /// What a node that is down holds.
    private func chunks(of actor: UInt32) async throws -> [DiskContents.Replica] {
        let folder = try DataFolder(path: path(of: actor), purpose: .node)
        return await DiskAudit.chunks(of: try ChunkStore(in: folder))
    }

    /// The ledger of a backend that is down.
    private func blocks(of actor: UInt32) async throws -> [[UInt8]] {
        let database = try BackendDatabase(path: disk(of: actor))
        let blocks = await DiskAudit.blocks(of: LedgerStore(database: database) { _ in })
        try database.close()
        return blocks
    }

    /// Reads the disks of servers that were stopped in order, and has the oracles compare them with
    /// what they know.
    func audit(_ actors: [UInt32]) async throws {
        for actor in actors {
            switch kind(of: actor) {
            case .node:
                let found = try await chunks(of: actor)
                environment.tell { $0.observer.audit(actor, found: found, at: $0.now) }
            case .backend:
                let blocks = try await blocks(of: actor)
                environment.tell { $0.observer.recovered(blocks: blocks, by: actor, at: $0.now) }
            case .discovery, .user: break
            }
        }
    }
}
