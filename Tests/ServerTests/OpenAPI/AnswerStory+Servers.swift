import Cryptography
import Foundation
import Ledger
import Merkle
import Primitives
import Testing

@testable import Roles
@testable import Server
@testable import Wire

/// What servers and operators ask.
extension AnswerStory {
    @discardableResult
    private func ask(
        _ role: EdgeNetwork.Role, _ name: String, _ expected: Int, by peer: TestPeer,
        target: String? = nil, headers: [(String, String)] = [], body: [UInt8]? = nil,
        bodyHash: Hash256? = nil
    ) async throws -> RawAnswer {
        let words = name.split(separator: " ").map(String.init)
        let target = target ?? words[1]
        let signed = peer.headers(
            words[0], target, to: network.id(role), body: body ?? [], bodyHash: bodyHash)
        return try await ask(
            role, name, expected, target: target, headers: signed + headers, body: body)
    }

    /// Asks for what one server asks of another.
    @discardableResult
    private func ask<Asked: ServerRequest>(
        _ role: EdgeNetwork.Role, _ asked: Asked, _ expected: Int, by peer: TestPeer,
        knowing contacts: [Contact] = []
    ) async throws -> RawAnswer {
        let wire = try peer.wire(asked, knowing: contacts)
        return try await ask(
            role, "\(wire.route.method.rawValue) \(wire.route.path)", expected, by: peer,
            target: wire.target, body: wire.body.isEmpty ? nil : wire.body,
            bodyHash: try Asked.bodyHash(wire.parameters))
    }

    func discovery() async throws {
        let node = try TestPeer(.node, seed: 1, token: network.token)
        let backend = try TestPeer(.backend, seed: 2, token: network.token)
        let registration = Registration(
            node: node.id, publicKey: node.identity.publicKey, incarnation: .max, domain: .max,
            capacityBytes: .max, freeBytes: .max)
        let discovery = EdgeNetwork.Role.discovery
        try await ask(discovery, registration, 200, by: node)
        try await ask(discovery, registration, 403, by: backend)
        try await ask(discovery, "POST /register", 400, by: node, body: [])
        try await ask(
            discovery, "POST /register", 401, body: try node.wire(registration).body)
        try await ask(discovery, Heartbeat(lease: .max, freeBytes: .max), 200, by: node)
        let peers = PeersRequest(epoch: 0, since: .max)
        try await ask(discovery, peers, 200, by: backend)
        try await ask(discovery, peers, 403, by: node)
        try await ask(discovery, "GET /peers", 400, by: backend)
        try await ask(discovery, Unregister(), 202, by: node)
    }

