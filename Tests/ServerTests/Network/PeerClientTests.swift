import AsyncHTTPClient
import Cryptography
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Primitives
import Testing

@testable import Roles
@testable import Server
@testable import Wire

@Suite struct PeerClientTests {
    private static let token = JoinToken("a token for tests")!

    private static func report(_ peer: TestPeer, key: PublicKey? = nil) -> PeerReport {
        PeerReport(
            registration: Registration(
                node: peer.id, publicKey: key ?? peer.identity.publicKey, incarnation: 1,
                domain: 0, capacityBytes: .max, freeBytes: .max),
            status: .alive)
    }

    /// What comes of a question for peers that `body` answers.
    private func reports(
        _ body: [UInt8], status: HTTPResponse.Status = .ok
    ) async throws -> (answer: Answer?, directory: Directory) {
        let router = Router()
        router.get("peers") { _, _ in
            Response(status: status, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
        let directory = Directory(token: Self.token)
        let answer = try await Application(
            router: router, server: .held(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(.live) { server in
            let url = "http://127.0.0.1:\(server.port ?? 0)"
            let own = try TestPeer(.backend, seed: 50, token: Self.token)
            let http = HTTPClient(eventLoopGroupProvider: .singleton)
            let client = PeerClient(
                identity: own.identity, own: own.member, directory: directory, discoveries: [url],
                client: http, clock: Clock())
            do {
                let answer = try await client.send(
                    .discovery(.peers(PeersRequest(epoch: 0, since: 0))),
                    to: PeerID(ofDiscoveryAt: url))
                try await http.shutdown()
                return answer
            } catch {
                try await http.shutdown()
                throw error
            }
        }
        return (answer, directory)
    }

    @Test func `nodes that proved nothing are not heard of`() async throws {
        let other = try #require(JoinToken("another token for tests"))
        let honest = try TestPeer(.node, seed: 51, token: Self.token)
        let unproven = try TestPeer(.node, seed: 52, token: Self.token)
        let stranger = try TestPeer(.node, seed: 53, token: other)
        let backend = try TestPeer(.backend, seed: 54, token: Self.token)
        let cheat = try TestPeer(.node, seed: 55, token: Self.token)
        var nowhere = try TestPeer(.node, seed: 56, token: Self.token)
        nowhere.member.address = "file:///etc/passwd"
        let told = PeersAnswer(
            epoch: 7, version: 9,
            reports: [
                Self.report(honest), Self.report(unproven), Self.report(stranger),
                Self.report(backend), Self.report(cheat, key: honest.identity.publicKey),
                Self.report(nowhere),
            ])
        let edge = TestEdge(
            base: honest.edge(),
            contacts: [honest, stranger, backend, cheat, nowhere].map(\.member))
        let wire = PeersRequest.encode(told, edge)
        guard case .json(let body) = wire.body else {
            Issue.record("no JSON")
            return
        }
        let (answer, directory) = try await reports(body)
        let peers = try #require(answer.flatMap(PeersRequest.reply(in:)))
        #expect(peers.epoch == 7 && peers.version == 9)
        #expect(peers.reports.map(\.registration.node) == [honest.id])
        #expect(directory[stranger.id] == nil && directory[nowhere.id] == nil)
    }

    @Test func `what is no answer is an error`() async throws {
        for body in ["", "{}", "null", "[[[[", "{\"epoch\":1,\"version\":1,\"peers\":[]}"] {
            await #expect(throws: WireError.self) { try await reports(Array(body.utf8)) }
        }
        for status in [HTTPResponse.Status.notFound, .internalServerError, .noContent, .found] {
            await #expect(throws: (any Error).self) { try await reports([], status: status) }
        }
    }

    @Test func `a refusal of what was only just signed tells that clocks differ`() async throws {
        func refusal(_ code: String) async -> (any Error)? {
            await #expect(throws: (any Error).self) {
                try await reports(
                    WireJSON.bytes(ErrorForm(code: code, message: "no")), status: .unauthorized)
            }
        }
        let expired = await refusal("expired")
        guard let expired, case PeerClient.Failure.clocksDiffer = expired else {
            Issue.record("nobody is told")
            return
        }
        let unsigned = await refusal("unsigned")
        #expect(unsigned is WireError)
    }

    /// The kinds of proof that requests for a chunk came with, in order.
    private actor Proofs {
        private(set) var kinds: [String] = []
        private(set) var sessionIsKnown = true

        func note(_ authorization: String) -> Bool {
            let kind = authorization.split(separator: " ").first.map(String.init) ?? "none"
            kinds.append(kind)
            return kind != "DecentraStore-Session" || sessionIsKnown
        }

        func forget() { sessionIsKnown = false }
    }

    @Test
    func
        `requests for chunks go under a session once there is one and signed where it is forgotten`()
        async throws
    {
        let proofs = Proofs()
        let identity = try TestPeer(.node, seed: 51, token: Self.token).identity
        let sessions = GrantedSessions(identity: identity)
        let own = try TestPeer(.backend, seed: 50, token: Self.token)
        let router = Router()
        router.get("retrieve/:chunk") { request, _ in
            let authorization = request.headers[.authorization] ?? ""
            guard await proofs.note(authorization) else {
                return HTTPFailure(.unauthorized, "unknown-session", "It has ended.").response
            }
            var response = Response.bytes([1, 2, 3])
            let proof = AnswerProof(
                request: try #require(sessions.proof(authorization)), status: 200, bodyHash: .zero)
            response.headers[HTTPField.Name(AnswerProof.header)!] = proof.text(by: identity)
            return response
        }
        router.post("session") { request, _ in
            let body = try await request.body.collect(upTo: 4096)
            let offer = try WireJSON.read(SessionOfferForm.self, from: Array(buffer: body))
            return Response.json(sessions.grant(offer, to: own.member, at: Clock.systemTime()))
        }
        try await Application(
            router: router, server: .held(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(.live) { server in
            let node = try TestPeer(
                .node, seed: 51, token: Self.token,
                address: "http://127.0.0.1:\(server.port ?? 0)")
            let directory = Directory(token: Self.token)
            directory.learn(node.member)
            let http = HTTPClient(eventLoopGroupProvider: .singleton)
            let client = PeerClient(
                identity: own.identity, own: own.member, directory: directory, discoveries: [],
                client: http, clock: Clock())
            func retrieve() async throws {
                let answer = try await client.send(
                    .node(
                        .retrieve(RetrieveRequest(chunk: ChunkID(.zero), capability: nil))),
                    to: node.id)
                guard case .node(.retrieve(.found)) = answer else {
                    Issue.record("no chunk")
                    return
                }
            }
            do {
                try await retrieve()
                try await wait("the client opens a session") {
                    try await retrieve()
                    return await proofs.kinds.last == "DecentraStore-Session"
                }
                await proofs.forget()
                try await retrieve()
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
        let kinds = await proofs.kinds
        #expect(kinds.first == "DecentraStore")
        #expect(
            kinds.suffix(3) == ["DecentraStore-Session", "DecentraStore-Session", "DecentraStore"])
    }

    @Test func `nobody is asked whose address is not known`() async throws {
        let own = try TestPeer(.backend, seed: 50, token: Self.token)
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let client = PeerClient(
            identity: own.identity, own: own.member, directory: Directory(token: Self.token),
            discoveries: [], client: http, clock: Clock())
        await #expect(throws: PeerClient.Failure.self) {
            _ = try await client.send(.backend(.leave(LeaveRequest())), to: PeerID(1))
        }
        try await http.shutdown()
    }

    @Test func `capabilities are kept until they expire and not without bound`() throws {
        let own = try TestPeer(.node, seed: 50, token: Self.token)
        let issuer = try TestPeer(.backend, seed: 51, token: Self.token)
        let source = try TestPeer(.node, seed: 52, token: Self.token)
        let edge = own.edge()
        func keep(_ capability: SignedCapability) throws {
            let read = try edge.keep(capability: capability.hexadecimal, for: source.member)
            #expect(read == capability.capability)
        }
        let late = issuer.capability(for: own.id, ChunkID(.zero), expires: .origin)
        try keep(late)
        let first = issuer.capability(for: own.id, ChunkID(SHA256.hash([1])))
        try keep(first)
        #expect(edge.signed(first.capability) == first.hexadecimal)
        #expect(edge.signed(late.capability) == nil)
        for number in 0..<256 {
            try keep(issuer.capability(for: own.id, ChunkID(SHA256.hash([UInt8(number), 2]))))
        }
        #expect(edge.signed(first.capability) == nil, "the oldest give way")
    }
}

extension GrantedSessions {
    /// How a request with such a header is proven.
    func proof(_ authorization: String) -> RequestProof? {
        if let signature = RequestSignature(header: authorization) { return .signed(signature) }
        guard let code = RequestCode(header: authorization),
            let (_, session) = session(code.session, at: Clock.systemTime())
        else { return nil }
        return .coded(code, session)
    }
}
