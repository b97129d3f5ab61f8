import Ledger
import Merkle
import Primitives

@testable import Roles

/// Every kind of message in several versions that differ in one thing each.
enum MessageSamples {
    static let chunk = TestChunk(1)
    static let other = TestChunk(2)
    static let node = Peers.node(1)
    static let question = InventoryQuestion(opening: chunk.id.hash)
    static let record = FileRecord(
        owner: OwnerTag(chunk.id.hash), file: FileID(high: 1, low: 2), root: other.id.hash,
        chunkCount: 1, sealedManifest: [1, 2, 3], wrappedKey: [4])

    static let all: [Message] = requests.map { .request($0) } + answers.map { .answer($0) }

    static let requests: [Request] =
        discoveryRequests.map { .discovery($0) } + nodeRequests.map { .node($0) }
        + backendRequests.map { .backend($0) } + fileRequests.map { .file($0) }

    static let answers: [Answer] =
        discoveryAnswers.map { .discovery($0) } + nodeAnswers.map { .node($0) }
        + backendAnswers.map { .backend($0) } + fileAnswers.map { .file($0) }

    // MARK: Discoveries

    private static let discoveryRequests: [DiscoveryRequest] = [
        .register(.of(node)), .register(.of(Peers.node(2))), .register(.of(node, incarnation: 2)),
        .heartbeat(Heartbeat(lease: 0, freeBytes: 0)),
        .heartbeat(Heartbeat(lease: 1, freeBytes: 0)),
        .heartbeat(Heartbeat(lease: 0, freeBytes: 1)),
        .unregister(Unregister()),
        .peers(PeersRequest(epoch: 0, since: 0)), .peers(PeersRequest(epoch: 1, since: 0)),
        .peers(PeersRequest(epoch: 0, since: 1)),
    ]

    private static let discoveryAnswers: [DiscoveryAnswer] = [
        .register(Lease(number: 0)), .register(Lease(number: 1)),
        .heartbeat(HeartbeatAnswer(isKnown: true)), .heartbeat(HeartbeatAnswer(isKnown: false)),
        .peers(PeersAnswer(epoch: 0, version: 0, reports: [])),
        .peers(PeersAnswer(epoch: 0, version: 1, reports: [])),
        .peers(PeersAnswer(epoch: 1, version: 0, reports: [])),
        .peers(
            PeersAnswer(
                epoch: 0, version: 1,
                reports: [PeerReport(registration: .of(node), status: .alive)])),
    ]

    // MARK: Nodes

    private static let nodeRequests: [NodeRequest] = [
        .store(store(chunk.id)), .store(store(other.id)), .store(store(chunk.id, at: 1)),
        .retrieve(RetrieveRequest(chunk: chunk.id, capability: nil)),
        .retrieve(RetrieveRequest(chunk: other.id, capability: nil)),
        .copy(copy(chunk.id, from: node)), .copy(copy(other.id, from: node)),
        .copy(copy(chunk.id, from: Peers.node(2))),
        .delete(delete(chunk.id, at: 1)), .delete(delete(other.id, at: 1)),
        .delete(delete(chunk.id, at: 2)),
        .restore(RestoreRequest(chunk: chunk.id)), .restore(RestoreRequest(chunk: other.id)),
        .inventory(InventoryRequest(question)),
        .inventory(InventoryRequest(InventoryQuestion(prefixes: [.root]))),
        .audit(AuditRequest(chunk: chunk.id, nonce: .zero)),
        .audit(AuditRequest(chunk: other.id, nonce: .zero)),
        .audit(AuditRequest(chunk: chunk.id, nonce: other.id.hash)),
        .keepBlock(KeepBlockRequest(height: 0, block: chunk.payload)),
        .keepBlock(KeepBlockRequest(height: 1, block: chunk.payload)),
        .keepBlock(KeepBlockRequest(height: 0, block: other.payload)),
        .fetchBlock(FetchBlockRequest(height: 0)), .fetchBlock(FetchBlockRequest(height: 1)),
    ]

    private static let nodeAnswers: [NodeAnswer] =
        StoreOutcome.allCases.map { .store(StoreAnswer(chunk: chunk.id, outcome: $0)) }
        + CopyOutcome.allCases.map { .copy(CopyAnswer(chunk: chunk.id, outcome: $0)) }
        + DeleteOutcome.allCases.map { .delete($0) }
        + RestoreOutcome.allCases.map { .restore(RestoreAnswer(chunk: chunk.id, outcome: $0)) } + [
            .restore(RestoreAnswer(chunk: other.id, outcome: .restored)),
            .store(StoreAnswer(chunk: other.id, outcome: .stored)),
            .copy(CopyAnswer(chunk: other.id, outcome: .copied)),
            .retrieve(.found(chunk.payload)), .retrieve(.found(other.payload)),
            .retrieve(.found(Payload(bytes: chunk.payload.bytes, byteCount: 65))),
            .retrieve(.missing), .retrieve(.refused), .retrieve(.unavailable),
            .inventory(.answered(InventoryAnswer(question: 1, entries: [.same]))),
            .inventory(.answered(InventoryAnswer(question: 1, entries: [.bucket([])]))),
            .inventory(.refused),
            .audit(AuditAnswer(chunk: chunk.id, outcome: .proven(other.id.hash))),
            .audit(AuditAnswer(chunk: chunk.id, outcome: .missing)),
            .audit(AuditAnswer(chunk: chunk.id, outcome: .refused)),
            .audit(AuditAnswer(chunk: other.id, outcome: .refused)),
            .audit(AuditAnswer(chunk: chunk.id, outcome: .unavailable)),
            .fetchBlock(.refused), .fetchBlock(known(count: 0)), .fetchBlock(known(count: 1)),
            .fetchBlock(known(count: 1, chunk.payload)),
            .fetchBlock(known(count: 1, other.payload)),
        ]
        + KeepBlockOutcome.allCases.flatMap { outcome in
            [0, 1].map { .keepBlock(KeepBlockAnswer(outcome: outcome, count: $0)) }
        }

