import Cryptography
import Primitives
import Roles

/// How chunks lie on the disk. All integers are big-endian.
///
///     segments/00000001.data      a log of records, up to 256 MiB
///     segments/00000001.index     what is in it, once nothing is appended to it any more
///     quarantine/                 copies of what was found damaged, and a log that says when
///
/// A **data file** has its header twice, at 0 and at 2048, and records from 4096 on, each at a
/// multiple of 64:
///
///     header   magic "DSCHUNKS", format u32, segment u32, salt 16 bytes, check 8 bytes
///     record   magic u64, chunk 32 bytes, byteCount u32, length u32, owner u64, stamp i64,
///              check 8 bytes, state u8, 3 bytes of zeros, trashed u32, then `length` bytes of payload
///
/// `byteCount` is what the chunk counts as and `length` what it has; they differ for short stand-ins
/// only. The check of a record covers the salt, the segment's number and the record's offset as well
/// as the fields from `chunk` to `stamp`: the salt keeps a chunk whose payload looks like a record from
/// being taken for one. The payload needs no check, its SHA-256 being the chunk's name. Only the state
/// and the time in seconds since when the chunk is trash ever change, 8 bytes in one block that no crash
/// can tear: from live to trash and back, and to dead. Four bits and more tell the states apart, so that
/// a flipped bit changes nothing.
///
/// An **index file** holds the same 80 bytes for each record, in order of offset, with the offset in
/// place of the magic:
///
///     header   magic "DSCINDEX", format u32, segment u32, salt 16 bytes, end u64, records u64,
///              check 8 bytes
///
/// `end` is where the last record's payload ends. While a segment has an index file, that one says
/// which records live, and the states in the data file are a hint for rebuilding a lost index. Without
/// one, those in the data file say so.
package enum ChunkFormat {
    static let version: UInt32 = 1
    static let dataMagic = UInt64(0x4453_4348_554E_4B53)
    static let indexMagic = UInt64(0x4453_4349_4E44_4558)
    package static let recordMagic = UInt64(0x4453_5265_636F_7264)

    static let segmentHeaderByteCount = 40
    static let secondHeaderOffset = 2048
    package static let firstRecordOffset = 4096
    static let alignment = 64
    package static let recordHeaderByteCount = 80
    package static let stateOffset = 72
    static let indexHeaderByteCount = 56
    /// The longest payload: what a role may store, with room to spare.
    static let longestPayload = 64 << 20
    /// No record begins or ends behind it: locations keep offsets in 32 bits.
    static let greatestOffset = Int(UInt32.max)

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) & -alignment }

    /// Bytes that a record takes up, the gap behind it included.
    static func recordByteCount(length: Int) -> Int { aligned(recordHeaderByteCount + length) }

    static let live: UInt8 = 0xA5
    static let trash: UInt8 = 0x3C
    static let dead: UInt8 = 0x5A

    /// The last 8 bytes of a record's fixed part, which alone ever change, of one that is not dead.
    static func state(trashed: Instant?) -> [UInt8] {
        let seconds = UInt32(clamping: Int(trashed?.seconds ?? 0))
        return [trashed == nil ? live : trash, 0, 0, 0]
            + withUnsafeBytes(of: seconds.bigEndian, Array.init)
    }
}

/// What a record is, by a state of which a bit may have flipped. In doubt it lives.
package enum RecordState: Equatable, Sendable {
    case live, trash, dead

    package init(_ byte: UInt8) {
        let distances = [ChunkFormat.live, ChunkFormat.trash, ChunkFormat.dead]
            .map { ($0 ^ byte).nonzeroBitCount }
        let least = distances.min()
        self = distances[0] == least ? .live : distances[1] == least ? .trash : .dead
    }
}

/// What a record's or an index entry's fixed part says.
struct RecordHeader: Equatable, Sendable {
    var stored: StoredChunk
    /// Bytes of payload.
    var length: Int
    /// The bytes are kept: the chunk is there, or is trash.
    var isLive = true

    /// The 80 bytes for a record at an offset of a segment.
    func encoded(in salt: SegmentSalt, at offset: Int, asIndexEntry: Bool = false) -> [UInt8] {
        var writer = ByteWriter(reserving: ChunkFormat.recordHeaderByteCount)
        writer.write(asIndexEntry ? UInt64(offset) : ChunkFormat.recordMagic)
        writer.write(stored.chunk.hash)
        writer.write(UInt32(stored.byteCount))
        writer.write(UInt32(length))
        writer.write(stored.owner.raw)
        writer.write(stored.stamp.nanoseconds)
        writer.write(writer.bytes.withUnsafeBytes { salt.check(fields: $0, offset: offset) })
        var state = ChunkFormat.state(trashed: stored.trashed)
        if !isLive { state[0] = ChunkFormat.dead }
        writer.write(fixed: state)
        return writer.bytes
    }
}

