import Ledger
import Merkle
import Primitives
import Testing

@testable import Roles

@Suite struct MessageWireTests {
    private typealias Samples = MessageSamples

    // MARK: Kinds

    /// The name of a message's kind, and the type that it is of.
    private struct Kind: Hashable {
        let name: String
        let type: ObjectIdentifier

        init<Content: MessageContent>(_ content: Content.Type) {
            name = content.kind.name
            type = ObjectIdentifier(content)
        }
    }

    private struct KindOf: ContentVisitor, RequestVisitor {
        func visit(_ content: some MessageContent) -> Kind { Kind(type(of: content)) }
        func visit(_ request: some ServerRequest) -> Kind { Kind(type(of: request)) }
    }

    /// The kinds that there are. What is lacking here the compiler names below.
    private static let kinds: [Kind] =
        ServerRequests.all.map { Kind($0) } + [
            Kind(PutChunkRequest.self), Kind(CommitRequest.self), Kind(GetFileRequest.self),
            Kind(GetChunkRequest.self), Kind(DeleteFileRequest.self),
            Kind(UndeleteFileRequest.self),
            Kind(Lease.self), Kind(HeartbeatAnswer.self), Kind(PeersAnswer.self),
            Kind(StoreAnswer.self), Kind(RetrieveAnswer.self), Kind(CopyAnswer.self),
            Kind(DeleteOutcome.self), Kind(RestoreAnswer.self), Kind(InventoryReply.self),
            Kind(AuditAnswer.self),
            Kind(LeaveAnswer.self),
            Kind(PutOutcome.self), Kind(CommitOutcome.self), Kind(GetFileAnswer.self),
            Kind(GetChunkAnswer.self), Kind(DeleteFileOutcome.self), Kind(UndeleteFileOutcome.self),
            Kind(KeepAccountRequest.self),
            Kind(KeepBlockAnswer.self), Kind(FetchBlockAnswer.self), Kind(KeepAccountOutcome.self),
        ]

    /// Whoever adds a kind of message adds it here, to `kinds` and to the samples.
    private static func kind(_ message: Message) -> Kind {
        switch message {
        case .request(.discovery(let request)):
            switch request {
            case .register, .heartbeat, .unregister, .peers: request.visit(KindOf())
            }
        case .request(.node(let request)):
            switch request {
            case .store, .retrieve, .copy, .delete, .restore, .inventory, .audit, .keepBlock,
                .fetchBlock:
                request.visit(KindOf())
            }
        case .request(.backend(let request)):
            switch request {
            case .damaged, .leave: request.visit(KindOf())
            }
        case .request(.file(let request)):
            switch request {
            case .putChunk, .commit, .getFile, .getChunk, .delete, .undelete, .keepAccount:
                request.visit(KindOf())
            }
        case .answer(.discovery(let answer)):
            switch answer {
            case .register, .heartbeat, .peers: answer.visit(KindOf())
            }
        case .answer(.node(let answer)):
            switch answer {
            case .store, .retrieve, .copy, .delete, .restore, .inventory, .audit, .keepBlock,
                .fetchBlock:
                answer.visit(KindOf())
            }
        case .answer(.backend(let answer)):
            switch answer {
            case .leave: answer.visit(KindOf())
            }
        case .answer(.file(let answer)):
            switch answer {
            case .putChunk, .commit, .getFile, .getChunk, .delete, .undelete, .keepAccount:
                answer.visit(KindOf())
            }
        }
    }

