/// What a user asks of a backend. In a live backend it is put to the role by the process that serves
/// the user.
package enum FileRequest: Sendable {
    indirect case putChunk(PutChunkRequest)
    indirect case commit(CommitRequest)
    indirect case getFile(GetFileRequest)
    indirect case getChunk(GetChunkRequest)
    indirect case delete(DeleteFileRequest)
    indirect case undelete(UndeleteFileRequest)
    indirect case keepAccount(KeepAccountRequest)

    @inline(__always)
    package func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .putChunk(let request): visitor.visit(request)
        case .commit(let request): visitor.visit(request)
        case .getFile(let request): visitor.visit(request)
        case .getChunk(let request): visitor.visit(request)
        case .delete(let request): visitor.visit(request)
        case .undelete(let request): visitor.visit(request)
        case .keepAccount(let request): visitor.visit(request)
        }
    }
}

/// What a backend answers to a user.
package enum FileAnswer: Sendable {
    case putChunk(PutOutcome)
    indirect case commit(CommitOutcome)
    indirect case getFile(GetFileAnswer)
    indirect case getChunk(GetChunkAnswer)
    case delete(DeleteFileOutcome)
    case undelete(UndeleteFileOutcome)
    case keepAccount(KeepAccountOutcome)

    @inline(__always)
    package func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .putChunk(let answer): visitor.visit(answer)
        case .commit(let answer): visitor.visit(answer)
        case .getFile(let answer): visitor.visit(answer)
        case .getChunk(let answer): visitor.visit(answer)
        case .delete(let answer): visitor.visit(answer)
        case .undelete(let answer): visitor.visit(answer)
        case .keepAccount(let answer): visitor.visit(answer)
        }
    }
}
