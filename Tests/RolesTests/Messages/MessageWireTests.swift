import Ledger
import Merkle
import Primitives
import Roles
import Testing

@Suite struct MessageWireTests {
    private static let chunk = TestChunk(1)
    private static let other = TestChunk(2)
    private static let node = Peers.node(1)
    private static let capability = Capability(
        issuer: Peers.backend, bearer: node, chunk: chunk.id, expires: .origin)
    private static let record = FileRecord(
        owner: OwnerTag(chunk.id.hash), file: FileID(high: 1, low: 2), root: other.id.hash,
        chunkCount: 1, sealedManifest: [1, 2, 3], wrappedKey: [4])
    private static let question = InventoryQuestion(opening: chunk.id.hash)

    /// Every kind of message, in several versions that differ in one thing each.
    private static let messages: [Message] = discovery + nodes + users

    private static let discovery: [Message] = [
        .register(.of(node)), .register(.of(Peers.node(2))), .register(.of(node, incarnation: 2)),
        .registered(lease: 0), .registered(lease: 1),
        .heartbeat(lease: 0, freeBytes: 0), .heartbeat(lease: 1, freeBytes: 0),
        .heartbeat(lease: 0, freeBytes: 1),
        .heartbeatAnswer(isKnown: true), .heartbeatAnswer(isKnown: false),
        .unregister,
        .peers(epoch: 0, since: 0), .peers(epoch: 1, since: 0), .peers(epoch: 0, since: 1),
        .peersAnswer(PeersAnswer(epoch: 0, version: 0, reports: [])),
        .peersAnswer(PeersAnswer(epoch: 0, version: 1, reports: [])),
        .peersAnswer(PeersAnswer(epoch: 1, version: 0, reports: [])),
        .peersAnswer(
            PeersAnswer(
                epoch: 0, version: 1,
                reports: [PeerReport(registration: .of(node), status: .alive)])),
    ]

    private static let nodes: [Message] = [
        .store(StoreRequest(chunk: chunk.id, payload: chunk.payload, stamp: .origin)),
        .store(StoreRequest(chunk: other.id, payload: chunk.payload, stamp: .origin)),
        .store(
            StoreRequest(chunk: chunk.id, payload: chunk.payload, stamp: Instant(nanoseconds: 1))),
        .stored(chunk.id, .stored), .stored(chunk.id, .full), .stored(other.id, .stored),
        .retrieve(RetrieveRequest(chunk: chunk.id, capability: nil)),
        .retrieve(RetrieveRequest(chunk: other.id, capability: nil)),
        .retrieved(.found(chunk.payload)), .retrieved(.found(other.payload)),
        .retrieved(.found(Payload(bytes: chunk.payload.bytes, byteCount: 65))),
        .retrieved(.missing), .retrieved(.refused),
        .copy(copy(chunk.id, from: node)), .copy(copy(other.id, from: node)),
        .copy(copy(chunk.id, from: Peers.node(2))),
        .copied(chunk.id, .copied), .copied(chunk.id, .sourceSilent), .copied(other.id, .copied),
        .delete(delete(chunk.id, at: 1)), .delete(delete(other.id, at: 1)),
        .delete(delete(chunk.id, at: 2)),
        .deleted(.deleted), .deleted(.newer),
        .inventory(question), .inventory(InventoryQuestion(prefixes: [.root])),
        .inventoryAnswer(InventoryAnswer(question: 1, entries: [.same])),
        .inventoryAnswer(InventoryAnswer(question: 1, entries: [.bucket([])])),
        .inventoryRefused,
        .damaged(chunk.id), .damaged(other.id),
        .leave, .leaveAnswer(isGranted: true), .leaveAnswer(isGranted: false),
    ]

