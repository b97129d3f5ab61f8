import Primitives
import Roles

/// Reading back what a former run left. Where the disk refuses, nothing is taken for damaged or gone:
/// whatever throws here is tried again from where it stopped.
extension SegmentStore {
    /// Reads what the disk holds.
    mutating func recover() throws(SystemError) {
        let (data, indexOnly) = try folder.segments(on: &medium.files)
        nextNumber = max(data.last ?? 0, indexOnly.last ?? 0) + 1
        for number in indexOnly { try loseIndex(number) }
        for number in data where segments[number] == nil { try load(number) }
        while let (stored, location) = duplicates.first {
            try decide(stored, location)
            duplicates.removeFirst()
        }
        for number in data { removeIfEmpty(number) }
        reportSegments()
        if let last = data.last, let segment = segments[last], segment.state == .sealed,
            segment.end < limits.segmentBytes / 4
        {
            resumable = last
        }
        batch.isWanted = !batch.dead.isEmpty
        isRecovered = true
        medium.withTable {
            $0.status.isReady = true
            $0.status.failure = nil
        }
    }

    /// A data file that vanished takes its chunks along.
    private mutating func loseIndex(_ number: UInt32) throws(SystemError) {
        let index = try folder.readIndex(of: number, on: &medium.files)
        try medium.files.rename(
            folder.indexPath(number), to: quarantine.path(of: "\(number).index"))
        guard let index else { return }
        SegmentFolder.forEach(index.entries, index.salt) { offset, record in
            guard let record, record.isLive else { return }
            note(
                offset..<offset, of: number, from: nil, chunk: record.stored.chunk,
                because: "the data file is missing")
        }
    }

    private mutating func load(_ number: UInt32) throws(SystemError) {
        let file = try medium.files.open(folder.dataPath(number), .existing)
        let size = try medium.files.byteCount(of: file)
        let (segment, entries): (Segment<M.Files.File>, [UInt8])
        if let index = try folder.readIndex(of: number, on: &medium.files) {
            segment = Segment(salt: index.salt, state: .sealed, end: index.end)
            entries = index.entries
        } else if let scanned = try scan(number, file, size) {
            segment = scanned
            entries = scanned.entries
        } else {
            return
        }
        segments[number] = segment
        medium.withTable { $0.keep(file, of: number) }
        add(entries, segment.salt, file, size)
        if segment.state == .full, let segment = segments[number] { try? seal(segment) }
        if let live = segments[number]?.liveBytes,
            let taken = try? medium.files.allocatedByteCount(of: file)
        {
            segments[number]?.deadBytes = max(0, taken - live - ChunkFormat.firstRecordOffset)
        }
    }

    /// Reads a data file that has no usable index file. Nil when it is none of ours, and then it is
    /// put aside.
    private mutating func scan(
        _ number: UInt32, _ file: M.Files.File, _ size: Int
    ) throws(SystemError) -> Segment<M.Files.File>? {
        var salt = try SegmentScan.salt(of: file, segment: number, on: &medium.files)
        if salt == nil { salt = try saltOfDamagedIndex(number) }
        guard let salt else {
            try putAside(number, file, size)
            return nil
        }
        let scan = try SegmentScan(file, salt: salt, on: &medium.files)
        do { try medium.files.sync(file) } catch {
            // What was read may have been in memory only, and never gets to the disk now.
            medium.files.uncache(0..<size, of: file)
            throw error
        }
        for (range, chunk) in scan.damage {
            note(range, of: number, from: file, chunk: chunk, because: "damaged or torn")
        }
        for range in scan.unread {
            medium.withTable { $0.status.failedReads += 1 }
            quarantine.log(
                "segment \(number) offset \(range.lowerBound) bytes \(range.count): "
                    + "cannot be read, and is left for the next start", on: &medium.files)
        }
        var segment = Segment(
            salt: salt, state: scan.unread.isEmpty ? .full : .unread, file: file, end: scan.end)
        segment.entries = scan.entries
        return segment
    }

