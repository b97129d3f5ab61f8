import Foundation
import Primitives
import Spawning
import Synchronization
import Testing

@testable import Server

/// Processes that are killed while they work. One after the other: each test has seven of them.
@Suite(.serialized) struct KillTests {
    @Test func `files outlive the loss of two nodes in the middle of transfers`() async throws {
        // With a quorum of all three replicas, two nodes cannot take one of them along.
        let network = try ProcessNetwork(
            nodes: 5,
            settings: ProcessNetwork.quick + [
                "--write-quorum", "3", "--upload-expiry", "10m", "--orphan-grace", "11m",
            ])
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        let dsim = network.dsim
        let loggedIn = try await dsim.run("login", "--user", "ada")
        #expect(loggedIn.status == 0, "\(loggedIn)")

        let store = FileStore(network)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    try await store.put(number, byteCount: 300_000, token, mustSucceed: true)
                }
            }
            for number in 6..<8 {
                group.addTask { try await store.putWithProgram(number, byteCount: 600_000) }
            }
            // A third of the chunks are there.
            try await wait("chunks arrive") {
                var held = 0.0
                for node in network.nodes { held += try await node.metric("dsim_node_chunks") }
                return held > 80
            }
            await network.nodes[1].kill()
            await network.nodes[3].kill()
            try await group.waitForAll()
        }
        try await store.checkAll(token)

        for server in network.all { await server.kill() }
        for server in network.all { try server.start() }
        try await network.waitUntilReady()
        let again = try await network.logIn("ada")
        try await store.checkAll(again)
        let copy = try await dsim.run("get", "file-7", "-o", "-")
        #expect(
            copy.status == 0, "a session of the command line outlives a restart: \(copy.errors)")
        let verified = try await dsim.run("ledger", "verify")
        #expect(verified.status == 0, "\(verified)")
        try await network.waitUntilNothingIsLeftOver(again)
    }

    /// The seed of this run, which `DSIM_KILL_SEED` sets, and how often something is killed.
    private static let seed =
        ProcessInfo.processInfo.environment["DSIM_KILL_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 1...999_999)
    private static let rounds =
        ProcessInfo.processInfo.environment["DSIM_KILL_ROUNDS"].flatMap { Int($0) } ?? 100

    @Test func `no acknowledged byte is lost, whatever is killed and when`() async throws {
        print("DSIM_KILL_SEED=\(Self.seed) DSIM_KILL_ROUNDS=\(Self.rounds)")
        // Early on, what is left over of an upload may be most of what there is.
        let network = try ProcessNetwork(
            nodes: 5, settings: ProcessNetwork.quick + ["--orphan-percent", "100"])
        try await network.start()
        try await network.register("ada")
        let dsim = network.dsim
        let loggedIn = try await dsim.run("login", "--user", "ada")
        #expect(loggedIn.status == 0, "\(loggedIn)")
        var random = RandomSource(seed: Self.seed, who: 1, purpose: 1)
        let store = FileStore(network)
        var token = try await network.logIn("ada")
        for round in 1...Self.rounds {
            let plan = KillRound(round, random: &random)
            try await plan.play(on: network, store, token)
            // The keys of sessions are in memory only.
            if plan.killsBackend { token = try await network.logIn("ada") }
            if round.isMultiple(of: 25) {
                let verified = try await dsim.run("ledger", "verify")
                #expect(verified.status == 0, "round \(round), seed \(Self.seed): \(verified)")
            }
        }
        for server in network.all { await server.kill() }
        for server in network.all { try server.start() }
        try await network.waitUntilReady()
        token = try await network.logIn("ada")
        try await store.settle(token)
        try await store.checkAll(token)
        let verified = try await dsim.run("ledger", "verify")
        #expect(verified.status == 0, "seed \(Self.seed): \(verified)")
        try await network.waitUntilNothingIsLeftOver(token)
        try await store.deleteAll(token)
        try await wait("all chunks are gone") {
            for node in network.nodes where try await node.metric("dsim_node_chunks") > 0 {
                return false
            }
            return true
        }
        print("files: \(store.summary)")
    }
}
