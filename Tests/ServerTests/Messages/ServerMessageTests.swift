import Cryptography
import Primitives
import Testing

@testable import Roles
@testable import Server
@testable import Wire

/// What servers say to each other, there and back.
@Suite struct ServerMessageTests {
    private typealias Exchange = ServerMessageSamples.Exchange
    private let samples: ServerMessageSamples

    init() throws { samples = try ServerMessageSamples() }

    /// The bytes of an answer's body, as a server sends them.
    private static func bytes(_ answer: WireAnswer) -> [UInt8] {
        switch answer.body {
        case .none: []
        case .json(let bytes), .bytes(let bytes): bytes
        case .refusal(let code, let message):
            WireJSON.bytes(ErrorForm(code: code, message: message))
        }
    }

    /// Parameters as a server finds them in a target.
    private static func parameters(in target: String, of route: Route) throws -> [String] {
        let halves = target.split(separator: "?").map(String.init)
        var values: [String: String] = [:]
        let parts = route.path.split(separator: "/")
        let given = halves[0].split(separator: "/")
        try #require(parts.count == given.count && halves.count == (route.query.isEmpty ? 1 : 2))
        for (part, value) in zip(parts, given) {
            if part.hasPrefix("{") {
                values[String(part.dropFirst().dropLast())] = String(value)
            } else {
                #expect(part == value)
            }
        }
        for pair in halves.dropFirst().joined().split(separator: "&") {
            let words = pair.split(separator: "=").map(String.init)
            values[words[0]] = words[1]
        }
        return try route.parameters.map { try #require(values[$0], "no \($0) in \(target)") }
    }

    // MARK: There

    private final class Seen: ServerMessageSamples.Visitor {
        private(set) var kinds: Set<String> = []

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) {
            kinds.insert("\(Asked.self)")
        }
    }

    @Test func `there are samples of every kind`() throws {
        let seen = Seen()
        try samples.visit(seen)
        #expect(seen.kinds == Set(ServerRequests.all.map { "\($0)" }))
    }

    private struct Arrival: ServerMessageSamples.Visitor {
        let samples: ServerMessageSamples

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws {
            let sent = try #require(exchange.asked.encode(samples.edge))
            #expect(sent.route == Asked.route)
            #expect(sent.body.count <= Asked.bodyLimit)
            let parameters = try ServerMessageTests.parameters(in: sent.target, of: Asked.route)
            let hash = try Asked.bodyHash(parameters)
            #expect(hash == nil || hash == SHA256.hash(sent.body))
            let arrived = WireRequest(
                Asked.route, texts: parameters, body: sent.body, capability: sent.capability)
            let sender = Asked.askers.contains(.backend) ? samples.backend : samples.node
            let read = try Asked(arrived, samples.edge.reading(from: sender.member))
            #expect(String(describing: read) == String(describing: exchange.asked))
        }
    }

    @Test func `every request arrives as it was sent`() throws {
        try samples.visit(Arrival(samples: samples))
    }

