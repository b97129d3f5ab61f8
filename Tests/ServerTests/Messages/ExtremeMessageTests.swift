import Cryptography
import Extremes
import Primitives
import Roles
import Testing

@testable import Server
@testable import Wire

/// Every request between servers and every answer to it, with the extremes in place of each part.
@Suite struct ExtremeMessageTests {
    private typealias Exchange = ServerMessageSamples.Exchange
    private let samples: ServerMessageSamples

    init() throws { samples = try ServerMessageSamples() }

    /// Asks for all that a driver asks of a message that it was handed.
    private static func use(_ content: some MessageContent) {
        _ = (content.words, content.bodyByteCount, content.payloadByteCount)
        if let copy = content as? CopyRequest {
            #expect(ProtocolSettings.chunkBytes ~= copy.byteCount)
        }
    }

    /// A body with the extremes in it.
    private static func variants(of body: [UInt8]) -> [[UInt8]] {
        body.first == UInt8(ascii: "{")
            ? Extremes.variants(ofJSON: body) : Extremes.variants(of: body)
    }

    // MARK: Requests

    private struct Arrival: ServerMessageSamples.Visitor {
        let samples: ServerMessageSamples

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) throws {
            let good = try #require(exchange.asked.encode(samples.edge))
            for index in good.parameters.indices {
                for text in Extremes.texts {
                    var wire = good
                    wire.parameters[index] = text
                    try read(Asked.self, wire)
                    _ = try? Asked.bodyHash(wire.parameters)
                }
            }
            if let text = good.capability {
                let capability = try #require(Hexadecimal.decode(text))
                for bytes in Extremes.variants(of: capability) {
                    var wire = good
                    wire.capability = Hexadecimal.encode(bytes)
                    try read(Asked.self, wire)
                }
            }
            for body in ExtremeMessageTests.variants(of: good.body) {
                var wire = good
                wire.body = body
                try read(Asked.self, wire)
            }
        }

        /// A request that is read says what it said.
        private func read<Asked: ServerRequest>(_ kind: Asked.Type, _ wire: WireRequest) throws {
            let edge = samples.edge.reading(from: samples.backend.member)
            let asked: Asked
            do throws(WireError) { asked = try Asked(wire, edge) } catch { return }
            ExtremeMessageTests.use(asked)
            guard let again = asked.encode(samples.edge) else { return }
            let read = try Asked(again, edge)
            #expect(String(describing: read) == String(describing: asked))
        }
    }

    @Test func `a request with an extreme in it is refused, or says what it said`() throws {
        try samples.visit(Arrival(samples: samples))
    }

    // MARK: Answers

    private static let statuses = [0, -1, 99, 200, 201, 202, 204, 403, 404, 409, 503, 507, .max]

    private struct Return: ServerMessageSamples.Visitor {
        let edge: ServerEdge

        func visit<Asked: ServerRequest>(_ exchange: Exchange<Asked>) {
            for reply in exchange.replies {
                let wire = Asked.encode(reply, edge)
                let own = wire.status
                let body: [UInt8] =
                    switch wire.body {
                    case .none: []
                    case .json(let bytes), .bytes(let bytes): bytes
                    case .refusal(let code, let message):
                        WireJSON.bytes(ErrorForm(code: code, message: message))
                    }
                for body in ExtremeMessageTests.variants(of: body) {
                    read(exchange.asked, own, body)
                }
                for status in ExtremeMessageTests.statuses { read(exchange.asked, status, body) }
            }
        }

        private func read<Asked: ServerRequest>(_ asked: Asked, _ status: Int, _ body: [UInt8]) {
            let wire = WireAnswer(status, .bytes(body))
            let reply: Asked.Reply
            do throws(WireError) { reply = try asked.reply(wire, edge) } catch { return }
            ExtremeMessageTests.use(reply)
            #expect(Asked.reply(in: Asked.answer(reply)) != nil)
            _ = Asked.encode(reply, edge)
        }
    }

    @Test func `an answer with an extreme in it is refused, or taken for what it says`() throws {
        try samples.visit(Return(edge: samples.edge))
    }
}