    private static func known(count: UInt64, _ block: Payload? = nil) -> FetchBlockAnswer {
        .known(KnownLedger(count: count, block: block))
    }

    private static func store(_ chunk: ChunkID, at nanoseconds: Int64 = 0) -> StoreRequest {
        StoreRequest(
            chunk: chunk, payload: Self.chunk.payload, stamp: Instant(nanoseconds: nanoseconds))
    }

    private static func copy(_ chunk: ChunkID, from source: PeerID) -> CopyRequest {
        CopyRequest(
            chunk: chunk, byteCount: 64, source: source, stamp: .origin,
            capability: Capability(
                issuer: Peers.backend, bearer: node, chunk: chunk, expires: .origin))
    }

    private static func delete(_ chunk: ChunkID, at nanoseconds: Int64) -> DeleteRequest {
        DeleteRequest(
            chunk: chunk, stamp: Instant(nanoseconds: nanoseconds), expires: .distantFuture)
    }

    // MARK: Backends

    private static let backendRequests: [BackendRequest] = [
        .damaged(DamageReport(chunk: chunk.id)), .damaged(DamageReport(chunk: other.id)),
        .leave(LeaveRequest()),
    ]

    private static let backendAnswers: [BackendAnswer] = [
        .leave(LeaveAnswer(isGranted: true)), .leave(LeaveAnswer(isGranted: false)),
    ]

    private static let fileRequests: [FileRequest] = [
        .putChunk(PutChunkRequest(chunk: chunk.id, payload: chunk.payload)),
        .putChunk(PutChunkRequest(chunk: other.id, payload: chunk.payload)),
        .putChunk(PutChunkRequest(chunk: chunk.id, payload: other.payload)),
        .commit(commit(file: 1, [chunk.id])), .commit(commit(file: 2, [chunk.id])),
        .commit(commit(file: 1, [chunk.id, other.id])),
        .getFile(GetFileRequest(file: FileID(high: 0, low: 1))),
        .getFile(GetFileRequest(file: FileID(high: 0, low: 2))),
        .getChunk(get(file: 1, chunk.id)), .getChunk(get(file: 2, chunk.id)),
        .getChunk(get(file: 1, other.id)),
        .delete(delete(file: 1, [])), .delete(delete(file: 2, [])),
        .delete(delete(file: 1, [chunk.id])),
        .undelete(UndeleteFileRequest(file: FileID(high: 0, low: 1), chunks: [])),
        .undelete(UndeleteFileRequest(file: FileID(high: 0, low: 2), chunks: [])),
        .undelete(UndeleteFileRequest(file: FileID(high: 0, low: 1), chunks: [chunk.id])),
        .keepAccount(KeepAccountRequest(account: chunk.id.hash, sealed: [])),
        .keepAccount(KeepAccountRequest(account: other.id.hash, sealed: [])),
        .keepAccount(KeepAccountRequest(account: chunk.id.hash, sealed: [1])),
    ]

    private static let fileAnswers: [FileAnswer] = [
        .putChunk(.stored), .putChunk(.unavailable), .putChunk(.mismatched), .putChunk(.busy),
        .commit(.committed), .commit(.conflict), .commit(.implausible),
        .commit(.unknownChunks([1])), .commit(.unknownChunks([1, 2])),
        .getFile(.found(record)), .getFile(.notFound), .getFile(.unavailable),
        .getChunk(.found(chunk.payload)), .getChunk(.found(other.payload)),
        .getChunk(.unavailable), .getChunk(.gone), .getChunk(.notFound),
        .delete(.deleted), .delete(.notFound), .delete(.mismatched),
        .undelete(.undeleted), .undelete(.notFound), .undelete(.mismatched), .undelete(.gone),
        .undelete(.unavailable), .keepAccount(.kept), .keepAccount(.implausible),
    ]

    static func commit(file: UInt64, _ chunks: [ChunkID]) -> CommitRequest {
        CommitRequest(
            file: FileID(high: 0, low: file), chunks: chunks, sealedManifest: [], wrappedKey: [])
    }

    static func get(file: UInt64, _ chunk: ChunkID) -> GetChunkRequest {
        GetChunkRequest(
            file: FileID(high: 0, low: file), chunk: chunk, proof: .of(0, in: [chunk]))
    }

    private static func delete(file: UInt64, _ chunks: [ChunkID]) -> DeleteFileRequest {
        DeleteFileRequest(file: FileID(high: 0, low: file), chunks: chunks)
    }
}
