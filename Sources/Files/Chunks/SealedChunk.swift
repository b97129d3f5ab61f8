import Cryptography
package import Primitives

/// A sealed chunk under a name: what nodes hold and what travels.
package struct SealedChunk: Hashable, Sendable {
    /// The name that the bytes go by. Whoever reads them must check it: a node may have served
    /// anything.
    package let id: ChunkID
    /// The sealed bytes.
    package let bytes: [UInt8]

    /// Bytes that came under a name, right or wrong.
    package init(id: ChunkID, bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }

    /// Bytes under their true name.
    package init(naming bytes: [UInt8]) {
        self.init(id: ChunkID(SHA256.hash(bytes)), bytes: bytes)
    }
}
