/// Everything that participants say to each other, by who is asked. An answer carries the `CallID` of
/// its request and stands in the case of the same name.
///
/// Who a message is from is proven at the live edge, before a role sees it. Payloads beyond two
/// words are boxed, so that the messages that fill a simulated network stay small.
package enum Message: Sendable {
    case request(Request)
    case answer(Answer)
}

/// What one participant asks of another.
package enum Request: Sendable {
    /// A node or a backend asks a discovery.
    case discovery(DiscoveryRequest)
    /// A backend, or a node on a backend's behalf, asks a node.
    case node(NodeRequest)
    /// A node asks a backend.
    case backend(BackendRequest)
    /// A user asks a backend.
    case file(FileRequest)
}

/// What came of a request.
package enum Answer: Sendable {
    case discovery(DiscoveryAnswer)
    case node(NodeAnswer)
    case backend(BackendAnswer)
    case file(FileAnswer)
}

extension Message {
    /// What HTTP/1.1 adds to a body: request or status line and headers, bytes.
    package static let framingByteCount = 160

    package var byteCounts: ByteCounts { visit(CountBytes()) }

    /// Bytes on the wire.
    package struct ByteCounts: Sendable {
        /// Of chunk data, as charged to links; zero for control messages.
        package let payload: Int
        /// Without it: framing and body, ids and hashes in hexadecimal.
        package let control: Int
    }

    /// The name of its kind.
    package var name: String { visit(Name()) }

    /// A word that stands for kind and content in the world's digest.
    package var fingerprint: UInt64 { visit(Fingerprint()) }

    @inline(__always)
    private func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .request(.discovery(let request)): request.visit(OfContent(visitor))
        case .request(.node(let request)): request.visit(OfContent(visitor))
        case .request(.backend(let request)): request.visit(OfContent(visitor))
        case .request(.file(let request)): request.visit(visitor)
        case .answer(let answer): answer.visit(visitor)
        }
    }
}

extension Answer {
    @inline(__always)
    func visit<Visitor: ContentVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .discovery(let answer): answer.visit(visitor)
        case .node(let answer): answer.visit(visitor)
        case .backend(let answer): answer.visit(visitor)
        case .file(let answer): answer.visit(visitor)
        }
    }
}

private struct CountBytes: ContentVisitor {
    @inline(__always)
    func visit(_ content: some MessageContent) -> Message.ByteCounts {
        Message.ByteCounts(
            payload: content.payloadByteCount,
            control: Message.framingByteCount + content.bodyByteCount)
    }
}

private struct Name: ContentVisitor {
    func visit<Content: MessageContent>(_ content: Content) -> String { Content.kind.name }
}

private struct Fingerprint: ContentVisitor {
    @inline(__always)
    func visit(_ content: some MessageContent) -> UInt64 { content.fingerprint }
}

/// Visits a request between servers for what every message has.
private struct OfContent<Visitor: ContentVisitor>: RequestVisitor {
    let visitor: Visitor

    @inline(__always)
    init(_ visitor: Visitor) { self.visitor = visitor }

    @inline(__always)
    func visit(_ request: some ServerRequest) -> Visitor.Result { visitor.visit(request) }
}
