/// A piece of a file's plaintext.
package struct Chunk: Equatable, Sendable {
    /// Where it stands in the file, from zero.
    package let index: Int
    /// The plaintext.
    package let bytes: [UInt8]
    /// Whether the file ends with it.
    package let isLast: Bool

    /// From its parts.
    package init(index: Int, bytes: [UInt8], isLast: Bool) {
        self.index = index
        self.bytes = bytes
        self.isLast = isLast
    }
}

/// Cuts a stream of bytes into chunks. Holds one chunk at most, whatever it is fed.
package struct Chunker: Sendable {
    /// The most bytes of a chunk.
    package let chunkSize: ChunkSize
    /// How many chunks have been cut: the index of the next.
    package private(set) var index = 0
    // Kept back even when full: only the next byte or the end tells whether it is the last.
    private var pending: [UInt8] = []

    /// For a stream that starts.
    package init(chunkSize: ChunkSize = .standard) { self.chunkSize = chunkSize }

    /// Takes the next bytes of the stream, as many as there are, and gives each chunk that they
    /// complete to `emit`. Rethrows what that throws; the stream is then broken off.
    package mutating func append<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer, emit: (Chunk) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < bytes.count {
            if pending.count == chunkSize.count { try emit(cut(isLast: false)) }
            let count = min(bytes.count - start, chunkSize.count - pending.count)
            // Exactly, where a whole chunk is in sight: growing by doubling would copy it again.
            if count == chunkSize.count { pending.reserveCapacity(count) }
            pending.append(
                contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            start += count
        }
    }

    /// Ends the stream with its last chunk, which is empty only when the stream was.
    package consuming func finish() -> Chunk { cut(isLast: true) }

    private mutating func cut(isLast: Bool) -> Chunk {
        var bytes: [UInt8] = []
        swap(&bytes, &pending)
        defer { index += 1 }
        return Chunk(index: index, bytes: bytes, isLast: isLast)
    }
}
