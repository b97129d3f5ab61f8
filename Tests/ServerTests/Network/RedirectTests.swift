import AsyncHTTPClient
import Cryptography
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Primitives
import Synchronization
import Testing

@testable import Client
@testable import Roles
@testable import Server
@testable import Wire

/// Servers that send elsewhere whoever asks them.
@Suite struct RedirectTests {
    /// What arrived elsewhere.
    private final class Elsewhere: Sendable {
        private let requests = Mutex<[String]>([])

        var all: [String] { requests.withLock { $0 } }
        func note(_ request: Request) { requests.withLock { $0.append("\(request.method)") } }
    }

    /// Runs `body` beside a server that answers every request by a redirect to another address of its
    /// own, where whatever arrives is answered well.
    private func redirecting(
        _ status: HTTPResponse.Status, answer: [UInt8],
        _ body: @escaping @Sendable (_ url: String) async throws -> Void
    ) async throws -> [String] {
        let elsewhere = Elsewhere()
        let router = Router()
        for method in [HTTPRequest.Method.get, .post] {
            router.on("elsewhere", method: method) { request, _ in
                elsewhere.note(request)
                return Response(
                    status: method == .post ? .created : .ok,
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
            }
            router.on("**", method: method) { _, _ in
                Response(
                    status: status, headers: [.location: "/elsewhere"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer)))
            }
        }
        try await Application(
            router: router, server: .held(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(.live) { try await body("http://127.0.0.1:\($0.port ?? 0)") }
        return elsewhere.all
    }

    @Test func `a server gives its chunks to nobody else`() async throws {
        let token = try #require(JoinToken("a token for tests"))
        let chunk = ChunkID(SHA256.hash([1]))
        let arrived = try await redirecting(.temporaryRedirect, answer: []) { url in
            let own = try TestPeer(.backend, seed: 50, token: token)
            let node = try TestPeer(.node, seed: 51, token: token, address: url)
            let directory = Directory(token: token)
            directory.learn(node.member)
            let launch = try Launch(token: token, servers: 1, tlsAuthority: nil, logger: .silent)
            let client = PeerClient(
                identity: own.identity, own: own.member, directory: directory, discoveries: [],
                client: launch.client, clock: Clock())
            let store = StoreRequest(
                chunk: chunk, payload: Payload(bytes: [1], byteCount: 1), stamp: .origin)
            // Although it would be stored there.
            await #expect {
                try await client.send(.node(.store(store)), to: node.id)
            } throws: { error in
                if case PeerClient.Failure.unproven = error { true } else { false }
            }
            await launch.close()
        }
        #expect(arrived.isEmpty)
    }

    @Test func `a user and an operator are told and go nowhere else`() async throws {
        let status = WireJSON.bytes(
            NodeStatusForm(
                id: PeerID(1), phase: .serving, chunks: 0, usedBytes: 0, trashBytes: 0,
                capacityBytes: 1,
                backends: [], awaiting: []))
        let arrived = try await redirecting(.found, answer: status) { url in
            let nodeOperator = try NodeOperator(tlsAuthority: nil)
            let told = await #expect(throws: ClientError.self) {
                try await nodeOperator.status(of: url)
            }
            #expect(told?.kind == .misbehaving)
            await nodeOperator.close()
            let client = try StoreClient(backend: #require(BackendAddress(url)))
            let error = await #expect(throws: ClientError.self) { try await client.network() }
            #expect(error?.kind == .misbehaving)
            #expect(error?.message.contains("sends elsewhere") == true)
            await client.close()
        }
        #expect(arrived.isEmpty)
    }
}
