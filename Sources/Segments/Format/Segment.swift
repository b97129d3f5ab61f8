/// Where a chunk's record is.
package struct RecordLocation: Hashable, Comparable, Sendable {
    var segment: UInt32
    var offset: UInt32
    /// Bytes of payload.
    var length: UInt32
    /// What the chunk counts as.
    var byteCount: UInt32

    var payloadOffset: Int { Int(offset) + ChunkFormat.recordHeaderByteCount }

    /// Where the next record starts.
    var end: Int { Int(offset) + ChunkFormat.recordByteCount(length: Int(length)) }

    var recordByteCount: Int { end - Int(offset) }

    /// A number below `count`, each about as often.
    package func spread(over count: Int) -> Int { Int(offset) / ChunkFormat.alignment % count }

    package static func < (one: Self, other: Self) -> Bool {
        (one.segment, one.offset) < (other.segment, other.offset)
    }
}

/// What becomes of a segment: open → full → sealed. An unread one stays as it is until the next start.
enum SegmentState {
    /// Records are appended to it.
    case open
    /// Nothing is appended any more, but it has no index file yet.
    case full
    /// It has an index file.
    case sealed
    /// The disk refuses to read parts of its data file: it gets no index file and is not removed,
    /// so that the next start looks again.
    case unread
}

/// One data file and what is known of it.
struct Segment<File: Sendable>: Sendable {
    var salt: SegmentSalt
    var state: SegmentState
    /// Held as long as the segment may need a sync.
    var file: File?
    /// Where the next record goes.
    var end: Int
    /// The 80 bytes of each record as index entries, until the segment is sealed.
    var entries: [UInt8] = []
    var liveCount = 0
    /// Bytes of records that live.
    var liveBytes = 0
    /// Bytes of dead records that still take up room on the disk.
    var deadBytes = 0
    /// Records that are marked dead, though not durably.
    var dyingCount = 0

    var number: UInt32 { salt.segment }

    var recordCount: Int { entries.count / ChunkFormat.recordHeaderByteCount }

    mutating func count(live location: RecordLocation) {
        liveCount += 1
        liveBytes += location.recordByteCount
    }

    mutating func count(dead location: RecordLocation) {
        liveCount -= 1
        liveBytes -= location.recordByteCount
        deadBytes += location.recordByteCount
    }

    /// Changes the state of the record at an offset in `entries`.
    mutating func markEntry(_ state: [UInt8], at offset: UInt32) {
        guard let index = IndexEntries.find(offset, in: entries) else { return }
        let start = index * ChunkFormat.recordHeaderByteCount + ChunkFormat.stateOffset
        entries.replaceSubrange(start..<start + state.count, with: state)
    }
}

/// Index entries, in order of offset.
enum IndexEntries {
    /// The number of the entry with an offset.
    static func find(_ offset: UInt32, in entries: [UInt8]) -> Int? {
        entries.withUnsafeBytes { bytes in
            find(offset, count: entries.count / ChunkFormat.recordHeaderByteCount) { index in
                let position = index * ChunkFormat.recordHeaderByteCount
                return UInt64(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            }
        }
    }

    /// Looks for an offset among `count` that ascend. Nil from `load` ends the search.
    static func find<Failure: Error>(
        _ offset: UInt32, count: Int, load: (Int) throws(Failure) -> UInt64
    ) throws(Failure) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let found = try load(middle)
            if found == UInt64(offset) { return middle }
            if found < UInt64(offset) { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