    @Test func `there is a sample of every kind of message`() {
        let sampled = Set(Samples.all.map { Self.kind($0) })
        #expect(sampled == Set(Self.kinds))
        for kind in Self.kinds { #expect(sampled.contains(kind), "no sample of \(kind.name)") }
    }

    @Test func `every kind has a name of its own, and a word that follows from it`() {
        #expect(Set(Self.kinds.map(\.name)).count == Self.kinds.count)
        #expect(Set(Self.kinds.map { MessageKind($0.name).word }).count == Self.kinds.count)
        // FNV-1a's published value, so that digests stay what they are.
        #expect(MessageKind("foobar").word == 0x8594_4171_F739_67E8)
    }

    @Test func `a request between servers is what its kind says, and nothing a user asks is`() {
        for request in Samples.requests {
            let kind = request.ofServer.map { KindOf().visit($0) }
            if case .file = request {
                #expect(kind == nil)
            } else {
                #expect(kind == Self.kind(.request(request)))
            }
        }
    }

    @Test func `an answer is read by requests of its own kind only`() {
        func reads<Asked: ServerRequest>(_ asked: Asked.Type, _ answer: Answer) -> Bool {
            guard let reply = Asked.reply(in: answer) else { return false }
            #expect(Self.kind(.answer(Asked.answer(reply))) == Self.kind(.answer(answer)))
            return true
        }
        for answer in Samples.answers {
            let readers = ServerRequests.all.count { reads($0, answer) }
            if case .file = answer { #expect(readers == 0) } else { #expect(readers == 1) }
        }
    }

    // MARK: Fingerprints

    @Test func `messages of different kind or content have different fingerprints`() {
        var seen: [UInt64: Message] = [:]
        for message in Samples.all {
            let twin = seen.updateValue(message, forKey: message.fingerprint)
            #expect(twin == nil, "\(message) has the fingerprint of another message")
        }
    }

    @Test func `a message has the same fingerprint each time`() {
        for message in Samples.all { #expect(message.fingerprint == message.fingerprint) }
    }

    // MARK: Sizes

    @Test func `chunk data is charged apart from control bytes, at its declared size`() {
        let payload = Payload(bytes: [1, 2, 3], byteCount: 262_144)
        let chunk = Samples.chunk.id
        let carriers: [Message] = [
            .request(
                .node(.store(StoreRequest(chunk: chunk, payload: payload, stamp: .origin)))),
            .request(.file(.putChunk(PutChunkRequest(chunk: chunk, payload: payload)))),
            .answer(.node(.retrieve(.found(payload)))),
            .answer(.file(.getChunk(.found(payload)))),
        ]
        for message in carriers {
            #expect(message.byteCounts.payload == 262_144)
            #expect(message.byteCounts.control < 1000)
        }
        let others = Samples.all.filter { $0.byteCounts.payload == 0 }
        #expect(others.count == Samples.all.count - 11)
    }

    @Test func `every message pays for its framing, and for the lists that it carries`() {
        for message in Samples.all {
            #expect(message.byteCounts.control > Message.framingByteCount)
        }
        let report = PeerReport(registration: .of(Samples.node), status: .alive)
        func size(_ count: Int) -> Int {
            PeersAnswer(
                epoch: 1, version: 1, reports: Array(repeating: report, count: count)
            ).bodyByteCount
        }
        #expect(size(100) - size(0) == 100 * (size(1) - size(0)))
        #expect(size(1) - size(0) > 50)

        let ids = (0..<10).map { TestChunk($0).id }
        let short = Samples.commit(file: 1, [ids[0]]).bodyByteCount
        let long = Samples.commit(file: 1, ids).bodyByteCount
        #expect(long - short >= 9 * 64)
        let one = Samples.get(file: 1, ids[0])
        var deep = one
        deep.proof = .of(0, in: ids)
        #expect(deep.bodyByteCount - one.bodyByteCount >= 4 * 64)
        var record = Samples.record
        let thin = GetFileAnswer.found(record).bodyByteCount
        record.sealedManifest += [UInt8](repeating: 0, count: 1000)
        #expect(GetFileAnswer.found(record).bodyByteCount == thin + 1000)
    }

    @Test func `inventory messages are charged what their encoding takes`() {
        let request = InventoryRequest(Samples.question)
        #expect(
            Message.request(.node(.inventory(request))).byteCounts.control
                == Message.framingByteCount + Samples.question.encoded().count)
    }
}
