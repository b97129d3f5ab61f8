package import Primitives

/// A node's word that its replica of a chunk was damaged, and is gone.
package struct DamageReport: Sendable, Equatable, Codable {
    package var chunk: ChunkID
}

extension DamageReport: ServerRequest {
    package typealias Reply = Never

    package static let kind = MessageKind("damaged")
    package var bodyByteCount: Int { 80 }
    package var words: (UInt64, UInt64) { (chunk.hash.prefix, 0) }

    package static let route = Route(.post, "/damaged")
    package static let askers = [MemberRole.node]

    package var request: Request { .backend(.damaged(self)) }
}
