import Foundation
import Testing

@testable import Server

/// A backend that is started without the ledger that it had.
@Suite struct LostLedgerTests {
    @Test func `it refuses to start and with a new ledger no chunk is lost`() async throws {
        let network = try ProcessNetwork(nodes: 3)
        let store = FileStore(network)
        let held = try await fill(network, store)
        let files = try await lose(network)

        // Whoever means it has to say so, and is another backend then.
        try network.backend.start(with: ["--new-ledger"])
        try await network.waitUntilReady()
        try await network.register("ben")
        let token = try await network.logIn("ben")
        try await network.waitUntilAllAreAlive(token)
        try await Task.sleep(for: .seconds(3))
        #expect(try await Self.held(network) == held)
        try await stop(network.backend)
        try network.backend.start()
        try await network.waitUntilReady()
        try await stop(network.backend)

        try files.putBack()
        try network.backend.start()
        try await network.waitUntilReady()
        let again = try await network.logIn("ada")
        try await store.checkAll(again)
        try await network.waitUntilNothingIsLeftOver(again)
    }

    @Test func `it gets ledger and accounts back from its nodes`() async throws {
        let network = try ProcessNetwork(nodes: 4)
        let store = FileStore(network)
        _ = try await fill(network, store)
        _ = try await lose(network)

        try network.backend.start(with: ["--recover"])
        try await network.waitUntilReady()
        #expect(network.backend.messages.contains("accounts are back"))
        let token = try await network.logIn("ada")
        try await store.checkAll(token)
        try await network.waitUntilAllAreAlive(token)
        try await store.put(7, byteCount: 50_000, token, mustSucceed: true)
        try await stop(network.backend)
        // From then on it has a ledger like any other.
        try network.backend.start()
        try await network.waitUntilReady()
        try await store.checkAll(try await network.logIn("ada"))
    }

    @Test func `an old back-up catches up with what its nodes keep`() async throws {
        let network = try ProcessNetwork(nodes: 4)
        let store = FileStore(network)
        _ = try await fill(network, store)
        try await stop(network.backend)
        let database = network.file("users.db", of: network.backend)
        let backUp = network.warden.folder.appending(path: "back-up.db")
        try FileManager.default.copyItem(at: database, to: backUp)
        try network.backend.start()
        try await network.waitUntilReady()
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        for number in 10..<13 {
            try await store.put(number, byteCount: 50_000, token, mustSucceed: true)
        }
        try await network.register("ben")
        try await network.changePassword(to: "battery staple", token)
        try await stop(network.backend)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: database.path + suffix)
        }
        try FileManager.default.copyItem(at: backUp, to: database)

        try network.backend.start()
        try await network.waitUntilReady()
        _ = try await network.logIn("ben")
        // The old one is the old one, as it was before.
        await #expect(throws: Problem.self) { try await network.logIn("ada") }
        let again = try await network.logIn("ada", password: "battery staple")
        try await store.checkAll(again)
        try await network.waitUntilAllAreAlive(again)
        try await network.waitUntilNothingIsLeftOver(again)
        try await store.checkAll(again)
    }

    /// Starts it and stores files. Returns how many replicas its nodes hold.
    private func fill(_ network: ProcessNetwork, _ store: FileStore) async throws -> Double {
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        for number in 0..<2 {
            try await store.put(number, byteCount: 100_000, token, mustSucceed: true)
        }
        try await network.waitUntilAllIsRedundant(token)
        let held = try await Self.held(network)
        #expect(held > 0)
        return held
    }

    private struct LostFiles {
        let places: [(from: URL, aside: URL)]

        func putBack() throws {
            for (from, aside) in places {
                try? FileManager.default.removeItem(at: from)
                try FileManager.default.moveItem(at: aside, to: from)
            }
        }
    }

    /// Stops the backend and takes its database away, without which it refuses to start.
    private func lose(_ network: ProcessNetwork) async throws -> LostFiles {
        try await stop(network.backend)
        let places = ["users.db", "identity.key"].map { name in
            (
                network.file(name, of: network.backend),
                network.warden.folder.appending(path: name)
            )
        }
        try FileManager.default.moveItem(at: places[0].0, to: places[0].1)
        try FileManager.default.copyItem(at: places[1].0, to: places[1].1)
        try network.backend.start()
        #expect(await network.backend.exitStatus() == 65)
        #expect(network.backend.messages.contains("users.db is not there, though"))
        return LostFiles(places: places)
    }

    private func stop(_ server: ServerProcess) async throws {
        server.send(SIGTERM)
        #expect(await server.exitStatus() == 0, "\(server.messages.suffix(2_000))")
    }

    private static func held(_ network: ProcessNetwork) async throws -> Double {
        var held = 0.0
        for node in network.nodes { held += try await node.metric("dsim_node_chunks") }
        return held
    }
}
