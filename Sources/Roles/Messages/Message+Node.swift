import Cryptography
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

/// Asks a node to store a sealed chunk.
package struct StoreRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var payload: Payload
    /// Orders stores and deletes of the same chunk by one backend, however late they arrive.
    package var stamp: Instant

    package init(chunk: ChunkID, payload: Payload, stamp: Instant) {
        self.chunk = chunk
        self.payload = payload
        self.stamp = stamp
    }
}

/// What came of a store.
package enum StoreOutcome: UInt8, Sendable {
    /// Durable.
    case stored
    case full
    /// The bytes do not have the name that they came under.
    case mismatched
    /// Not from a backend that the node knows, or the node is leaving.
    case refused
    /// Too much under way, or the disk failed; another try may succeed.
    case busy
}

/// Asks a node for a sealed chunk.
package struct RetrieveRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Nil when a backend asks for itself.
    package var capability: Capability?

    package init(chunk: ChunkID, capability: Capability?) {
        self.chunk = chunk
        self.capability = capability
    }
}

/// A sealed chunk, or why there is none.
package enum RetrieveAnswer: Sendable, Equatable {
    case found(Payload)
    case missing
    case refused
}

/// Asks a node to fetch a chunk from another and store it.
package struct CopyRequest: Sendable, Equatable {
    package var chunk: ChunkID
    package var byteCount: Int
    package var source: PeerID
    package var stamp: Instant
    package var capability: Capability

    package init(
        chunk: ChunkID, byteCount: Int, source: PeerID, stamp: Instant, capability: Capability
    ) {
        self.chunk = chunk
        self.byteCount = byteCount
        self.source = source
        self.stamp = stamp
        self.capability = capability
    }
}

/// What came of a copy.
package enum CopyOutcome: UInt8, Sendable {
    case copied
    case full
    case refused
    case busy
    /// The source has no intact copy.
    case sourceMissing
    /// The source did not answer.
    case sourceSilent
}

/// Asks a node to delete its replica of a chunk.
package struct DeleteRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Only a replica that was stored under an older stamp is deleted.
    package var stamp: Instant
    /// After this the request means nothing: its sender has stopped waiting for it.
    package var expires: Instant

    package init(chunk: ChunkID, stamp: Instant, expires: Instant) {
        self.chunk = chunk
        self.stamp = stamp
        self.expires = expires
    }
}

/// What came of a deletion.
package enum DeleteOutcome: UInt8, Sendable {
    case deleted
    case notHeld
    /// Stored again since.
    case newer
    case refused
}

/// Challenges a node to prove that it holds a chunk now.
package struct AuditRequest: Sendable, Equatable {
    package var chunk: ChunkID
    /// Never used before, so that no answer can be kept ready.
    package var nonce: Hash256

    package init(chunk: ChunkID, nonce: Hash256) {
        self.chunk = chunk
        self.nonce = nonce
    }

    /// What only the chunk's bytes give: the SHA-256 of nonce and bytes.
    package func proof(of bytes: [UInt8]) -> Hash256 {
        var hasher = SHA256Hasher()
        hasher.update(nonce)
        hasher.update(bytes)
        return hasher.finalize()
    }
}

/// What a node answers to a challenge.
package enum AuditAnswer: Sendable, Equatable {
    case proven(Hash256)
    case missing
    case refused
}
