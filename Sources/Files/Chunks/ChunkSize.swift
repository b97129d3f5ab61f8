/// The most plaintext bytes of a chunk; all chunks of a file but the last have just as many.
package struct ChunkSize: Hashable, Sendable {
    /// The number of bytes.
    package let count: Int

    /// The sizes, in bytes, that a file may choose: 4 KiB to 16 MiB.
    package static let allowed = 4_096...16_777_216

    /// 256 KiB.
    package static let standard = ChunkSize(unchecked: 262_144)

    /// 16 MiB.
    package static let largest = ChunkSize(unchecked: allowed.upperBound)

    /// Throws `invalidChunkSize` for a count outside `allowed`.
    package init(_ count: Int) throws(FilesError) {
        guard Self.allowed ~= count else { throw .invalidChunkSize(count) }
        self.init(unchecked: count)
    }

    private init(unchecked count: Int) { self.count = count }

    /// The smallest from `least` on, doubled, of which a file of `size` bytes has not too many; nil where
    /// it would have them of any.
    package static func fitting(_ size: UInt64, atLeast least: ChunkSize = .standard) -> ChunkSize?
    {
        var count = least.count
        while ChunkSize(unchecked: count).largestFile < size {
            guard count < allowed.upperBound else { return nil }
            count = min(count * 2, allowed.upperBound)
        }
        return ChunkSize(unchecked: count)
    }

    /// The bytes of the largest file that may be cut so.
    package var largestFile: UInt64 { UInt64(count) * UInt64(Manifest.chunkLimit) }

    /// How many chunks a file of `size` bytes has. An empty file has one, which is empty.
    package func chunkCount(forSize size: UInt64) -> UInt64 {
        size == 0 ? 1 : (size - 1) / UInt64(count) + 1
    }
}