    func node() async throws {
        let backend = try TestPeer(.backend, seed: 3, token: network.token)
        let node = try TestPeer(.node, seed: 4, token: network.token)
        let bytes: [UInt8] = Array("a sealed chunk".utf8)
        let chunk = ChunkID(SHA256.hash(bytes))
        let store = StoreRequest(
            chunk: chunk, payload: Payload(bytes: bytes, byteCount: bytes.count),
            stamp: .origin)
        var mismatched = store
        mismatched.payload = Payload(bytes: [1], byteCount: 1)
        try await ask(.node, store, 403, by: node)
        try await ask(.node, store, 201, by: backend)
        try await ask(.node, mismatched, 422, by: backend)
        try await ask(.node, "POST /store", 400, by: backend, target: "/store?chunk=1", body: bytes)
        let audit = AuditRequest(chunk: chunk, nonce: .zero)
        try await ask(.node, audit, 200, by: backend)
        try await ask(.node, audit, 403, by: node)
        let other = try TestPeer(.backend, seed: 5, token: network.token)
        try await ask(.node, store, 403, by: other)
        let retrieve = "GET /retrieve/{chunk}"
        let target = "/retrieve/\(chunk)"
        let own = RetrieveRequest(chunk: chunk, capability: nil)
        try await ask(.node, own, 200, by: backend)
        try await ask(.node, own, 403, by: node)
        let capability = backend.capability(for: node.id, chunk)
        try await ask(
            .node, retrieve, 200, by: node, target: target,
            headers: [(SignedCapability.header, capability.hexadecimal)])
        try await ask(
            .node, RetrieveRequest(chunk: ChunkID(.zero), capability: nil), 404, by: backend)
        try await ask(.node, retrieve, 400, by: backend, target: "/retrieve/passwd")
        let copy = CopyRequest(
            chunk: ChunkID(.zero), byteCount: ProtocolSettings.chunkBytes.upperBound,
            source: node.id,
            stamp: Instant.admitted.upperBound,
            capability: capability.capability)
        try await ask(.node, copy, 200, by: backend, knowing: [node.member])
        let question = InventoryRequest(InventoryQuestion(opening: .zero))
        try await ask(.node, question, 200, by: backend)
        try await ask(.node, "POST /inventory", 400, by: backend, body: [9])
        try await ask(
            .node, "POST /inventory", 413, by: backend,
            body: [UInt8](repeating: 0, count: 70_000))
        var writer = LedgerWriter(signingKey: backend.identity.key)
        let (block, next) = (writer.append([], at: .origin), writer.append([], at: .origin))
        let encoded = block.encoded()
        let keep = KeepBlockRequest(
            height: 0, block: Payload(bytes: encoded, byteCount: encoded.count))
        try await ask(.node, keep, 200, by: backend)
        try await ask(.node, FetchBlockRequest(height: 0), 200, by: backend)
        try await ask(
            .node, "GET /ledger/{height}", 400, by: backend, target: "/ledger/x")
        let behind = DeleteRequest(
            chunk: chunk, stamp: Instant.admitted.upperBound, expires: Instant.admitted.upperBound)
        try await ask(.node, behind, 412, by: backend)
        let late = DeleteRequest(
            chunk: chunk, stamp: Instant.admitted.upperBound, expires: .origin,
            head: block.signedHeader)
        try await ask(.node, late, 403, by: backend)
        let early = DeleteRequest(
            chunk: chunk, stamp: store.stamp, expires: Instant.admitted.upperBound,
            head: next.signedHeader)
        try await ask(.node, early, 409, by: backend)
        let deletion = DeleteRequest(
            chunk: chunk, stamp: Instant.admitted.upperBound, expires: Instant.admitted.upperBound,
            head: next.signedHeader)
        try await ask(.node, deletion, 204, by: backend)
        try await ask(.node, deletion, 404, by: backend)
        let restore = RestoreRequest(chunk: chunk)
        try await ask(.node, restore, 204, by: backend)
        try await ask(.node, deletion, 204, by: backend)
        try await ask(.node, audit, 404, by: backend)
        let offer = try SessionOffer(
            by: backend.identity.publicKey, seed: SecretKey(copying: Array(1...32)))
        let granted = try await ask(
            .node, "POST /session", 200, by: backend, body: form(offer.form))
        let session = try #require(
            offer.session(
                granted: try WireJSON.read(SessionGrantForm.self, from: granted.body),
                by: try operatorOfNode().identity.publicKey))
        let code = backend.headers("GET", target, to: network.id(.node), in: session)
        try await ask(.node, retrieve, 404, target: target, headers: code)
        try await ask(.node, retrieve, 409, target: target, headers: code)
        try await ask(.node, "POST /session", 401, headers: code, body: form(offer.form))
        try await general()
        try await ask(.node, "GET /status", 200)
        try await ask(.node, "GET /heads", 200)
        try await ask(.node, "POST /undelete", 401)
        try await ask(.node, "POST /undelete", 403, by: backend, target: "/undelete?since=0")
        try await ask(.node, "POST /undelete", 400, by: operatorOfNode())
        try await ask(
            .node, "POST /undelete", 202, by: operatorOfNode(), target: "/undelete?since=0")
        try await ask(.node, "POST /drain", 401)
        try await ask(.node, "POST /drain", 403, by: backend)
        try await ask(
            .node, "POST /drain", 400, by: operatorOfNode(), target: "/drain?forget=everybody")
        let forgetting = "/drain?forget=\(other.id.hexadecimal),\(backend.id.hexadecimal)"
        try await ask(.node, "POST /drain", 202, by: operatorOfNode(), target: forgetting)
    }

    /// Whoever can read the node's own key.
    private func operatorOfNode() throws -> TestPeer {
        let folder = network.folder.appending(path: "node-0")
        let seed = Array(try Data(contentsOf: folder.appending(path: "identity.key")))
        return try TestPeer(
            .node, key: SigningKey(seed: SecretKey(copying: seed)), token: network.token)
    }

    func backendForNodes() async throws {
        let node = try TestPeer(.node, seed: 6, token: network.token)
        let damaged = DamageReport(chunk: ChunkID(.zero))
        try await ask(.backend, damaged, 202, by: node)
        try await ask(.backend, "POST /damaged", 401, body: try node.wire(damaged).body)
        // The backend places nothing on it, so it may go.
        try await ask(.backend, LeaveRequest(), 200, by: node)
    }
}
