/// Bounds, which tests make smaller.
package struct ChunkStoreLimits: Sendable {
    /// A segment to which no more is appended.
    package var segmentBytes = 256 << 20
    package static let mostRecords = 65_536
    package var records = ChunkStoreLimits.mostRecords
    /// Room is reserved in steps as long as the segment, up to this.
    package var reservation = 32 << 20
    /// Dead bytes worth moving what lives beside them.
    package var compaction = 4 << 20
    /// Bytes that one step of a compaction moves.
    package var compactionStep = 4 << 20
    package var quarantineBytes = 256 << 20
    /// Data files that are kept open to be read.
    package var openSegments = 128
    /// Index files that are kept open to be marked in.
    package var openIndexes = 64

    package init() {}
}