    /// An index file's header may tell the salt though the rest is damaged.
    private mutating func saltOfDamagedIndex(_ number: UInt32) throws(SystemError) -> SegmentSalt? {
        let file: M.Files.File
        do {
            file = try medium.files.open(folder.indexPath(number), .existing)
        } catch  where error.cause == .isMissing {
            return nil
        }
        let header = try medium.files.read(file, ChunkFormat.indexHeaderByteCount, at: 0)
        return SegmentSalt.read(indexHeader: header[...], segment: number)?.salt
    }

    private mutating func putAside(
        _ number: UInt32, _ file: M.Files.File, _ size: Int
    ) throws(SystemError) {
        // A crash while the file was made leaves it empty, or zeros.
        let start = try medium.files.read(file, ChunkFormat.firstRecordOffset, at: 0)
        if size <= ChunkFormat.firstRecordOffset, start.allSatisfy({ $0 == 0 }) {
            try medium.files.remove(folder.dataPath(number))
            return
        }
        try medium.files.rename(folder.dataPath(number), to: quarantine.path(of: "\(number).data"))
        note(
            0..<0, of: number, from: nil, chunk: nil, because: "not a readable data file: put aside"
        )
    }

    /// Takes a segment's living records into the table.
    private mutating func add(
        _ entries: [UInt8], _ salt: SegmentSalt, _ file: M.Files.File, _ size: Int
    ) {
        SegmentFolder.forEach(entries, salt) { offset, record in
            guard let record, record.isLive else { return }
            let location = RecordLocation(
                segment: salt.segment, offset: UInt32(offset), length: UInt32(record.length),
                byteCount: UInt32(record.stored.byteCount))
            segments[salt.segment]?.count(live: location)
            guard location.payloadOffset + record.length <= size else {
                note(
                    offset..<max(offset, size), of: salt.segment, from: file,
                    chunk: record.stored.chunk, because: "the data file is too short")
                kill(location)
                return
            }
            if medium.location(of: record.stored.chunk) == nil {
                medium.withTable { _ = $0.update(record.stored.chunk, to: location) }
            } else {
                duplicates.append((record.stored, location))
            }
        }
    }

    /// Of two records of one chunk the newer stamp counts, and of equal ones, which a compaction
    /// leaves, the later record.
    private mutating func decide(
        _ stored: StoredChunk, _ location: RecordLocation
    ) throws(SystemError) {
        guard let other = medium.location(of: stored.chunk) else { return }
        if let before = try header(at: other), before.stored.stamp > stored.stamp {
            kill(location)
        } else {
            medium.withTable { _ = $0.update(stored.chunk, to: location) }
            kill(other)
        }
    }

    mutating func header(at location: RecordLocation) throws(SystemError) -> RecordHeader? {
        guard let salt = segments[location.segment]?.salt else { return nil }
        let file = try medium.dataFile(of: location.segment, in: folder)
        let bytes = try medium.files.read(
            file, ChunkFormat.recordHeaderByteCount, at: Int(location.offset))
        return bytes.withUnsafeBytes { RecordHeader($0, in: salt, at: Int(location.offset)) }
    }

    /// What the disk holds as far as this run has changed it.
    mutating func chunks() throws(SystemError) -> [StoredChunk] {
        var chunks: [StoredChunk] = []
        chunks.reserveCapacity(medium.status().chunks)
        for number in segments.keys.sorted() {
            guard let segment = segments[number] else { continue }
            SegmentFolder.forEach(try entries(of: segment), segment.salt) { offset, record in
                guard let record, let location = medium.location(of: record.stored.chunk),
                    location.segment == number, location.offset == UInt32(offset)
                else { return }
                chunks.append(record.stored)
            }
        }
        return chunks
    }

    /// The entries of a segment, from its data file where the index file was damaged meanwhile.
    mutating func entries(of segment: Segment<M.Files.File>) throws(SystemError) -> [UInt8] {
        guard segment.state == .sealed else { return segment.entries }
        if let index = try folder.readIndex(of: segment.number, on: &medium.files) {
            return index.entries
        }
        let path = folder.dataPath(segment.number)
        let file = try medium.files.open(path, .existing)
        let scan = try SegmentScan(file, salt: segment.salt, on: &medium.files)
        guard scan.unread.isEmpty else { throw SystemError(.read, path, .isBroken) }
        return scan.entries
    }
}
