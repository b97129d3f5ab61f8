import Cryptography
import Foundation
import Primitives
import Roles
import Spawning
import Testing

@testable import Server
@testable import Wire

/// What the operator of a node asks of it, and nobody else.
@Suite(.serialized) struct DrainTests {
    @Test func `an operator takes back what was deleted lately`() async throws {
        let network = try ProcessNetwork(
            nodes: 3, settings: ProcessNetwork.quick + ["--orphan-grace", "1h"])
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        let store = FileStore(network)
        try await store.put(0, byteCount: 100_000, token, mustSucceed: true)
        try await network.waitUntilAllIsRedundant(token)
        let (node, dsim) = (network.nodes[0], network.dsim)
        let held = try await node.metric("dsim_node_chunks")
        #expect(held > 0)
        try await store.deleteAll(token)
        try await wait("it is trash") { try await node.metric("dsim_node_chunks") == 0 }
        let folder = network.warden.folder.appending(path: node.name).path
        func undelete(_ within: String) async throws -> Program.Outcome {
            try await dsim.run("node", "undelete", "--data", folder, "--within", within)
        }
        #expect(try await undelete("soon").status == 64)
        let result = try await undelete("1h")
        #expect(result.status == 0 && result.output.contains("takes back"), "\(result)")
        try await wait("it is back") { try await node.metric("dsim_node_chunks") == held }
    }

    @Test func `a drained node is not missed and does not come back`() async throws {
        let network = try ProcessNetwork(nodes: 4)
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        try await network.waitUntilAllAreAlive(token)
        let store = FileStore(network)
        for number in 0..<6 {
            try await store.put(number, byteCount: 100_000, token, mustSucceed: true)
        }
        let (leaver, dsim) = (network.nodes[0], network.dsim)
        try await wait("it holds chunks") { try await leaver.metric("dsim_node_chunks") > 0 }
        let status = try await dsim.run("node", "status", "--url", leaver.address)
        #expect(status.status == 0 && status.errors.isEmpty, "\(status)")
        let id = try await Self.id(of: leaver).hexadecimal
        #expect(status.output.hasPrefix("node      \(id)\nphase     serving\nchunks    "))
        #expect(status.output.contains("\nbackends  1\n"), "\(status)")

        let folder = network.warden.folder.appending(path: leaver.name).path
        let drained = try await dsim.run("node", "drain", "--data", folder)
        #expect(drained.status == 0 && drained.errors.isEmpty, "\(drained)")
        #expect(drained.output.hasPrefix("The node is leaving: "), "\(drained)")
        #expect(
            drained.output.hasSuffix("It has left. Stop it; its data folder can be deleted.\n"),
            "\(drained)")
        let after = try await dsim.run("node", "status", "--url", leaver.address)
        #expect(after.status == 0 && after.output.contains("\nphase     left\n"), "\(after)")
        try await wait("it has noted that it left") {
            FileManager.default.fileExists(atPath: network.file("left", of: leaver).path)
        }
        let again = try await dsim.run("node", "drain", "--data", folder)
        #expect(
            again.output == "It has left. Stop it; its data folder can be deleted.\n", "\(again)")

        await leaver.kill()
        let seen = try await network.network(token).nodes.first { $0.address == leaver.address }
        #expect(seen?.status == .left && seen?.chunks == 0)
        try await network.waitUntilAllIsRedundant(token)
        try await store.checkAll(token)

        try leaver.start()
        let refusal = "has left the network for good. Start it with a new data folder"
        try await wait("it is refused: \(leaver.messages.suffix(2_000))") {
            leaver.messages.contains(refusal)
        }
        #expect(await leaver.exitStatus() == 64)
        try await store.checkAll(token)
    }

    @Test func `only who holds the node's key may send it away`() async throws {
        let network = try ProcessNetwork(
            nodes: 2, settings: ProcessNetwork.quick + ["--replicas", "2"])
        try await network.start()
        let node = network.nodes[0]
        let id = try await Self.id(of: node)
        let token = try #require(JoinToken(ProcessNetwork.token))
        let owner = try Self.owner(of: node, in: network, token)
        let others = [
            try TestPeer(.node, seed: 7, token: token),
            try TestPeer(.backend, seed: 8, token: token),
            try Self.owner(of: network.nodes[1], in: network, token),
        ]
        var forged = others.map { $0.headers("POST", "/drain", to: id) }
        // Nobody's, of another node, for another route, and of another time.
        forged += [
            [], owner.headers("POST", "/drain", to: others[2].id),
            owner.headers("POST", "/status", to: id),
            owner.headers("POST", "/drain", to: id, at: Clock.systemTime() - .minutes(5)),
        ]
        for headers in forged {
            let answer = try #require(
                await RawConnection.request(node.port, "POST", "/drain", headers: headers))
            #expect([401, 403].contains(answer.status), "\(answer.text)")
            #expect(try await Self.status(of: node).phase == .serving)
        }
        // The same with nothing wrong.
        let right = owner.headers("POST", "/drain", to: id)
        let answer = try #require(
            await RawConnection.request(node.port, "POST", "/drain", headers: right))
        #expect(answer.status == 202, "\(answer.text)")
        try await wait("it leaves") { try await Self.status(of: node).phase != .serving }
    }

    private static func status(of node: ServerProcess) async throws -> NodeStatusForm {
        let answer = try await Web.get(node.address + "/status")
        return try WireJSON.decode(NodeStatusForm.self, from: answer.body)
    }

    private static func id(of node: ServerProcess) async throws -> PeerID {
        try await status(of: node).id
    }

    /// Whoever may read a node's data folder.
    private static func owner(
        of node: ServerProcess, in network: ProcessNetwork, _ token: JoinToken
    ) throws -> TestPeer {
        let seed = Array(try Data(contentsOf: network.file("identity.key", of: node)))
        return try TestPeer(
            .node, key: SigningKey(seed: SecretKey(copying: seed)), token: token,
            address: node.address)
    }
}
