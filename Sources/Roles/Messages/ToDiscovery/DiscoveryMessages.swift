import Primitives

/// What a node or a backend asks of a discovery.
package enum DiscoveryRequest: Sendable {
    indirect case register(Registration)
    case heartbeat(Heartbeat)
    case unregister(Unregister)
    case peers(PeersRequest)

    package static let all: [any ServerRequest.Type] = [
        Registration.self, Heartbeat.self, Unregister.self, PeersRequest.self,
    ]

    @inline(__always)
    package func visit<Visitor: RequestVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .register(let request): visitor.visit(request)
        case .heartbeat(let request): visitor.visit(request)
        case .unregister(let request): visitor.visit(request)
        case .peers(let request): visitor.visit(request)
        }
    }
}

/// What a discovery answers.
package enum DiscoveryAnswer: Sendable {
    case register(Lease)
    case heartbeat(HeartbeatAnswer)
    indirect case peers(PeersAnswer)

    /// Says what the discovery's clock shows, where that is told.
    mutating func tell(time: Instant) {
        switch self {
        case .register: break
        case .heartbeat(var answer):
            answer.time = time
            self = .heartbeat(answer)
        case .peers(var answer):
            answer.time = time
            self = .peers(answer)
        }
    }

    @inline(__always)
    package func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .register(let answer): visitor.visit(answer)
        case .heartbeat(let answer): visitor.visit(answer)
        case .peers(let answer): visitor.visit(answer)
        }
    }
}
