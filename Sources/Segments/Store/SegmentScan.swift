import Cryptography
import Primitives
import Roles

/// Reads a data file record by record, as its index would have it: after a crash, or when the index
/// is damaged.
struct SegmentScan<Files: Volume> {
    /// The 80 bytes of each intact record, as index entries.
    private(set) var entries: [UInt8] = []
    /// Behind the last intact record.
    private(set) var end = ChunkFormat.firstRecordOffset
    /// What is damaged: where, how much, and whose it is where that can be told.
    private(set) var damage: [(range: Range<Int>, chunk: ChunkID?)] = []
    /// Where the disk refused to read what may be records.
    private(set) var unread: [Range<Int>] = []

    private let file: Files.File
    private let salt: SegmentSalt
    private let size: Int

    /// A part of the file that is in memory.
    private var window: [UInt8] = []
    private var windowStart = 0
    private static var windowByteCount: Int { 4 << 20 }
    /// What the disk said of the parts that it refused to read, and the blocks that it refused.
    private var refusal: SystemError?
    private var refused: [Range<Int>] = []
    private static var blockByteCount: Int { 4096 }

    /// Where the disk refuses to read, what is behind it counts all the same, and so does a record of
    /// which it reads the header. Throws when nothing that can be read is a record, so that nobody
    /// takes a disk that fails for an empty file.
    init(_ file: Files.File, salt: SegmentSalt, on files: inout Files) throws(SystemError) {
        self.file = file
        self.salt = salt
        size = try files.byteCount(of: file)
        try scan(on: &files)
        if let refusal, entries.isEmpty { throw refusal }
    }

    private mutating func scan(on files: inout Files) throws(SystemError) {
        var offset = ChunkFormat.firstRecordOffset
        var damageStart: Int?
        while offset + ChunkFormat.recordHeaderByteCount <= size {
            guard let record = try header(at: offset, on: &files) else {
                if damageStart == nil { damageStart = offset }
                guard let next = try candidate(after: offset, on: &files) else { break }
                offset = next
                continue
            }
            if let start = damageStart { try note(start..<offset, nil, on: &files) }
            damageStart = nil
            try take(record, at: offset, on: &files)
            offset += ChunkFormat.recordByteCount(length: record.length)
        }
        let unread = damageStart ?? min(offset, size)
        if unread < size { try note(unread..<size, nil, on: &files) }
    }

    /// The salt by a data file's own header, of which it has two copies. Nil when both are wrong;
    /// throws when one is and the other cannot be read.
    static func salt(
        of file: Files.File, segment: UInt32, on files: inout Files
    ) throws(SystemError) -> SegmentSalt? {
        var failure: SystemError?
        for offset in [0, ChunkFormat.secondHeaderOffset] {
            do throws(SystemError) {
                let bytes = try files.read(file, ChunkFormat.segmentHeaderByteCount, at: offset)
                if let salt = SegmentSalt(dataHeader: bytes[...], segment: segment) { return salt }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return nil
    }

    private mutating func take(
        _ record: RecordHeader, at offset: Int, on files: inout Files
    ) throws(SystemError) {
        let start = offset + ChunkFormat.recordHeaderByteCount
        if record.isLive {
            let isIntact = try hash(start, record.length, on: &files) == record.stored.chunk.hash
            guard isIntact || isRefused(start..<start + record.length) else {
                damage.append((offset..<min(start + record.length, size), record.stored.chunk))
                return
            }
        }
        end = ChunkFormat.aligned(start + record.length)
        entries += record.encoded(in: salt, at: offset, asIndexEntry: true)
    }

    /// Whether the disk refused to read a part of a range.
    private func isRefused(_ range: Range<Int>) -> Bool { refused.contains { $0.overlaps(range) } }

    /// Notes damage, unless it is nothing but zeros, which is room that was reserved and not used.
    private mutating func note(
        _ range: Range<Int>, _ chunk: ChunkID?, on files: inout Files
    ) throws(SystemError) {
        guard !isRefused(range) else {
            unread.append(range)
            return
        }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = min(Self.windowByteCount, range.upperBound - offset)
            let isZero = try withBytes(at: offset, count, on: &files) { $0.allSatisfy { $0 == 0 } }
            guard isZero else {
                damage.append((range, chunk))
                return
            }
            offset += count
        }
    }

    private mutating func header(
        at offset: Int, on files: inout Files
    ) throws(SystemError) -> RecordHeader? {
        let salt = salt
        return try withBytes(at: offset, ChunkFormat.recordHeaderByteCount, on: &files) { bytes in
            RecordHeader(bytes, in: salt, at: offset)
        }
    }

    /// The next place that has a record's magic. The magic matters only behind damage: elsewhere the
    /// record before says where the next one starts.
    private mutating func candidate(
        after offset: Int, on files: inout Files
    ) throws(SystemError) -> Int? {
        var offset = offset + ChunkFormat.alignment
        while offset + ChunkFormat.recordHeaderByteCount <= size {
            let count = min(Self.windowByteCount, size - offset) & -ChunkFormat.alignment
            let found = try withBytes(at: offset, max(count, ChunkFormat.alignment), on: &files) {
                bytes in
                stride(from: 0, to: bytes.count - 7, by: ChunkFormat.alignment).first {
                    bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self).bigEndian
                        == ChunkFormat.recordMagic
                }
            }
            if let found { return offset + found }
            offset += max(count, ChunkFormat.alignment)
        }
        return nil
    }

    private mutating func hash(
        _ offset: Int, _ count: Int, on files: inout Files
    ) throws(SystemError) -> Hash256 {
        var hasher = SHA256Hasher()
        var offset = offset
        let end = offset + count
        while offset < end {
            let part = min(Self.windowByteCount, end - offset)
            try withBytes(at: offset, part, on: &files) { hasher.update($0) }
            offset += part
        }
        return hasher.finalize()
    }

    /// Reads a part of the file; blocks that the disk refuses are filled with what is no record.
    private mutating func load(
        _ count: Int, at offset: Int, on files: inout Files
    ) throws(SystemError) -> [UInt8] {
        do { return try files.read(file, count, at: offset) } catch  where error.cause == .isBroken
        {
            refusal = error
        }
        var bytes: [UInt8] = []
        let end = min(offset + count, size)
        var position = offset
        while position < end {
            let next = min((position / Self.blockByteCount + 1) * Self.blockByteCount, end)
            do {
                bytes += try files.read(file, next - position, at: position)
            } catch  where error.cause == .isBroken {
                bytes += [UInt8](repeating: .max, count: next - position)
                refused.append(position..<next)
            }
            position = next
        }
        return bytes
    }

    /// Lends a part of the file, at most as long as the window; what is behind its end is missing.
    private mutating func withBytes<Result>(
        at offset: Int, _ count: Int, on files: inout Files,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(SystemError) -> Result {
        if offset < windowStart || offset + count > windowStart + window.count {
            window = try load(max(Self.windowByteCount, count), at: offset, on: &files)
            windowStart = offset
        }
        return window.withUnsafeBytes { bytes in
            let start = min(offset - windowStart, bytes.count)
            return body(
                UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + count, bytes.count)]))
        }
    }
}
