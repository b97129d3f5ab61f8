/// What a backend, or a node on a backend's behalf, asks of a node.
package enum NodeRequest: Sendable {
    indirect case store(StoreRequest)
    indirect case retrieve(RetrieveRequest)
    indirect case copy(CopyRequest)
    indirect case delete(DeleteRequest)
    indirect case restore(RestoreRequest)
    indirect case inventory(InventoryRequest)
    indirect case audit(AuditRequest)
    indirect case keepBlock(KeepBlockRequest)
    indirect case fetchBlock(FetchBlockRequest)

    package static let all: [any ServerRequest.Type] = [
        StoreRequest.self, RetrieveRequest.self, CopyRequest.self, DeleteRequest.self,
        RestoreRequest.self, InventoryRequest.self, AuditRequest.self, KeepBlockRequest.self,
        FetchBlockRequest.self,
    ]

    @inline(__always)
    package func visit<Visitor: RequestVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .store(let request): visitor.visit(request)
        case .retrieve(let request): visitor.visit(request)
        case .copy(let request): visitor.visit(request)
        case .delete(let request): visitor.visit(request)
        case .restore(let request): visitor.visit(request)
        case .inventory(let request): visitor.visit(request)
        case .audit(let request): visitor.visit(request)
        case .keepBlock(let request): visitor.visit(request)
        case .fetchBlock(let request): visitor.visit(request)
        }
    }
}

/// What a node answers.
package enum NodeAnswer: Sendable {
    indirect case store(StoreAnswer)
    indirect case retrieve(RetrieveAnswer)
    indirect case copy(CopyAnswer)
    case delete(DeleteOutcome)
    indirect case restore(RestoreAnswer)
    indirect case inventory(InventoryReply)
    indirect case audit(AuditAnswer)
    indirect case keepBlock(KeepBlockAnswer)
    indirect case fetchBlock(FetchBlockAnswer)

    @inline(__always)
    package func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .store(let answer): visitor.visit(answer)
        case .retrieve(let answer): visitor.visit(answer)
        case .copy(let answer): visitor.visit(answer)
        case .delete(let answer): visitor.visit(answer)
        case .restore(let answer): visitor.visit(answer)
        case .inventory(let answer): visitor.visit(answer)
        case .audit(let answer): visitor.visit(answer)
        case .keepBlock(let answer): visitor.visit(answer)
        case .fetchBlock(let answer): visitor.visit(answer)
        }
    }
}
