import Cryptography
import Merkle
import Primitives
import Roles
import Testing

@testable import Live

/// What servers say to each other, there and back.
@Suite struct ServerMessageTests {
    private static let token = JoinToken("a token for tests")!
    private static let chunk = ChunkID(SHA256.hash([1]))
    private static let stamps = [Int64.min, -1, 0, 1, .max].map { Instant(nanoseconds: $0) }

    private struct Context: WireContext {
        let peer: TestPeer
        let source: TestPeer

        func sign(_ capability: Capability) -> SignedCapability {
            SignedCapability(capability, by: peer.identity)
        }

        func signed(_ capability: Capability) -> SignedCapability? {
            capability.chunk == chunk ? sign(capability) : nil
        }

        func member(_ id: PeerID) -> Live.Member? { id == source.id ? source.member : nil }
    }

    private let context: Context

    init() throws {
        context = Context(
            peer: try TestPeer(.backend, seed: 1, token: Self.token),
            source: try TestPeer(.node, seed: 2, token: Self.token))
    }

    private func capability(_ expires: Instant) -> Capability {
        Capability(issuer: context.peer.id, bearer: PeerID(3), chunk: Self.chunk, expires: expires)
    }

    /// The route of a request, as a server finds it.
    private func route(_ request: WireRequest) throws -> WireRoute {
        let path = request.target.prefix { $0 != "?" }
        func query(_ name: String) -> String? {
            request.target.firstRange(of: name + "=").map {
                String(request.target[$0.upperBound...].prefix { $0 != "&" })
            }
        }
        switch path {
        case "/register": return .register
        case "/heartbeat": return .heartbeat
        case "/unregister": return .unregister
        case "/peers":
            return .peers(
                epoch: try #require(query("epoch").flatMap { PeerID(hexadecimal: $0) }).raw,
                since: try #require(query("since").flatMap { UInt64($0) }))
        case "/store":
            return .store(
                try #require(query("chunk").flatMap { ChunkID(hexadecimal: $0) }),
                stamp: Instant(nanoseconds: try #require(query("stamp").flatMap { Int64($0) })))
        case "/copy": return .copy
        case "/delete": return .delete
        case "/inventory": return .inventory
        case "/damaged": return .damaged
        case "/leave": return .leave
        default:
            return .retrieve(
                try #require(ChunkID(hexadecimal: String(path.dropFirst("/retrieve/".count)))))
        }
    }

    @Test func everyRequestArrivesAsItWasSent() throws {
        let bytes: [UInt8] = [1]
        var messages: [Message] = [
            .unregister, .leave, .damaged(Self.chunk),
            .retrieve(RetrieveRequest(chunk: Self.chunk, capability: nil)),
            .inventory(InventoryQuestion(opening: .zero)),
            .inventory(InventoryQuestion(prefixes: [.root])),
        ]
        for number in [UInt64.min, 1, .max - 1, .max] {
            messages += [
                .register(
                    Registration(
                        node: PeerID(number), publicKey: context.peer.identity.publicKey,
                        incarnation: number, domain: .max, capacityBytes: number,
                        freeBytes: number)),
                .heartbeat(lease: UInt32(truncatingIfNeeded: number), freeBytes: number),
                .peers(epoch: number, since: number),
            ]
        }
        for stamp in Self.stamps {
            messages += [
                .store(
                    StoreRequest(
                        chunk: Self.chunk, payload: Payload(bytes: bytes, byteCount: 1),
                        stamp: stamp)),
                .delete(DeleteRequest(chunk: Self.chunk, stamp: stamp, expires: stamp)),
                .copy(
                    CopyRequest(
                        chunk: Self.chunk, byteCount: .max, source: context.source.id,
                        stamp: stamp, capability: capability(stamp))),
                .retrieve(RetrieveRequest(chunk: Self.chunk, capability: capability(stamp))),
            ]
        }
        for message in messages {
            let request = try #require(WireRequest(message, context: context))
            let shown = request.capability.flatMap { SignedCapability(hexadecimal: $0) }
            let route = try route(request)
            #expect(request.bodyHash == (route.namedBodyHash ?? SHA256.hash(request.body)))
            #expect(request.body.count <= route.bodyLimit)
            let read = try route.message(body: request.body, capability: shown)
            #expect(String(describing: read) == String(describing: message))
        }
    }

    @Test func whatCannotBeSentIsNoRequest() {
        let unknown = CopyRequest(
            chunk: Self.chunk, byteCount: 1, source: PeerID(99), stamp: .origin,
            capability: capability(.origin))
        #expect(WireRequest(.copy(unknown), context: context) == nil, "nobody knows the source")
        var other = capability(.origin)
        other.chunk = ChunkID(.zero)
        let retrieve = RetrieveRequest(chunk: ChunkID(.zero), capability: other)
        #expect(WireRequest(.retrieve(retrieve), context: context) == nil, "nobody signed it")
        #expect(WireRequest(.leaveAnswer(isGranted: true), context: context) == nil)
        #expect(WireRequest(.getFile(FileID(high: 1, low: 1)), context: context) == nil)
    }

    @Test func everyAnswerArrivesAsItWasSent() throws {
        let key = context.peer.identity.publicKey
        let registration = Registration(
            node: PeerID(.max), publicKey: key, incarnation: .max, domain: .max,
            capacityBytes: .max, freeBytes: .max)
        let store = StoreRequest(
            chunk: Self.chunk, payload: Payload(bytes: [1], byteCount: 1), stamp: .origin)
        let copy = CopyRequest(
            chunk: Self.chunk, byteCount: 1, source: context.source.id, stamp: .origin,
            capability: capability(.origin))
        let deletion = DeleteRequest(chunk: Self.chunk, stamp: .origin, expires: .origin)
        let retrieve = Message.retrieve(RetrieveRequest(chunk: Self.chunk, capability: nil))
        let question = Message.inventory(InventoryQuestion(opening: .zero))
        var tree = InventoryTree([Self.chunk])
        var pairs: [(Message, Message)] = [
            (.register(registration), .registered(lease: .max)),
            (.heartbeat(lease: 1, freeBytes: 1), .heartbeatAnswer(isKnown: true)),
            (.heartbeat(lease: 1, freeBytes: 1), .heartbeatAnswer(isKnown: false)),
            (
                .peers(epoch: 0, since: 0),
                .peersAnswer(
                    PeersAnswer(
                        epoch: .max, version: .max,
                        reports: [PeerStatus.alive, .suspect, .dead].map {
                            PeerReport(registration: registration, status: $0)
                        }))
            ),
            (retrieve, .retrieved(.found(Payload(bytes: [7], byteCount: 1)))),
            (retrieve, .retrieved(.missing)), (retrieve, .retrieved(.refused)),
            (question, .inventoryAnswer(tree.answer(InventoryQuestion(opening: .zero)))),
            (question, .inventoryRefused), (.leave, .leaveAnswer(isGranted: true)),
            (.leave, .leaveAnswer(isGranted: false)),
        ]
        pairs += StoreOutcome.allCases.map { (.store(store), .stored(Self.chunk, $0)) }
        pairs += CopyOutcome.allCases.map { (.copy(copy), .copied(Self.chunk, $0)) }
        pairs += DeleteOutcome.allCases.map { (.delete(deletion), .deleted($0)) }
        for (request, answer) in pairs {
            let wire = try #require(WireAnswer(answer))
            let (read, members) = try wire.message(answering: request)
            #expect(
                read.map { String(describing: $0) } == String(describing: answer), "\(answer)")
            #expect(members.isEmpty)
            // Whatever its status says, the body is there and can be read.
            if wire.contentType == WireAnswer.json { _ = try JSON(parsing: wire.body) }
        }
    }

    @Test func answersThatNoServerOfOursGivesAreRefused() {
        let store = Message.store(
            StoreRequest(
                chunk: Self.chunk, payload: Payload(bytes: [1], byteCount: 1), stamp: .origin))
        let retrieve = Message.retrieve(RetrieveRequest(chunk: Self.chunk, capability: nil))
        let question = Message.inventory(InventoryQuestion(opening: .zero))
        let requests: [Message] = [
            .heartbeat(lease: 1, freeBytes: 1), .peers(epoch: 0, since: 0), store, retrieve,
            question, .leave,
        ]
        let bodies: [[UInt8]] = [
            [], Array("{}".utf8), Array("null".utf8), Array("[]".utf8), [0xFF],
            Array(#"{"outcome":"eaten"}"#.utf8), Array(#"{"isKnown":"yes"}"#.utf8),
            Array(#"{"epoch":"x","version":-1,"peers":[]}"#.utf8),
            [UInt8](repeating: UInt8(ascii: "["), count: 10_000),
        ]
        for request in requests {
            for status in [100, 199, 204, 301, 400, 404, 500, 599] {
                for body in bodies {
                    let answer = WireAnswer(
                        status: status, contentType: "text/html", body: body)
                    if case .retrieve = request, [404, 403].contains(status) { continue }
                    #expect(throws: WireError.self) { try answer.message(answering: request) }
                }
            }
            for body in bodies.dropFirst() {
                if case .retrieve = request { continue }
                let answer = WireAnswer(status: 200, contentType: WireAnswer.json, body: body)
                #expect(throws: WireError.self, "\(request)") {
                    try answer.message(answering: request)
                }
            }
        }
        let long = WireAnswer(
            status: 200, contentType: WireAnswer.bytes,
            body: [UInt8](repeating: 0, count: ProtocolSettings.chunkBytes.upperBound + 1))
        #expect(throws: WireError.self) { try long.message(answering: retrieve) }
    }

    @Test func malformedRequestsAreRefusedInWords() throws {
        let routes: [WireRoute] = [.register, .heartbeat, .copy, .delete, .damaged]
        let bodies = [
            "", "{", "null", "[]", "1", "\"x\"", "{\"chunk\":1}", "{\"lease\":-1,\"freeBytes\":1}",
            "{\"lease\":4294967296,\"freeBytes\":1}", "{\"lease\":1.5,\"freeBytes\":1}",
            "{\"chunk\":\"\(Self.chunk)0\"}",
        ]
        for route in routes {
            for body in bodies {
                do {
                    _ = try route.message(body: Array(body.utf8), capability: nil)
                    Issue.record("\(route) took \(body)")
                } catch WireError.malformed(let what) {
                    #expect(!what.isEmpty && !what.hasPrefix(" "), "\(route) \(body): '\(what)'")
                }
            }
        }
        #expect(throws: WireError.malformed("lease is missing")) {
            try WireRoute.heartbeat.message(body: Array("{}".utf8), capability: nil)
        }
        #expect(throws: WireError.malformed("the body has the wrong type")) {
            try WireRoute.heartbeat.message(body: Array("[]".utf8), capability: nil)
        }
        for body: [UInt8] in [[], [2], [0], [1, 0, 0], [1, 0, 2, 0], [1, 255, 255]] {
            #expect(throws: WireError.self) {
                try WireRoute.inventory.message(body: body, capability: nil)
            }
        }
    }
}
