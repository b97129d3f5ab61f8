import Foundation
import Primitives
import Testing

@testable import Server

@Suite struct RequestIDTests {
    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `an ID is taken as it is or made anew`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            for good in ["a", "A-z_09", String(repeating: "x", count: 64)] {
                let answer = try await network.request(
                    .node, "GET", "/health", headers: [("X-Request-Id", good)])
                #expect(answer.headers["x-request-id"] == good)
            }
            for ugly in [
                "", "a b", "a,b", "ü", "\"", "<a>", "a=b", String(repeating: "x", count: 65),
            ] {
                let answer = try await network.request(
                    .node, "GET", "/health", headers: [("X-Request-Id", ugly)])
                let id = try #require(answer.headers["x-request-id"])
                #expect(id != ugly && PeerID(hexadecimal: id) != nil, "\(ugly)")
            }
            let twice = try await network.request(
                .node, "GET", "/health", headers: [("X-Request-Id", "a"), ("X-Request-Id", "b")])
            #expect(try PeerID(hexadecimal: #require(twice.headers["x-request-id"])) != nil)
            let refused = try await network.request(
                .backend, "GET", "/nowhere", headers: [("X-Request-Id", "lost")])
            #expect(refused.status == 404 && refused.headers["x-request-id"] == "lost")
        }
    }

    @Test func `nodes hear the ID of the request that they are asked for`() async throws {
        try await EdgeNetwork.run { network in
            let user = try await network.user("ada")
            let id = "find-me-again"
            let stored = try await network.request(
                .backend, "POST", "/api/files?name=x", headers: user.open + [("X-Request-Id", id)],
                body: [1, 2, 3])
            #expect(stored.status == 201)
            let lines = network.logs.lines.filter { $0.contains("request=\(id)") }
            #expect(lines.contains { $0.contains("role=node") && $0.contains("route=/store") })
            #expect(
                lines.contains { $0.contains("role=backend") && $0.contains("route=/api/files") })
            let heartbeat = network.logs.lines.filter { $0.contains("route=/heartbeat") }
            #expect(!heartbeat.contains { $0.contains(id) })
        }
    }
}
