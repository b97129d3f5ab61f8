import Foundation
import Primitives
import Testing

@testable import Server
@testable import Wire

/// What no client sends: broken HTTP, floods, and connections that say nothing.
@Suite struct HostileBytesTests {
    /// Requests that end in an answer of these statuses.
    private struct Case: Sendable {
        var name: String
        var bytes: [UInt8]
        var statuses: Set<Int>
        /// More is sent than a server reads, so that the answer may go down with the connection.
        var isCutOff: Bool { bytes.count > 1 << 18 }

        init(_ name: String, _ text: String, _ statuses: Set<Int> = [400]) {
            self.init(name, Array(text.utf8), statuses)
        }

        init(_ name: String, _ bytes: [UInt8], _ statuses: Set<Int> = [400]) {
            self.name = name
            self.bytes = bytes
            self.statuses = statuses
        }
    }

    private static let close = "Host: x\r\nConnection: close\r\n"

    private static let json = "Content-Type: application/json\r\n"

    private static func post(_ rest: String) -> String {
        "POST /api/login HTTP/1.1\r\n\(close)\(json)\(rest)"
    }

    private static let framings: [Case] = [
        Case("negative length", post("Content-Length: -1\r\n\r\n")),
        Case("length in words", post("Content-Length: ten\r\n\r\n")),
        Case("length with exponent", post("Content-Length: 1e3\r\n\r\n")),
        Case("length beyond 64 bits", post("Content-Length: 18446744073709551616\r\n\r\n")),
        Case(
            "length beyond 63 bits", post("Content-Length: 18446744073709551615\r\n\r\n"),
            [400, 413]),
        Case("length beyond the limit", post("Content-Length: 70000\r\n\r\n"), [413]),
        Case("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x")),
        Case(
            "length and chunks",
            post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")),
        Case("chunk without size", post("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")),
        Case("negative chunk", post("Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n")),
        Case("endless chunk", post("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n")),
        Case(
            "chunk of another length",
            post("Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n")),
        Case("unknown encoding", post("Transfer-Encoding: gzip\r\n\r\n{}"), [400, 501]),
        Case(
            "chunks beyond the limit",
            Array(post("Transfer-Encoding: chunked\r\n\r\n11170\r\n").utf8)
                + [UInt8](repeating: 0x20, count: 70_000) + Array("\r\n0\r\n\r\n".utf8), [413]),
        Case(
            "body shorter than it says, then nothing",
            post("Content-Length: 10\r\n\r\n{}")),
        Case("HTTP 0.9", "GET /health\r\n\r\n"),
        Case("HTTP 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("HTTP 9", "GET /health HTTP/9.9\r\n\r\n"),
        Case("TLS", [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, 0, 0, 0, 0]),
        Case("nothing of HTTP", [UInt8](repeating: 0xFF, count: 4_096)),
        Case("unknown method", "FETCH /health HTTP/1.1\r\n\(close)\r\n"),
        Case("method in lower case", "get /health HTTP/1.1\r\n\(close)\r\n"),
        Case("header without name", "GET /health HTTP/1.1\r\n\(close): x\r\n\r\n"),
        Case("header with a blank", "GET /health HTTP/1.1\r\n\(close)A B: x\r\n\r\n"),
        Case("header with NUL", "GET /health HTTP/1.1\r\n\(close)A: \u{0}\r\n\r\n"),
        Case("folded header", "GET /health HTTP/1.1\r\n\(close)A: x\r\n y\r\n\r\n", [200, 400]),
        Case(
            "long header",
            "GET /health HTTP/1.1\r\n\(close)A: \(String(repeating: "x", count: 20_000))\r\n\r\n",
            [400, 431]),
        Case(
            "endless header",
            "GET /health HTTP/1.1\r\nA: " + String(repeating: "x", count: 1 << 20),
            [400, 431]),
        Case(
            "many headers",
            "GET /health HTTP/1.1\r\n\(close)"
                + (0..<100).map { "H\($0): x\r\n" }.joined() + "\r\n", [400, 431]),
        Case(
            "long target",
            "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\n\(close)\r\n",
            [400, 404, 414, 431]),
    ]

    private static let targets = [
        "/retrieve/../../etc/passwd", "/retrieve/..%2f..%2fetc%2fpasswd", "/retrieve/%00",
        "/retrieve/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/./health/../../etc/passwd",
        "/api/files/%ff%fe/content", "/api/files/..%5c..%5cx", "/api/files//content", "/%", "/%zz",
        "/api/files/" + String(repeating: "a/", count: 1_000), "/index.html%00.js", "/app.js/",
        "/api/ledger/blocks/-1", "/api/ledger/blocks/18446744073709551616", "/?", "/??", "/#",
        "*", "http://elsewhere.example/health", "elsewhere.example:80", "/api/files?name=%",
    ]

    @Test(arguments: EdgeNetwork.Role.allCases)
    func `broken HTTP is refused`(role: EdgeNetwork.Role) async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let port = network.port(role)
            for hostile in Self.framings {
                let answer = try await RawConnection.exchange(
                    port, [hostile.bytes], finishes: true)
                // Only a backend has a route to log in at.
                let isElsewhere = answer?.status == 404 && role != .backend
                let isExpected =
                    answer.map { hostile.statuses.contains($0.status) } ?? hostile.isCutOff
                #expect(
                    isExpected || isElsewhere,
                    "\(hostile.name): \(answer?.status ?? 0) \(answer?.text ?? "no answer")")
                try await Self.checkHealth(network)
            }
        }
    }

    @Test(arguments: EdgeNetwork.Role.allCases)
    func `targets lead nowhere else`(role: EdgeNetwork.Role) async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE"] {
                for target in Self.targets {
                    let answer = try await RawConnection.request(network.port(role), method, target)
                    guard let answer else { continue }
                    // What comes back with success is a page or a health, and never a file.
                    #expect(answer.status < 500, "\(method) \(target): \(answer.status)")
                    #expect(!answer.text.contains("root:"), "\(method) \(target)")
                    if answer.status < 300 {
                        #expect(["GET", "HEAD"].contains(method), "\(method) \(target)")
                    }
                }
            }
            try await Self.checkHealth(network)
        }
    }

    @Test func `bytes that are no text in the target are refused`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            for bytes: [UInt8] in [[0], [0xFF, 0xFE], [0x7F], [0xC3, 0x28], [9]] {
                let request =
                    Array("GET /".utf8) + bytes + Array(" HTTP/1.1\r\n\(Self.close)\r\n".utf8)
                let answer = try await RawConnection.exchange(
                    network.port(.backend), [request], finishes: true)
                #expect([nil, 400, 404].contains(answer?.status), "\(bytes)")
            }
            try await Self.checkHealth(network)
        }
    }

    @Test func `requests in a row are answered in their order`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let port = network.port(.backend)
            let paths = (0..<60).map { ["/health", "/nowhere-\($0)", "/api/account"][$0 % 3] }
            // An error closes the connection, so only the first ones are sure of an answer.
            let good = (0..<60).map {
                "GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: r\($0)\r\n\r\n"
            }
            let ids = try await RawConnection.run {
                let connection = try #require(RawConnection(port: port))
                connection.send(good.joined())
                return try (0..<60).map { _ in
                    try connection.answer().headers["x-request-id"] ?? ""
                }
            }
            #expect(ids == (0..<60).map { "r\($0)" })
            let mixed = paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            let first = try await RawConnection.exchange(port, [Array(mixed.utf8)])
            #expect(first?.status == 200)
            try await Self.checkHealth(network)
        }
    }

    @Test func `a body that comes in pieces is read`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let body = Array(#"{"user":"nobody"}"#.utf8)
            let head =
                "POST /api/login/parameters HTTP/1.1\r\n\(Self.close)\(Self.json)"
                + "Transfer-Encoding: chunked\r\n\r\n"
            let chunks = body.map { "1\r\n\(UnicodeScalar($0))\r\n" }.joined() + "0\r\n\r\n"
            let pieces = Array((head + chunks).utf8).map { [$0] }
            let answer = try await RawConnection.exchange(network.port(.backend), pieces)
            #expect(answer?.status == 200)
        }
    }

    @Test func `a client that only listens is still answered`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let request = Array("GET /health HTTP/1.1\r\n\(Self.close)\r\n".utf8)
            let whole = try await RawConnection.exchange(
                network.port(.node), [request], finishes: true)
            #expect(whole?.status == 200)
            let part = try await RawConnection.exchange(
                network.port(.node), [Array(request.dropLast(5))], finishes: true)
            #expect(part == nil || part?.status == 400)
        }
    }

    @Test func `bodies and connections that say nothing are cut off`() async throws {
        try await EdgeNetwork.run(nodes: 1) { settings in
            settings.bodyTimeoutSeconds = 3
            settings.idleSeconds = 3
        } _: { network in
            let user = try await network.user("slow")
            let login = Self.post("Content-Length: 10\r\n\r\n{")
            let upload =
                "POST /api/files?name=slow HTTP/1.1\r\n\(Self.close)Content-Length: 10\r\n"
                + "Authorization: \(user.open[0].1)\r\n\r\nx"
            for text in [upload, login, "GET /hea", ""] {
                let answer = try await RawConnection.exchange(
                    network.port(.backend), [Array(text.utf8)])
                // Cut off without a word, or with one.
                #expect(answer == nil || answer?.status == 400, "\(text)")
            }
            try await Self.checkHealth(network)
        }
    }

    @Test func `connections beyond the limit wait for their turn`() async throws {
        try await EdgeNetwork.run(nodes: 1) { settings in
            settings.connectionLimit = 300
        } _: { network in
            let port = network.port(.discovery)
            let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            try await RawConnection.run {
                var idle: [RawConnection] = []
                while idle.count < 250 { idle.append(try #require(RawConnection(port: port))) }
                // Those that say nothing leave room for whoever does.
                let lively = try #require(RawConnection(port: port))
                lively.send(request)
                #expect(try lively.answer().status == 200)
                while idle.count < 400 { idle.append(try #require(RawConnection(port: port))) }
                let last = try #require(RawConnection(port: port))
                last.send(request)
                idle = []
                #expect(try last.answer().status == 200)
            }
            try await Self.checkHealth(network)
        }
    }

    static func checkHealth(_ network: EdgeNetwork) async throws {
        for role in EdgeNetwork.Role.allCases {
            let answer = try await network.request(role, "GET", "/health")
            #expect(answer.status == 200)
        }
        let mistakes = network.logs.lines.filter { $0.contains("unexpected error") }
        #expect(mistakes.isEmpty, "\(mistakes)")
    }
}
