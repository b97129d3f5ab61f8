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

/// An answer is believed only from who was asked, and only to what was asked.
@Suite struct AnswerProofTests {
    private static let token = JoinToken("a token for tests")!

    /// Requests of the same content, signed and under a session.
    private static func requests(by asker: TestPeer, of peer: TestPeer) throws -> [RequestProof] {
        let subject = RequestSignature.Subject(
            receiver: peer.id, method: "GET", target: "/", introduction: "", bodyHash: .zero)
        let now = Clock.systemTime()
        let session = PeerSession(
            id: 1, expires: now + .hours(1),
            key: SecretKey(copying: [UInt8](repeating: 3, count: 32)))
        return (0..<2).flatMap { nonce -> [RequestProof] in
            [
                .signed(
                    RequestSignature(of: subject, by: asker.identity, at: now, nonce: nonce)),
                .coded(RequestCode(of: subject, in: session, at: now, nonce: nonce), session),
            ]
        }
    }

    @Test func `a proof holds for one request, status, body and answerer`() throws {
        let asker = try TestPeer(.backend, seed: 1, token: Self.token)
        let node = try TestPeer(.node, seed: 2, token: Self.token)
        let other = try TestPeer(.node, seed: 3, token: Self.token)
        let requests = try Self.requests(by: asker, of: node)
        let hash = SHA256.hash([1])
        for (index, request) in requests.enumerated() {
            let text = AnswerProof(request: request, status: 201, bodyHash: hash)
                .text(by: node.identity)
            for (candidate, asked) in requests.enumerated() {
                for (status, body) in [(201, hash), (200, hash), (201, .zero)] {
                    let proof = AnswerProof(request: asked, status: status, bodyHash: body)
                    #expect(
                        proof.isValid(text, by: node.member.publicKey)
                            == (candidate == index && status == 201 && body == hash))
                }
            }
            let proof = AnswerProof(request: request, status: 201, bodyHash: hash)
            if case .signed = request {
                #expect(!proof.isValid(text, by: other.member.publicKey))
            }
            for wrong in ["", "00", String(text.dropLast(2)), text + "00"] {
                #expect(!proof.isValid(wrong, by: node.member.publicKey))
            }
        }
    }

    /// What somebody on the way makes of a node's answers.
    enum Meddling: CaseIterable {
        case nothing, otherStatus, otherBody, noProof, answersItself, earlierAnswer

        /// What becomes of two questions.
        var outcome: String {
            switch self {
            case .nothing: "missing missing"
            case .earlierAnswer: "missing unproven"
            case .otherStatus, .otherBody, .noProof, .answersItself: "unproven unproven"
            }
        }
    }

    @Test(arguments: Meddling.allCases)
    func `what was changed on the way is not believed`(meddling: Meddling) async throws {
        try await EdgeNetwork.run(nodes: 1) { network in
            let answers = Answers()
            let relay = Router()
            relay.on("**", method: .get) { request, _ in
                let headers = request.headers.map { ($0.name.canonicalName, $0.value) }
                let answer = try await network.request(
                    .node, "GET", request.uri.string, headers: headers)
                return await answers.meddle(meddling, answer)
            }
            try await Application(
                router: relay, server: .held(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0))
            ).test(.live) { server in
                let outcome = try await ask(network, at: "http://127.0.0.1:\(server.port ?? 0)")
                #expect(outcome == meddling.outcome)
            }
        }
    }

    /// What two questions for chunks that the node has not are answered with.
    private func ask(_ network: EdgeNetwork, at address: String) async throws -> String {
        let own = try TestPeer(.backend, seed: 50, token: network.token)
        let directory = Directory(token: network.token)
        let key = await network.nodes[0].host.read { $0.identity.publicKey }
        let node = Contact(
            role: .node, publicKey: key, proof: network.token.proof(of: key, as: .node),
            address: address)
        directory.learn(node)
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let client = PeerClient(
            identity: own.identity, own: own.member, directory: directory, discoveries: [],
            client: http, clock: Clock())
        var outcomes: [String] = []
        for number in 0..<2 {
            let chunk = ChunkID(SHA256.hash([UInt8(number)]))
            do {
                let answer = try await client.send(
                    .node(.retrieve(RetrieveRequest(chunk: chunk, capability: nil))), to: node.id)
                if case .node(.retrieve(.missing)) = answer { outcomes.append("missing") }
            } catch PeerClient.Failure.unproven {
                outcomes.append("unproven")
            } catch {
                outcomes.append("\(error)")
            }
        }
        try await http.shutdown()
        return outcomes.joined(separator: " ")
    }

    private actor Answers {
        private var first: Response?

        func meddle(_ meddling: Meddling, _ answer: RawAnswer) -> Response {
            let proof = HTTPField.Name(AnswerProof.header)!
            var response = Response.bytes(
                answer.body, as: "application/json", status: .init(code: answer.status))
            response.headers[proof] = answer.headers[AnswerProof.header.lowercased()]
            switch meddling {
            case .nothing: break
            case .otherStatus: response.status = .serviceUnavailable
            case .otherBody:
                response = .bytes(
                    answer.body + [0x20], as: "application/json", status: response.status)
                response.headers[proof] = answer.headers[AnswerProof.header.lowercased()]
            case .noProof: response.headers[proof] = nil
            case .answersItself: response = .bytes([1, 2, 3])
            case .earlierAnswer:
                if let first { response = first }
                first = response
            }
            return response
        }
    }
}
