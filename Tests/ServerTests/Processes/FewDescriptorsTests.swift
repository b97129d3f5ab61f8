import Cryptography
import Foundation
import NIOCore
import Primitives
import Roles
import Segments
import Testing

@testable import Server
@testable import Storage

/// A node whose process may open few files.
@Suite struct FewDescriptorsTests {
    private let warden: Warden
    private let backend: TestPeer
    private let chunks: [[UInt8]] = (0..<100).map { randomBytes(9_000, seed: UInt64($0) + 1) }

    init() throws {
        warden = try Warden()
        backend = try TestPeer(.backend, seed: 3, token: try #require(Self.token))
    }

    private static let token = JoinToken(ProcessNetwork.token)

    /// Where a node keeps the chunks, each in a segment of its own.
    private func fill(_ path: String) async throws {
        var limits = ChunkStoreLimits()
        limits.segmentBytes = 10_000
        let store = try ChunkStore(in: try DataFolder(path: path, purpose: .node), limits: limits)
        for bytes in chunks {
            let stored = StoredChunk(
                chunk: ChunkID(SHA256.hash(bytes)), byteCount: bytes.count, owner: backend.id,
                stamp: .origin)
            await withCheckedContinuation { done in
                let payload = Payload(bytes: bytes, byteCount: bytes.count)
                store.perform([.write(token: 1, stored, payload)]) { _ in done.resume() }
            }
        }
        await store.close()
    }

    @Test func `idle connections keep no node from what it holds`() async throws {
        let folder = warden.folder.appending(path: "node")
        try await fill(folder.path)
        // Half of these for connections, a quarter of the other half for segments.
        let share = 128
        let server = ServerProcess(
            "node", port: try FreePorts.take(),
            arguments: ["--role", "node", "--data", folder.path]
                + ["--join-token", ProcessNetwork.token, "--discovery-url", "http://127.0.0.1:1"],
            descriptors: 32 + 4 * System.coreCount + share, warden: warden)
        try server.start()
        try await wait("the node is ready\n\(server.messages)") { await server.isReady }
        let seed = try Data(contentsOf: folder.appending(path: "identity.key"))
        let node = try TestPeer(
            .node, key: SigningKey(seed: SecretKey(copying: Array(seed))),
            token: try #require(Self.token))

        let (requests, port) = (chunks.map { request($0, to: node.id) }, server.port)
        let answers = try await RawConnection.run {
            let connection = try #require(RawConnection(port: port))
            connection.send(requests[0])
            var answers = [try connection.answer()]
            let idle = (0..<share + 40).map { _ in RawConnection(port: port, timeoutSeconds: 1) }
            for request in requests.dropFirst() {
                connection.send(request)
                answers.append(try connection.answer())
            }
            withExtendedLifetime(idle) {}
            return answers
        }
        #expect(answers.map(\.status) == chunks.map { _ in 200 })
        #expect(answers.map(\.body) == chunks)
        try await wait("the idle connections are closed") {
            await (try? server.metric("dsim_node_chunks")) == Double(chunks.count)
        }
        #expect(try await server.metric("dsim_disk_quarantined") == 0)
        #expect(try await server.metric("dsim_disk_failed_reads") == 0)
        server.send(SIGTERM)
        #expect(await server.exitStatus() == 0)
    }

    /// A backend's request for a chunk, which leaves the connection open.
    private func request(_ bytes: [UInt8], to node: PeerID) -> String {
        let target = "/retrieve/\(ChunkID(SHA256.hash(bytes)))"
        let headers = backend.headers("GET", target, to: node).map { "\($0): \($1)\r\n" }
        return "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(headers.joined())\r\n"
    }
}