extension RecordHeader {
    /// Reads the 80 bytes of a record or of an index entry. Nil when they are not one at that offset.
    init?(_ bytes: UnsafeRawBufferPointer, in salt: SegmentSalt, at offset: Int) {
        guard bytes.count >= ChunkFormat.recordHeaderByteCount else { return nil }
        func load<T: FixedWidthInteger>(_ position: Int, as type: T.Type) -> T {
            T(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
        }
        let check = salt.check(
            fields: UnsafeRawBufferPointer(rebasing: bytes[..<64]), offset: offset)
        guard load(64, as: UInt64.self) == check else { return nil }
        length = Int(load(44, as: UInt32.self))
        guard length <= ChunkFormat.longestPayload,
            offset <= ChunkFormat.greatestOffset - ChunkFormat.recordByteCount(length: length)
        else { return nil }
        stored = StoredChunk(
            chunk: ChunkID(Hash256(loading: bytes.baseAddress! + 8)),
            byteCount: Int(load(40, as: UInt32.self)), owner: PeerID(load(48, as: UInt64.self)),
            stamp: Instant(clamping: load(56, as: Int64.self)))
        let state = RecordState(bytes[ChunkFormat.stateOffset])
        isLive = state != .dead
        if state == .trash {
            stored.trashed =
                .origin + .seconds(Int64(load(ChunkFormat.stateOffset + 4, as: UInt32.self)))
        }
    }
}

/// A segment's number and its 16 random bytes, which its checks depend on.
struct SegmentSalt: Equatable, Sendable {
    var segment: UInt32
    var high: UInt64
    var low: UInt64

    /// A new segment's.
    init<Files: Volume>(segment: UInt32, on files: inout Files) {
        self.segment = segment
        high = files.randomWord()
        low = files.randomWord()
    }

    /// The check of a record whose first 64 bytes are `fields`; the first 8 do not count.
    func check(fields: UnsafeRawBufferPointer, offset: Int) -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: 88, alignment: 8) { buffer in
            buffer.storeBytes(of: high.bigEndian, as: UInt64.self)
            buffer.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            buffer.storeBytes(of: UInt64(segment).bigEndian, toByteOffset: 16, as: UInt64.self)
            buffer.storeBytes(of: UInt64(offset).bigEndian, toByteOffset: 24, as: UInt64.self)
            UnsafeMutableRawBufferPointer(rebasing: buffer[32...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: fields[8..<64]))
            return SHA256.hash(UnsafeRawBufferPointer(buffer)).prefix
        }
    }

    // MARK: File headers

    /// One copy of a data file's header.
    func dataHeader() -> [UInt8] { finished(start(ChunkFormat.dataMagic)) }

    /// From one copy of a data file's header; nil when it is not one, or another segment's.
    init?(dataHeader bytes: ArraySlice<UInt8>, segment: UInt32) {
        guard Self.isIntact(bytes, count: ChunkFormat.segmentHeaderByteCount) else { return nil }
        self.init(bytes, magic: ChunkFormat.dataMagic, segment: segment)
    }

    func indexHeader(end: Int, records: Int) -> [UInt8] {
        var writer = start(ChunkFormat.indexMagic)
        writer.write(UInt64(end))
        writer.write(UInt64(records))
        return finished(writer)
    }

    /// From an index file's header; nil when it is not one, or another segment's.
    static func read(
        indexHeader bytes: ArraySlice<UInt8>, segment: UInt32
    ) -> (salt: SegmentSalt, end: Int, records: Int)? {
        guard isIntact(bytes, count: ChunkFormat.indexHeaderByteCount),
            let salt = SegmentSalt(bytes, magic: ChunkFormat.indexMagic, segment: segment)
        else { return nil }
        var reader = ByteReader(Array(bytes.dropFirst(32)))
        guard let end = try? reader.read(UInt64.self), let count = try? reader.read(UInt64.self),
            end <= UInt64(ChunkFormat.greatestOffset), count <= UInt64(ChunkStoreLimits.mostRecords)
        else { return nil }
        return (salt, Int(end), Int(count))
    }

    private init?(_ bytes: ArraySlice<UInt8>, magic: UInt64, segment: UInt32) {
        var reader = ByteReader(Array(bytes))
        guard let found = try? reader.read(UInt64.self), found == magic,
            let version = try? reader.read(UInt32.self), version == ChunkFormat.version,
            let number = try? reader.read(UInt32.self), number == segment,
            let high = try? reader.read(UInt64.self), let low = try? reader.read(UInt64.self)
        else { return nil }
        (self.segment, self.high, self.low) = (segment, high, low)
    }

    private func start(_ magic: UInt64) -> ByteWriter {
        var writer = ByteWriter()
        writer.write(magic)
        writer.write(ChunkFormat.version)
        writer.write(segment)
        writer.write(high)
        writer.write(low)
        return writer
    }

    private func finished(_ writer: ByteWriter) -> [UInt8] {
        var writer = writer
        writer.write(SHA256.hash(writer.bytes).prefix)
        return writer.bytes
    }

    private static func isIntact(_ bytes: ArraySlice<UInt8>, count: Int) -> Bool {
        guard bytes.count == count else { return false }
        var writer = ByteWriter()
        writer.write(SHA256.hash(Array(bytes.dropLast(8))).prefix)
        return writer.bytes.elementsEqual(bytes.suffix(8))
    }
}
