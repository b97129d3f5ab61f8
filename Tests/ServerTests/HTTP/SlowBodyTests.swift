import Cryptography
import Foundation
import Primitives
import Testing

@testable import Server

/// Bodies that keep coming, at a pace that would hold their connection for ever.
@Suite struct SlowBodyTests {
    private static let timeoutSeconds: Int64 = 2

    /// The head of a request whose body never ends.
    private struct Endless: Sendable {
        var name: String
        var head: String
    }

    private static func endless(_ user: EdgeNetwork.User) -> [Endless] {
        let chunk = ChunkID(SHA256.hash([1]))
        // Short enough for its length to be no reason to wait longer.
        let length = "Content-Length: 16384\r\n"
        return [
            ("a chunk", "PUT /api/chunks/\(chunk)", user.sealed, length),
            ("a file", "POST /api/files?name=slow", user.open, length),
            (
                "a file of any length", "POST /api/files?name=slow", user.open,
                "Transfer-Encoding: chunked\r\n"
            ),
            (
                "a form", "POST /api/login", [], "Content-Type: application/json\r\n" + length
            ),
        ].map { name, request, headers, framing in
            let fields = headers.map { "\($0): \($1)\r\n" }.joined()
            return Endless(
                name: name, head: "\(request) HTTP/1.1\r\nHost: x\r\n\(fields)\(framing)\r\n")
        }
    }

    @Test func `a body that trickles for ever is cut off`() async throws {
        try await EdgeNetwork.run(nodes: 1) { settings in
            settings.bodyTimeoutSeconds = Self.timeoutSeconds
        } _: { network in
            let user = try await network.user("slow")
            let port = network.port(.backend)
            // All at once: what each costs is time.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for request in Self.endless(user) {
                    group.addTask {
                        let isCutOff = try await Self.trickle(request, to: port)
                        #expect(isCutOff, "\(request.name) was still read")
                    }
                }
                try await group.waitForAll()
            }
            let files = try await network.request(
                .backend, "GET", "/api/files", headers: user.open)
            #expect(files.json?["files"]?.array?.isEmpty == true, "\(files.text)")
            try await HostileBytesTests.checkHealth(network)
        }
    }

    @Test func `a body that is slow but not too slow is read`() async throws {
        try await EdgeNetwork.run { settings in
            settings.bodyTimeoutSeconds = 8
        } _: { network in
            let user = try await network.user("steady")
            let bytes = randomBytes(60 * 8_192, seed: 7)
            let fields = user.open.map { "\($0): \($1)\r\n" }.joined()
            let head =
                "POST /api/files?name=steady HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)"
                + "Content-Length: \(bytes.count)\r\n\r\n"
            let port = network.port(.backend)
            // Some times as fast as it must be, for longer than a body may say nothing.
            let answer = try await RawConnection.run {
                let connection = try #require(RawConnection(port: port))
                connection.send(head)
                for start in stride(from: 0, to: bytes.count, by: 8_192) {
                    guard connection.send(Array(bytes[start..<start + 8_192])) else { break }
                    Thread.sleep(forTimeInterval: 0.2)
                }
                return try connection.answer()
            }
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    /// Sends a byte of a body now and then. False when the server still listens after 20 times its
    /// timeout.
    private static func trickle(_ request: Endless, to port: Int) async throws -> Bool {
        let isInChunks = request.head.contains("chunked")
        return try await RawConnection.run {
            let connection = try #require(RawConnection(port: port))
            connection.send(request.head)
            for _ in 0..<20 * timeoutSeconds * 20 {
                guard connection.send(isInChunks ? "1\r\nx\r\n" : "x") else { return true }
                Thread.sleep(forTimeInterval: 0.05)
            }
            return false
        }
    }
}
