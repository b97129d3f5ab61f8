package import Primitives

/// A node's word that its replica of a chunk was damaged, and is gone.
package struct DamageReport: Sendable, Equatable, Codable {
    package var chunk: ChunkID

    package init(chunk: ChunkID) { self.chunk = chunk }
}

extension DamageReport: ServerRequest {
    package typealias Reply = Never

    package static let kind = MessageKind("damaged")
    package var bodyByteCount: Int { 80 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, 0) }

    package static let route = Route(.post, "/damaged")
    package static let askers = [MemberRole.node]
    package static let bodyLimit = 4096

    package func encode(_ edge: some Edge) -> WireRequest? {
        WireRequest(Self.route, body: edge.json(self))
    }

    package init(_ wire: WireRequest, _ edge: some Edge) throws(WireError) {
        self = try edge.read(DamageReport.self, wire.body)
    }

    package var request: Request { .backend(.damaged(self)) }
}
