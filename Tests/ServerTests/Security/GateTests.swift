import Cryptography
import Foundation
import Merkle
import Primitives
import Testing

@testable import Roles
@testable import Server

/// Who is let in by servers on sockets, and for what.
@Suite struct GateTests {
    private static let bytes: [UInt8] = Array("what a node keeps".utf8)
    private static let chunk = ChunkID(SHA256.hash(bytes))

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `only who signed this request is served, and once`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            let backend = try TestPeer(.backend, seed: 21, token: network.token)
            let id = network.id(.node)
            let body = InventoryQuestion(opening: .zero).encoded()
            func expect(
                _ status: Int, _ code: String?, _ headers: [(String, String)],
                _ what: Comment
            ) async throws {
                let answer = try await network.request(
                    .node, "POST", "/inventory", headers: headers, body: body)
                #expect(answer.status == status && answer.code == code, what)
            }
            func sign(
                _ method: String = "POST", _ target: String = "/inventory",
                to receiver: PeerID? = nil,
                body: [UInt8], at time: Instant = Clock.systemTime(), introduction: String? = nil
            ) -> [(String, String)] {
                backend.headers(
                    method, target, to: receiver ?? id, body: body, at: time,
                    introduction: introduction)
            }
            let good = sign(body: body)
            try await expect(200, nil, good, "signed")
            try await expect(409, "replayed", good, "sent again")
            try await expect(401, "unsigned", [], "not signed")
            try await expect(401, "unsigned", [good[0]], "not introduced")
            try await expect(401, "unsigned", sign(body: body + [32]), "another body")
            try await expect(401, "unsigned", sign("GET", body: body), "another method")
            try await expect(401, "unsigned", sign("POST", "/copy", body: body), "another target")
            try await expect(
                401, "unsigned", sign(to: network.id(.backend), body: body), "another receiver")
            try await expect(401, "unsigned", sign(to: PeerID(0), body: body), "for a discovery")
            let now = Clock.systemTime()
            try await expect(
                401, "expired", sign(body: body, at: now - .seconds(61)), "late")
            try await expect(
                401, "expired", sign(body: body, at: now + .minutes(5)), "from too far ahead")
            let moved = sign(body: body, introduction: "backend \(Hash256.zero) http://127.0.0.1:1")
            try await expect(403, "stranger", moved, "a wrong proof")
            let changed = [sign(body: body)[0], ("DecentraStore-Member", moved[1].1)]
            try await expect(401, "unsigned", changed, "another introduction")
        }
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `roles ask for what is theirs only`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            let node = try TestPeer(.node, seed: 22, token: network.token)
            let backend = try TestPeer(.backend, seed: 23, token: network.token)
            let discovery = try TestPeer(.discovery, seed: 24, token: network.token)
            let store = "/store?chunk=\(Self.chunk)&stamp=1"
            for peer in [node, discovery] {
                let answer = try await network.request(
                    .node, "POST", store, by: peer, body: Self.bytes, bodyHash: Self.chunk.hash)
                #expect(answer.code == "wrong-role")
                for path in ["/copy", "/delete", "/inventory"] {
                    let answer = try await network.request(.node, "POST", path, by: peer, body: [0])
                    #expect(answer.code == "wrong-role", "\(path)")
                }
                let peers = "/peers?epoch=0000000000000000&since=0"
                #expect(
                    try await network.request(.discovery, "GET", peers, by: peer).code
                        == "wrong-role")
            }
            for path in ["/register", "/heartbeat"] {
                let answer = try await network.request(
                    .discovery, "POST", path, by: backend, body: [0])
                #expect(answer.code == "wrong-role", "\(path)")
            }
            let left = try await network.request(.backend, "POST", "/leave", by: backend)
            #expect(left.code == "wrong-role")
            // The key of a node does not become a backend's, though the token would admit it.
            let promoted = try TestPeer(.backend, seed: 22, token: network.token)
            let answer = try await network.request(
                .node, "POST", store, by: promoted, body: Self.bytes, bodyHash: Self.chunk.hash)
            #expect(answer.status == 403 && answer.code == "stranger")
        }
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `strangers learn nothing`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            let token = try #require(JoinToken("the token of another network"))
            for role in [MemberRole.node, .backend] {
                let stranger = try TestPeer(role, seed: 25, token: token)
                let peers = "/peers?epoch=0000000000000000&since=0"
                for (server, method, target) in [
                    (EdgeNetwork.Role.discovery, "GET", peers),
                    (.node, "GET", "/retrieve/\(Self.chunk)"), (.backend, "POST", "/leave"),
                ] {
                    let answer = try await network.request(server, method, target, by: stranger)
                    #expect(answer.code == "stranger", "\(target)")
                }
            }
        }
    }

    @Test func `a capability is for one chunk, one bearer and a while`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let backend = try TestPeer(.backend, seed: 26, token: network.token)
            let node = try TestPeer(.node, seed: 27, token: network.token)
            let latest = Instant.admitted.upperBound.nanoseconds
            let stored = try await network.request(
                .node, "POST", "/store?chunk=\(Self.chunk)&stamp=\(latest)", by: backend,
                body: Self.bytes, bodyHash: Self.chunk.hash)
            #expect(stored.status == 201)
            func retrieve(_ capability: SignedCapability?) async throws -> RawAnswer {
                try await network.request(
                    .node, "GET", "/retrieve/\(Self.chunk)", by: node,
                    headers: capability.map { [("DecentraStore-Capability", $0.hexadecimal)] }
                        ?? [])
            }
            let good = backend.capability(for: node.id, Self.chunk)
            let answer = try await retrieve(good)
            #expect(answer.status == 200 && answer.body == Self.bytes)
            #expect(try await retrieve(nil).code == "refused")
            let unknown = try TestPeer(.backend, seed: 28, token: network.token)
            let wrong: [(SignedCapability, String)] = [
                (backend.capability(for: backend.id, Self.chunk), "refused"),
                (backend.capability(for: node.id, ChunkID(.zero)), "refused"),
                (
                    backend.capability(
                        for: node.id, Self.chunk, expires: Instant(nanoseconds: .min)),
                    "bad-capability"
                ),
                (backend.capability(for: node.id, Self.chunk, expires: .origin), "refused"),
                (unknown.capability(for: node.id, Self.chunk), "bad-capability"),
                (node.capability(for: node.id, Self.chunk), "bad-capability"),
                (
                    SignedCapability(good.capability, by: unknown.identity), "bad-capability"
                ),
            ]
            for (capability, code) in wrong {
                let answer = try await retrieve(capability)
                #expect(answer.status == 403 && answer.code == code)
            }
        }
    }

    @Test func `extreme numbers are numbers`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let backend = try TestPeer(.backend, seed: 29, token: network.token)
            let node = try TestPeer(.node, seed: 30, token: network.token)
            let last = Instant.admitted.upperBound
            let extremes: [Int64] = [
                .min, .min + 1, -1, 0, 1, last.nanoseconds, last.nanoseconds + 1, .max - 1, .max,
            ]
            for stamp in extremes {
                let stamp = Instant(nanoseconds: stamp)
                let store = StoreRequest(
                    chunk: Self.chunk,
                    payload: Payload(bytes: Self.bytes, byteCount: Self.bytes.count), stamp: stamp)
                let isAdmitted = Instant.admitted ~= stamp
                let answer = try await network.request(.node, store, by: backend)
                #expect(answer.status == (isAdmitted ? 201 : 400), "\(stamp)")
                for expires in extremes.map({ Instant(nanoseconds: $0) }) {
                    let request = DeleteRequest(
                        chunk: Self.chunk, stamp: stamp, expires: expires)
                    let answer = try await network.request(.node, request, by: backend)
                    let code = expires.nanoseconds > 1 ? "newer" : "refused"
                    #expect(
                        answer.code
                            == (isAdmitted && Instant.admitted ~= expires ? code : "malformed"),
                        "\(stamp), \(expires)")
                }
                for byteCount in [Int.min, -1, 0, 1, 16_778_240, 16_778_241, .max] {
                    // A fetch from nowhere takes seconds.
                    if ProtocolSettings.chunkBytes ~= byteCount, stamp != last { continue }
                    let request = CopyRequest(
                        chunk: ChunkID(.zero), byteCount: byteCount, source: node.id, stamp: stamp,
                        capability: backend.capability(for: node.id, Self.chunk).capability)
                    let answer = try await network.request(
                        .node, request, by: backend, knowing: [node.member])
                    let isPossible = isAdmitted && ProtocolSettings.chunkBytes ~= byteCount
                    #expect(answer.status == (isPossible ? 200 : 400), "\(byteCount)")
                    guard isPossible else { continue }
                    #expect(answer.json?["outcome"]?.string == "sourceSilent", "\(byteCount)")
                }
            }
            for bytes in [UInt64.min, 1, .max - 1, .max] {
                for other in [UInt64.min, .max] {
                    let registration = Registration(
                        node: node.id, publicKey: node.identity.publicKey, incarnation: bytes,
                        domain: .max, capacityBytes: bytes, freeBytes: other)
                    let answer = try await network.request(.discovery, registration, by: node)
                    #expect(answer.status == 200)
                    for lease in [UInt32.min, 1, .max] {
                        let answer = try await network.request(
                            .discovery, Heartbeat(lease: lease, freeBytes: bytes), by: node)
                        #expect(answer.status == 200)
                    }
                }
            }
            let user = try await network.user("ada")
            let numbers = ["0", "1", "9223372036854775807", "9223372036854775808", "\(UInt64.max)"]
            for first in numbers {
                for second in numbers {
                    for target in [
                        "/api/ledger/blocks?before=\(first)&limit=\(second)",
                        "/api/ledger/headers?from=\(first)&limit=\(second)",
                        "/api/ledger/export?from=\(first)", "/api/ledger/blocks/\(first)",
                        "/api/ledger/proof?record=\(first)",
                    ] {
                        let answer = try await network.request(
                            .backend, "GET", target, headers: user.open)
                        #expect([200, 400, 404].contains(answer.status), "\(target)")
                    }
                }
            }
            // Once the backend has heard of the node that claims all that, it still places chunks.
            let stored = try await network.request(
                .backend, "GET", "/api/network", headers: user.open)
            #expect(stored.status == 200)
            try await HostileBytesTests.checkHealth(network)
        }
    }

    @Test func `a node registers for itself only`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let node = try TestPeer(.node, seed: 31, token: network.token)
            let other = try TestPeer(.node, seed: 32, token: network.token)
            for (id, key) in [
                (other.id, node.identity.publicKey), (node.id, other.identity.publicKey),
            ] {
                let registration = Registration(
                    node: id, publicKey: key, incarnation: 1, domain: 1, capacityBytes: 1,
                    freeBytes: 1)
                let answer = try await network.request(.discovery, registration, by: node)
                #expect(answer.status == 403 && answer.code == "wrong-sender")
            }
        }
    }
}
