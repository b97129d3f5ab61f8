import Primitives
import Roles

/// Reading back what a former run left.
extension ChunkWriter {
    /// What the disk holds as far as this run has changed it; the first call reads it.
    func recover() -> [StoredChunk] {
        if !isRecovered {
            load()
            isRecovered = true
            table.report { $0.isReady = true }
        }
        return report()
    }

    private func load() {
        guard let (data, indexOnly) = try? folder.segments() else { return }
        nextNumber = max(data.last ?? 0, indexOnly.last ?? 0) + 1
        for number in indexOnly { loseIndex(number) }
        for number in data { load(number) }
        for number in data { removeIfEmpty(number) }
        reportSegments()
        if let last = data.last, let segment = segments[last], segment.state == .sealed,
            segment.end < limits.segmentBytes / 4
        {
            resumable = last
        }
        batch.isWanted = !batch.dead.isEmpty
    }

    /// A data file that vanished takes its chunks along.
    private func loseIndex(_ number: UInt32) {
        if let index = try? folder.readIndex(of: number) {
            SegmentFolder.forEach(index.entries, index.salt) { offset, record in
                guard let record, record.isLive else { return }
                note(
                    offset..<offset, of: number, from: nil, chunk: record.stored.chunk,
                    because: "the data file is missing")
            }
        }
        try? files.rename(
            folder.indexPath(number), to: quarantine.path(of: "\(number).index"))
    }

    private func load(_ number: UInt32) {
        guard let file = try? files.open(folder.dataPath(number)) else {
            note(
                0..<0, of: number, from: nil, chunk: nil, because: "the data file cannot be opened")
            return
        }
        let (segment, entries): (Segment, [UInt8])
        if let index = try? folder.readIndex(of: number) {
            segment = Segment(salt: index.salt, state: .sealed, end: index.end)
            entries = index.entries
        } else if let scanned = scan(number, file) {
            segment = scanned
            entries = scanned.entries
        } else {
            return
        }
        segments[number] = segment
        table.keep(file, of: number)
        add(entries, segment.salt, file)
        if segment.state == .full, let segment = segments[number] { try? seal(segment) }
        if let live = segments[number]?.liveBytes, let taken = try? file.allocatedSize() {
            segments[number]?.deadBytes = max(0, taken - live - ChunkFormat.firstRecordOffset)
        }
    }

    /// Reads a data file that has no usable index file. Nil when it is none of ours, and then it is
    /// put aside.
    private func scan(_ number: UInt32, _ file: OpenFile) -> Segment? {
        guard
            let salt = SegmentScan.salt(of: file, segment: number) ?? saltOfDamagedIndex(number),
            let scan = try? SegmentScan(file, salt: salt), (try? file.sync()) != nil
        else {
            putAside(number, file)
            return nil
        }
        for (range, chunk) in scan.damage {
            note(range, of: number, from: file, chunk: chunk, because: "damaged or torn")
        }
        var segment = Segment(salt: salt, state: .full, file: file, end: scan.end)
        segment.entries = scan.entries
        return segment
    }

    /// An index file's header may tell the salt though the rest is damaged.
    private func saltOfDamagedIndex(_ number: UInt32) -> SegmentSalt? {
        guard let file = try? files.open(folder.indexPath(number)),
            let header = try? file.read(ChunkFormat.indexHeaderByteCount, at: 0)
        else { return nil }
        return SegmentSalt.read(indexHeader: header[...], segment: number)?.salt
    }

    private func putAside(_ number: UInt32, _ file: OpenFile) {
        // A crash while the file was made leaves it empty, or zeros.
        let size = (try? file.size()) ?? 0
        let start = (try? file.read(ChunkFormat.firstRecordOffset, at: 0)) ?? []
        if size <= ChunkFormat.firstRecordOffset, start.allSatisfy({ $0 == 0 }) {
            try? files.remove(folder.dataPath(number))
            return
        }
        note(
            0..<0, of: number, from: nil, chunk: nil, because: "not a readable data file: put aside"
        )
        try? files.rename(folder.dataPath(number), to: quarantine.path(of: "\(number).data"))
    }

    /// Takes a segment's living records into the table.
    private func add(_ entries: [UInt8], _ salt: SegmentSalt, _ file: OpenFile) {
        let size = (try? file.size()) ?? 0
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
            add(record.stored, location)
        }
    }

    /// Of two records of one chunk the newer stamp counts, and of equal ones, which a compaction
    /// leaves, the later record.
    private func add(_ stored: StoredChunk, _ location: RecordLocation) {
        guard let other = table.update(stored.chunk, to: location) else { return }
        guard let before = header(at: other), before.stored.stamp > stored.stamp else {
            kill(other)
            return
        }
        table.update(stored.chunk, to: other)
        kill(location)
    }

    private func header(at location: RecordLocation) -> RecordHeader? {
        guard let salt = segments[location.segment]?.salt,
            let file = openDataFile(location.segment),
            let bytes = try? file.read(
                ChunkFormat.recordHeaderByteCount, at: Int(location.offset))
        else { return nil }
        return bytes.withUnsafeBytes { RecordHeader($0, in: salt, at: Int(location.offset)) }
    }

    private func report() -> [StoredChunk] {
        var chunks: [StoredChunk] = []
        chunks.reserveCapacity(table.status.chunks)
        for number in segments.keys.sorted() {
            guard let segment = segments[number] else { continue }
            let entries =
                segment.state == .sealed
                ? (try? folder.readIndex(of: number))?.entries ?? [] : segment.entries
            SegmentFolder.forEach(entries, segment.salt) { offset, record in
                guard let record, let location = table.location(of: record.stored.chunk),
                    location.segment == number, location.offset == UInt32(offset)
                else { return }
                chunks.append(record.stored)
            }
        }
        return chunks
    }
}
