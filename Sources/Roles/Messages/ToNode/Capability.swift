package import Primitives

/// The right of `bearer` to fetch one chunk from a node, given by a backend that the node knows.
package struct Capability: Sendable, Equatable {
    package var issuer: PeerID
    package var bearer: PeerID
    package var chunk: ChunkID
    package var expires: Instant

    package init(issuer: PeerID, bearer: PeerID, chunk: ChunkID, expires: Instant) {
        self.issuer = issuer
        self.bearer = bearer
        self.chunk = chunk
        self.expires = expires
    }
}
