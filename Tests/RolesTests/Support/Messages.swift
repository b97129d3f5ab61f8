import Merkle
import Primitives

@testable import Roles

/// Shorthands for what tests say often.
extension Request {
    static func heartbeat(lease: UInt32, freeBytes: UInt64) -> Request {
        .discovery(.heartbeat(Heartbeat(lease: lease, freeBytes: freeBytes)))
    }
    static let unregister = Request.discovery(.unregister(Unregister()))
    static func inventory(_ question: InventoryQuestion) -> Request {
        .node(.inventory(InventoryRequest(question)))
    }
    static func damaged(_ chunk: ChunkID) -> Request {
        .backend(.damaged(DamageReport(chunk: chunk)))
    }
    static let leave = Request.backend(.leave(LeaveRequest()))
}

extension Answer {
    static func lease(_ number: UInt32) -> Answer { .discovery(.register(Lease(number: number))) }
    static func isKnown(_ isKnown: Bool, at time: Instant? = nil) -> Answer {
        .discovery(.heartbeat(HeartbeatAnswer(isKnown: isKnown, time: time)))
    }
    static func stored(_ chunk: ChunkID, _ outcome: StoreOutcome) -> Answer {
        .node(.store(StoreAnswer(chunk: chunk, outcome: outcome)))
    }
    static func copied(_ chunk: ChunkID, _ outcome: CopyOutcome) -> Answer {
        .node(.copy(CopyAnswer(chunk: chunk, outcome: outcome)))
    }
    static func isGranted(_ isGranted: Bool) -> Answer {
        .backend(.leave(LeaveAnswer(isGranted: isGranted)))
    }
}

/// What a request says, for tests that expect one kind.
extension Effects.Send {
    private var request: Request? {
        if case .request(let request) = message { request } else { nil }
    }
    var nodeRequest: NodeRequest? {
        if case .node(let request)? = request { request } else { nil }
    }
    var storeRequest: StoreRequest? {
        if case .store(let request)? = nodeRequest { request } else { nil }
    }
    var retrieveRequest: RetrieveRequest? {
        if case .retrieve(let request)? = nodeRequest { request } else { nil }
    }
    var copyRequest: CopyRequest? {
        if case .copy(let request)? = nodeRequest { request } else { nil }
    }
    var deleteRequest: DeleteRequest? {
        if case .delete(let request)? = nodeRequest { request } else { nil }
    }
    var auditRequest: AuditRequest? {
        if case .audit(let request)? = nodeRequest { request } else { nil }
    }
    var registration: Registration? {
        if case .discovery(.register(let registration))? = request { registration } else { nil }
    }
    var heartbeat: Heartbeat? {
        if case .discovery(.heartbeat(let heartbeat))? = request { heartbeat } else { nil }
    }
    var isUnregister: Bool {
        if case .discovery(.unregister)? = request { true } else { false }
    }
    var damagedChunk: ChunkID? {
        if case .backend(.damaged(let report))? = request { report.chunk } else { nil }
    }
    var isLeave: Bool { if case .backend(.leave)? = request { true } else { false } }
}

/// What an answer says, likewise.
extension Effects.Send {
    var answer: Answer? {
        if case .answer(let answer) = message { answer } else { nil }
    }
    var storeAnswer: StoreAnswer? { answer.flatMap(StoreRequest.reply(in:)) }
    var storeOutcome: StoreOutcome? { storeAnswer?.outcome }
    var copyOutcome: CopyOutcome? { answer.flatMap(CopyRequest.reply(in:))?.outcome }
    var deleteOutcome: DeleteOutcome? { answer.flatMap(DeleteRequest.reply(in:)) }
    var retrieveAnswer: RetrieveAnswer? { answer.flatMap(RetrieveRequest.reply(in:)) }
    var auditAnswer: AuditAnswer? { answer.flatMap(AuditRequest.reply(in:)) }
    var inventoryAnswer: InventoryAnswer? {
        if case .node(.inventory(.answered(let answer, _)))? = answer { answer } else { nil }
    }
    var isInventoryRefusal: Bool {
        if case .node(.inventory(.refused))? = answer { true } else { false }
    }
    var lease: UInt32? { answer.flatMap(Registration.reply(in:))?.number }
    var isKnown: Bool? { answer.flatMap(Heartbeat.reply(in:))?.isKnown }
    var peersAnswer: PeersAnswer? { answer.flatMap(PeersRequest.reply(in:)) }
    var isGranted: Bool? { answer.flatMap(LeaveRequest.reply(in:))?.isGranted }
    var fileAnswer: FileAnswer? {
        if case .file(let answer)? = answer { answer } else { nil }
    }
}
