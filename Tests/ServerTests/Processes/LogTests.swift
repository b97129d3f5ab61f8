import Foundation
import Primitives
import Testing

@testable import Server
@testable import Wire

/// What servers write for whoever reads their logs by machine.
@Suite(.serialized) struct LogTests {
    private static let settings =
        ProcessNetwork.quick.map { $0 == "notice" ? "debug" : $0 } + ["--log-format", "json"]

    @Test func `a request is found by its ID on the nodes that it led to`() async throws {
        let network = try ProcessNetwork(nodes: 3, settings: Self.settings)
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        func ask(
            _ method: String, _ target: String, as id: String, body: [UInt8]? = nil
        ) async throws -> RawAnswer {
            let headers = [("Authorization", "Bearer \(token)"), ("X-Request-Id", id)]
            return try #require(
                await RawConnection.request(
                    network.backend.port, method, target, headers: headers, body: body))
        }
        let bytes = FileStore.bytes(1, 50_000)
        let stored = try await ask(
            "POST", "/api/files?name=report", as: "the-upload", body: bytes)
        try #require(stored.status == 201, "\(stored.text)")
        let id = try WireJSON.decode(FileForm.self, from: Data(stored.body)).id
        let fetched = try await ask("GET", "/api/files/\(id)/content", as: "the-download")
        #expect(fetched.status == 200 && fetched.body == bytes)

        for (request, own, route) in [
            ("the-upload", "/api/files", "/store"), ("the-download", "/api/files", "/retrieve"),
        ] {
            try await wait("the backend tells of \(request)") {
                Self.routes(of: request, at: network.backend).contains { $0.hasPrefix(own) }
            }
            try await wait("a node tells of \(request)") {
                network.nodes.contains { node in
                    Self.routes(of: request, at: node).contains { $0.hasPrefix(route) }
                }
            }
        }
        for node in network.nodes {
            #expect(!Self.routes(of: "the-download", at: node).contains("/store"))
        }
    }

    @Test func `every line of a log in JSON is an object`() async throws {
        let network = try ProcessNetwork(nodes: 3, settings: Self.settings)
        try await network.start()
        try await network.register("ada")
        let token = try await network.logIn("ada")
        let put = try await network.put("file", FileStore.bytes(1, 50_000), token)
        #expect(put.status == 201, "\(put.text)")
        // Something for warnings too.
        await network.nodes[2].kill()
        _ = try await Web.get(network.backend.address + "/nowhere")
        _ = try await network.list(token)
        for server in [network.backend] + network.nodes.dropLast() + [network.discovery] {
            server.send(SIGTERM)
            #expect(await server.exitStatus() == 0, "\(server.messages.suffix(2_000))")
        }
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        for server in network.all {
            // Standard output goes there as well, and has nothing to say.
            let lines = server.messages.split(separator: "\n")
            #expect(lines.count > 3, "\(server.name)")
            for line in lines {
                let object = try? JSON(parsing: Array(line.utf8))
                let time = object?["time"]?.string ?? ""
                let form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
                #expect(time.wholeMatch(of: form) != nil, "\(server.name): \(line)")
                #expect(object?["message"]?.string?.isEmpty == false, "\(server.name): \(line)")
                #expect(levels.contains(object?["level"]?.string ?? ""), "\(server.name): \(line)")
            }
        }
    }

    /// The routes of the requests that a server says it served under an id.
    private static func routes(of request: String, at server: ServerProcess) -> [String] {
        server.messages.split(separator: "\n").compactMap { line in
            guard let object = try? JSON(parsing: Array(line.utf8)),
                object["message"]?.string == "served", object["request"]?.string == request
            else { return nil }
            return object["route"]?.string
        }
    }
}
