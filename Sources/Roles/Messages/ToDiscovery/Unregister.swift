/// A node's word that it has left for good.
package struct Unregister: Sendable, Equatable {}

extension Unregister: ServerRequest {
    package typealias Reply = Never

    package static let kind = MessageKind("unregister")
    package var bodyByteCount: Int { 24 }

    package static let route = Route(.post, "/unregister")
    package static let askers = [MemberRole.node]

    package func encode(_ edge: some Edge) -> WireRequest? { WireRequest(Self.route) }
    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {}
    package var request: Request { .discovery(.unregister(self)) }
}