    @Test func `a time that is not admitted is malformed`() throws {
        func read<Asked: ServerRequest>(_ asked: Asked) throws(WireError) {
            guard let sent = asked.encode(samples.edge) else { return }
            _ = try Asked(sent, samples.edge.reading(from: samples.backend.member))
        }
        let last = Instant.admitted.upperBound.nanoseconds
        for nanoseconds in [.min, -1, last + 1, .max] {
            let time = Instant(nanoseconds: nanoseconds)
            let chunk = ServerMessageSamples.chunk
            #expect(throws: WireError.self) { try read(samples.store(at: time)) }
            #expect(throws: WireError.self) {
                try read(samples.copy(from: samples.source.id, at: time))
            }
            for (stamp, expires) in [(time, .origin), (.origin, time)] {
                #expect(throws: WireError.self) {
                    try read(DeleteRequest(chunk: chunk, stamp: stamp, expires: expires))
                }
            }
        }
    }

    @Test func `what cannot be sent is no request`() {
        let unknown = samples.copy(from: PeerID(99), at: .origin)
        #expect(unknown.encode(samples.edge) == nil, "nobody knows the source")
        let capability = samples.capability(expires: .distantFuture)
        let retrieve = RetrieveRequest(chunk: capability.chunk, capability: capability)
        #expect(retrieve.encode(samples.edge) == nil, "nobody gave it")
    }

    // MARK: Back

    private struct Return: ServerMessageSamples.Visitor {
        let edge: ServerEdge

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws {
            for reply in exchange.replies {
                let wire = Asked.encode(reply, edge)
                let bytes = ServerMessageTests.bytes(wire)
                #expect(bytes.count <= Asked.answerLimit)
                if case .json = wire.body { _ = try JSON(parsing: bytes) }
                let read = try exchange.asked.reply(
                    WireAnswer(wire.status, .bytes(bytes)), edge)
                #expect(String(describing: read) == String(describing: reply))
                let heard = Asked.reply(in: Asked.answer(read))
                #expect(heard.map { String(describing: $0) } == String(describing: reply))
            }
        }
    }

    @Test func `every answer arrives as it was sent`() throws {
        try samples.visit(Return(edge: samples.edge))
    }

    @Test func `a discovery's answers tell of backends`() throws {
        let lease = Registration.encode(Lease(number: 1), samples.edge)
        let beat = Heartbeat.encode(HeartbeatAnswer(isKnown: true), samples.edge)
        for wire in [lease, beat] {
            let edge = samples.node.edge()
            #expect(edge.backends.isEmpty)
            let answer = WireAnswer(200, .bytes(Self.bytes(wire)))
            if wire == lease {
                let registration = Registration(
                    node: samples.node.id, publicKey: samples.node.identity.publicKey,
                    incarnation: 1, domain: 1, capacityBytes: 1, freeBytes: 1)
                _ = try registration.reply(answer, edge)
            } else {
                _ = try Heartbeat(lease: 1, freeBytes: 1).reply(answer, edge)
            }
            #expect(edge.backends == [samples.backend.member])
        }
    }

    // MARK: Wrong answers

    private static let hostile: [[UInt8]] = [
        [], Array("{}".utf8), Array("null".utf8), Array("[]".utf8), [0xFF],
        Array(#"{"outcome":"eaten"}"#.utf8), Array(#"{"isKnown":"yes"}"#.utf8),
        Array(#"{"epoch":"x","version":-1,"peers":[]}"#.utf8),
        WireJSON.bytes(ErrorForm(code: "no-such-route", message: "Nothing is here.")),
        [UInt8](repeating: UInt8(ascii: "["), count: 10_000),
    ]

    private static let statuses: Set = [
        100, 199, 200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 409, 422, 500, 502, 503, 507,
        599,
    ]

    private struct Refusal: ServerMessageSamples.Visitor {
        let edge: ServerEdge

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws {
            let ours = exchange.replies.map { Asked.encode($0, edge) }
            // What a body must bear out; any bytes are a chunk.
            let said = Set(
                ours.filter { answer in
                    switch answer.body {
                    case .json: true
                    case .bytes: Asked.self != RetrieveRequest.self
                    case .none: false
                    case .refusal(let code, _):
                        ["no-such-chunk", "unavailable"].contains(code)
                            && Asked.self != DeleteRequest.self
                            && Asked.self != RestoreRequest.self
                    }
                }.map(\.status))
            let strange = ServerMessageTests.statuses.subtracting(ours.map(\.status))
            for status in strange.union(said) {
                for body in ServerMessageTests.hostile {
                    let answer = WireAnswer(status, .bytes(body))
                    #expect(throws: WireError.self, "\(Asked.self) \(status)") {
                        _ = try exchange.asked.reply(answer, edge)
                    }
                }
            }
        }
    }

    @Test func `answers that no server of ours gives are refused`() throws {
        try samples.visit(Refusal(edge: samples.edge))
        let retrieve = RetrieveRequest(chunk: ServerMessageSamples.chunk, capability: nil)
        for count in [0, ProtocolSettings.chunkBytes.upperBound + 1] {
            let answer = WireAnswer(200, .bytes([UInt8](repeating: 0, count: count)))
            #expect(throws: WireError.self, "\(count)") {
                try retrieve.reply(answer, samples.edge)
            }
        }
    }

    @Test func `a store and a deletion are answered by their status alone`() throws {
        let store = samples.store(at: .origin)
        let delete = DeleteRequest(chunk: store.chunk, stamp: .origin, expires: .origin)
        for body in Self.hostile {
            let stores: [(Int, StoreOutcome)] = [
                (201, .stored), (507, .full), (422, .mismatched), (403, .refused), (503, .busy),
            ]
            for (status, outcome) in stores {
                let answer = WireAnswer(status, .bytes(body))
                #expect(try store.reply(answer, samples.edge).outcome == outcome)
            }
            let deletions: [(Int, DeleteOutcome)] = [
                (204, .deleted), (404, .notHeld), (409, .newer), (403, .refused),
            ]
            for (status, outcome) in deletions {
                let answer = WireAnswer(status, .bytes(body))
                #expect(try delete.reply(answer, samples.edge) == outcome)
            }
        }
    }

    // MARK: Wrong requests

    private static let malformed = [
        "", "{", "null", "[]", "1", "\"x\"", "{\"chunk\":1}", "{\"lease\":-1,\"freeBytes\":1}",
        "{\"lease\":4294967296,\"freeBytes\":1}", "{\"lease\":1.5,\"freeBytes\":1}",
        "{\"chunk\":\"\(ServerMessageSamples.chunk)0\"}",
    ]

    private struct Malformation: ServerMessageSamples.Visitor {
        let samples: ServerMessageSamples

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws {
            let good = try #require(exchange.asked.encode(samples.edge))
            if good.body.first == UInt8(ascii: "{") {
                for body in ServerMessageTests.malformed {
                    var bad = good
                    bad.body = Array(body.utf8)
                    let what = refused(Asked.self, bad)
                    #expect(what?.isEmpty == false && what?.hasPrefix(" ") == false, "\(body)")
                }
            }
            for (index, name) in Asked.route.parameters.enumerated() {
                for text in ["", "x", " 1", "1.5", "18446744073709551616", "١"] {
                    var bad = good
                    bad.parameters[index] = text
                    #expect(refused(Asked.self, bad)?.hasPrefix("\(name) is not ") == true)
                }
            }
        }

        /// In which words a request is refused.
        private func refused<Asked: ServerRequest>(
            _ kind: Asked.Type, _ wire: WireRequest
        ) -> String? {
            do throws(WireError) {
                _ = try Asked(wire, samples.edge.reading(from: samples.node.member))
            } catch .malformed(let what) {
                return what
            } catch {
                Issue.record("\(kind): \(error)")
                return nil
            }
            Issue.record("\(kind) took \(wire)")
            return nil
        }
    }

    @Test func `malformed requests are refused in words`() throws {
        try samples.visit(Malformation(samples: samples))
        func read(_ text: String) throws {
            _ = try Heartbeat(
                WireRequest(Heartbeat.route, body: Array(text.utf8)), samples.edge)
        }
        #expect(throws: WireError.malformed("lease is missing")) { try read("{}") }
        #expect(throws: WireError.malformed("the body has the wrong type")) { try read("[]") }
        for body: [UInt8] in [[], [2], [0], [1, 0, 0], [1, 0, 2, 0], [1, 255, 255]] {
            #expect(throws: WireError.self) {
                try InventoryRequest(WireRequest(InventoryRequest.route, body: body), samples.edge)
            }
        }
    }
}
