import Client
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Server
@testable import Wire

/// What a backend can do with what users tell it who have the same password at another.
@Suite struct RogueBackendTests {
    @Test func `a log-in that is handed on opens nothing`() async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            _ = try await network.user("ada")
            let relay = Router()
            relay.post("**") { request, _ in
                let body = try await request.body.collect(upTo: 65_536)
                let answer = try await network.request(
                    .backend, "POST", request.uri.path, body: Array(buffer: body))
                return Response(
                    status: .init(code: answer.status),
                    headers: [.contentType: "application/json"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
            }
            try await Application(
                router: relay, server: .held(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0))
            ).test(.live) { server in
                let password = try #require(Password(EdgeNetwork.password))
                let honest = "http://127.0.0.1:\(network.port(.backend))"
                try await client(of: "http://127.0.0.1:\(server.port ?? 0)") { client in
                    let error = await #expect(throws: ClientError.self) {
                        try await client.logIn(user: "ada", password: password)
                    }
                    #expect(error?.code == "other-address")
                    #expect(error?.message.contains(honest) == true)
                }
                try await client(of: honest) { client in
                    _ = try await client.logIn(user: "ada", password: password)
                }
            }
        }
    }

    private func client(
        of address: String, _ body: (StoreClient) async throws -> Void
    ) async throws {
        var options = StoreClient.Options()
        options.leastWork = 1
        let client = try StoreClient(
            backend: #require(BackendAddress(address)), options: options)
        do { try await body(client) } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}
