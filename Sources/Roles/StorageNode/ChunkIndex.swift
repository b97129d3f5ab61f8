package import Primitives

/// What a node holds durably, by chunk.
///
/// A node may have millions of chunks, so that a chunk's name stands in here once: 56 bytes a chunk
/// where a dictionary of `StoredChunk` takes 88.
package struct ChunkIndex: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var byteCount: Int
        var owner: PeerID
        var stamp: Instant

        init(_ stored: StoredChunk) {
            byteCount = stored.byteCount
            owner = stored.owner
            stamp = stored.stamp
        }

        func stored(as chunk: ChunkID) -> StoredChunk {
            StoredChunk(chunk: chunk, byteCount: byteCount, owner: owner, stamp: stamp)
        }
    }

    private var entries: [ChunkID: Entry] = [:]

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    /// In no order.
    package var keys: some Collection<ChunkID> { entries.keys }
    /// In no order.
    package var values: some Sequence<StoredChunk> {
        entries.lazy.map { $0.value.stored(as: $0.key) }
    }

    package subscript(chunk: ChunkID) -> StoredChunk? { entries[chunk]?.stored(as: chunk) }

    /// Growing step by step would need half as much memory again.
    mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

    /// Returns what stood there of the same chunk.
    mutating func insert(_ stored: StoredChunk) -> StoredChunk? {
        entries.updateValue(Entry(stored), forKey: stored.chunk)?.stored(as: stored.chunk)
    }

    mutating func remove(_ chunk: ChunkID) { entries[chunk] = nil }
}
