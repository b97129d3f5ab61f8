import Foundation
import Testing

@testable import Server

/// A backend that is started without the ledger that it had.
@Suite struct LostLedgerTests {
    private static let stopped = #"dsim_events_total{kind="collection-stopped"}"#

    @Test func `it refuses to start and with a new ledger no chunk is lost`() async throws {
        let network = try ProcessNetwork(nodes: 3)
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        let store = FileStore(network)
        for number in 0..<2 {
            try await store.put(number, byteCount: 100_000, token, mustSucceed: true)
        }
        try await network.waitUntilAllIsRedundant(token)
        let held = try await Self.held(network)
        #expect(held > 0)
        try await stop(network.backend)
        let database = network.file("users.db", of: network.backend)
        let aside = network.warden.folder.appending(path: "users.db")
        try FileManager.default.moveItem(at: database, to: aside)

        try network.backend.start()
        #expect(await network.backend.exitStatus() == 65)
        #expect(network.backend.messages.contains("users.db is not there, though"))

        // Whoever means it has to say so, and again for what is collected.
        try network.backend.start(with: ["--new-ledger"])
        try await wait("collection stops on every node, again and again") {
            // Until it listens it cannot be asked.
            ((try? await network.backend.metric(Self.stopped)) ?? 0) >= 9
        }
        #expect(network.backend.messages.contains("collection-stopped"))
        #expect(try await Self.held(network) == held)
        try await stop(network.backend)
        try network.backend.start()
        try await network.waitUntilReady()
        try await stop(network.backend)

        try FileManager.default.removeItem(at: database)
        try FileManager.default.moveItem(at: aside, to: database)
        try network.backend.start()
        try await network.waitUntilReady()
        let again = try await network.logIn("ada")
        try await store.checkAll(again)
        try await network.waitUntilNothingIsLeftOver(again)
        #expect(try await Self.held(network) == held)
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
