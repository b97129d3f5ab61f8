/// What a node asks of a backend.
package enum BackendRequest: Sendable {
    indirect case damaged(DamageReport)
    case leave(LeaveRequest)

    package static let all: [any ServerRequest.Type] = [DamageReport.self, LeaveRequest.self]

    @inline(__always)
    package func visit<Visitor: RequestVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .damaged(let request): visitor.visit(request)
        case .leave(let request): visitor.visit(request)
        }
    }
}

/// What a backend answers to a node.
package enum BackendAnswer: Sendable {
    case leave(LeaveAnswer)

    @inline(__always)
    package func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .leave(let answer): visitor.visit(answer)
        }
    }
}