    private static let users: [Message] = [
        .putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)),
        .putChunk(PutChunkRequest(chunk: other.id, payload: chunk.payload)),
        .putChunk(PutChunkRequest(chunk: chunk.id, payload: other.payload)),
        .chunkPut(.stored), .chunkPut(.busy),
        .commitFile(commit(file: 1, [chunk.id])), .commitFile(commit(file: 2, [chunk.id])),
        .commitFile(commit(file: 1, [chunk.id, other.id])),
        .fileCommitted(.committed), .fileCommitted(.conflict), .fileCommitted(.implausible),
        .fileCommitted(.unknownChunks([1])), .fileCommitted(.unknownChunks([1, 2])),
        .getFile(FileID(high: 0, low: 1)), .getFile(FileID(high: 0, low: 2)),
        .fileAnswer(.found(record)), .fileAnswer(.notFound),
        .getChunk(get(file: 1, chunk.id)), .getChunk(get(file: 2, chunk.id)),
        .getChunk(get(file: 1, other.id)),
        .chunkAnswer(.found(chunk.payload)), .chunkAnswer(.found(other.payload)),
        .chunkAnswer(.unavailable), .chunkAnswer(.notFound),
        .deleteFile(DeleteFileRequest(file: FileID(high: 0, low: 1), chunks: [])),
        .deleteFile(DeleteFileRequest(file: FileID(high: 0, low: 2), chunks: [])),
        .deleteFile(DeleteFileRequest(file: FileID(high: 0, low: 1), chunks: [chunk.id])),
        .fileDeleted(.deleted), .fileDeleted(.mismatched),
    ]

    private static func copy(_ chunk: ChunkID, from source: PeerID) -> CopyRequest {
        CopyRequest(
            chunk: chunk, byteCount: 64, source: source, stamp: .origin, capability: capability)
    }

    private static func delete(_ chunk: ChunkID, at nanoseconds: Int64) -> DeleteRequest {
        DeleteRequest(
            chunk: chunk, stamp: Instant(nanoseconds: nanoseconds), expires: .distantFuture)
    }

    private static func commit(file: UInt64, _ chunks: [ChunkID]) -> CommitRequest {
        CommitRequest(
            file: FileID(high: 0, low: file), chunks: chunks, sealedManifest: [], wrappedKey: [])
    }

    private static func get(file: UInt64, _ chunk: ChunkID) -> GetChunkRequest {
        GetChunkRequest(
            file: FileID(high: 0, low: file), chunk: chunk, proof: .of(0, in: [chunk]))
    }

    @Test func `messages of different kind or content have different fingerprints`() {
        var seen: [UInt64: Message] = [:]
        for message in Self.messages {
            let twin = seen.updateValue(message, forKey: message.fingerprint)
            #expect(twin == nil, "\(message) has the fingerprint of another message")
        }
    }

    @Test func `a message has the same fingerprint each time`() {
        for message in Self.messages { #expect(message.fingerprint == message.fingerprint) }
    }

    @Test func `chunk data is charged apart from control bytes, at its declared size`() {
        let payload = Payload(bytes: [1, 2, 3], byteCount: 262_144)
        let carriers: [Message] = [
            .store(StoreRequest(chunk: Self.chunk.id, payload: payload, stamp: .origin)),
            .putChunk(PutChunkRequest(chunk: Self.chunk.id, payload: payload)),
            .retrieved(.found(payload)), .chunkAnswer(.found(payload)),
        ]
        for message in carriers {
            #expect(message.payloadByteCount == 262_144)
            #expect(message.controlByteCount < 1000)
        }
        let others = Self.messages.filter { $0.payloadByteCount == 0 }
        #expect(others.count == Self.messages.count - 11)
    }

    @Test func `every message pays for its framing, and for the lists that it carries`() {
        for message in Self.messages {
            #expect(message.controlByteCount > Message.framingByteCount)
        }
        let report = PeerReport(registration: .of(Self.node), status: .alive)
        func size(_ count: Int) -> Int {
            let reports = Array(repeating: report, count: count)
            return Message.peersAnswer(PeersAnswer(epoch: 1, version: 1, reports: reports))
                .controlByteCount
        }
        #expect(size(100) - size(0) == 100 * (size(1) - size(0)))
        #expect(size(1) - size(0) > 50)

        let ids = (0..<10).map { TestChunk($0).id }
        let short = Message.commitFile(Self.commit(file: 1, [ids[0]])).controlByteCount
        let long = Message.commitFile(Self.commit(file: 1, ids)).controlByteCount
        #expect(long - short >= 9 * 64)
        let one = Message.getChunk(Self.get(file: 1, ids[0])).controlByteCount
        let deep = Message.getChunk(
            GetChunkRequest(
                file: FileID(high: 0, low: 1), chunk: ids[0], proof: .of(0, in: ids))
        ).controlByteCount
        #expect(deep - one >= 4 * 64)
        var record = Self.record
        let thin = Message.fileAnswer(.found(record)).controlByteCount
        record.sealedManifest += [UInt8](repeating: 0, count: 1000)
        #expect(Message.fileAnswer(.found(record)).controlByteCount == thin + 1000)
    }

    @Test func `inventory messages are charged what their encoding takes`() {
        #expect(
            Message.inventory(Self.question).controlByteCount
                == Message.framingByteCount + Self.question.encoded().count)
    }

    @Test func `answers are told from requests`() {
        for message in Self.messages {
            let isRequest =
                switch message {
                case .register, .heartbeat, .unregister, .peers, .store, .retrieve, .copy,
                    .delete, .inventory, .damaged, .leave, .putChunk, .commitFile, .getFile,
                    .getChunk, .deleteFile:
                    true
                default: false
                }
            #expect(message.isAnswer != isRequest, "\(message)")
        }
    }
}
