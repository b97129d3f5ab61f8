import Glibc
import Platform
import Primitives
import Roles

/// Everything that changes the files of a store. It lives on one serial queue and is not `Sendable`.
final class ChunkWriter {
    let folder: SegmentFolder
    let table: ChunkTable
    let limits: ChunkStoreLimits
    var quarantine: Quarantine
    var segments: [UInt32: Segment] = [:]
    /// The segment that records are appended to.
    var openSegment: UInt32?
    /// A sealed segment with room, which may be opened again.
    var resumable: UInt32?
    var nextNumber: UInt32 = 1
    /// Up to where the open segment's file has room.
    private var reservedEnd = 0

    /// What came after the last sync began.
    var batch = SyncBatch()
    /// What the sync under way covers.
    var syncing: SyncBatch?
    /// Dead durably, but being read.
    var postponed: [SyncBatch.Dead] = []
    /// Open index files that were written to.
    var indexFiles: [UInt32: File] = [:]
    var compaction: Compaction?
    /// Segments that could not be compacted and are let alone.
    var incompressible: Set<UInt32> = []
    var isRecovered = false
    /// Records of chunks that other records have as well, before it is decided which count.
    var duplicates: [(StoredChunk, RecordLocation)] = []
    /// Syncs that failed since one did not.
    var failuresInARow = 0
    /// Why nothing can be made durable.
    var failure: SystemError? {
        didSet { table.report { $0.failure = failure } }
    }

    var files: FileSystem { folder.files }

    init(folder: SegmentFolder, table: ChunkTable, limits: ChunkStoreLimits) {
        self.folder = folder
        self.table = table
        self.limits = limits
        quarantine = Quarantine(
            path: folder.quarantinePath, files: folder.files, limit: limits.quarantineBytes)
    }

    func reportSegments() { table.report { $0.segments = segments.count } }

    // MARK: Requests

    func write(_ stored: StoredChunk, _ payload: Payload) -> DiskOutcome {
        // What cannot be made durable must not pile up in memory.
        if let failure { return failure.isFull ? .full : .failed }
        guard payload.bytes.count <= ChunkFormat.longestPayload,
            UInt32(exactly: stored.byteCount) != nil
        else { return .failed }
        do throws(SystemError) {
            try put(stored, payload)
            if table.status.isFull { table.report { $0.isFull = false } }
            return .written
        } catch {
            table.report {
                $0.failedWrites += 1
                $0.isFull = error.isFull
            }
            return error.isFull ? .full : .failed
        }
    }

    /// Writes a record, which is the chunk's from now on.
    func put(_ stored: StoredChunk, _ payload: Payload) throws(SystemError) {
        let location = try append(stored, payload)
        batch.written.append(.init(stored: stored, payload: payload, location: location))
        batch.data.insert(location.segment)
        if let old = table.update(stored.chunk, to: location) {
            batch.superseded[ChunkTable.Key(stored.chunk), default: []].append(old)
        }
    }

    func delete(_ chunk: ChunkID) {
        if let (location, wasReadLately) = table.remove(chunk) {
            kill(location, suspect: wasReadLately ? chunk : nil)
        }
        // Else an older record would come back once the newer one is gone.
        for old in batch.superseded.removeValue(forKey: ChunkTable.Key(chunk)) ?? [] { kill(old) }
    }

    // MARK: Appending

    private func append(
        _ stored: StoredChunk, _ payload: Payload
    ) throws(SystemError) -> RecordLocation {
        let length = payload.bytes.count
        let byteCount = ChunkFormat.recordByteCount(length: length)
        if let number = openSegment, let segment = segments[number],
            segment.end + byteCount > limits.segmentBytes || segment.recordCount >= limits.records
        {
            closeOpenSegment()
        }
        let number: UInt32
        if let openSegment { number = openSegment } else { number = try openNext() }
        guard var segment = segments[number], let file = segment.file else {
            preconditionFailure("the open segment has a file")
        }
        reserve(segment.end, byteCount, file)
        let header = RecordHeader(stored: stored, length: length)
        do throws(SystemError) {
            try file.write(
                header.encoded(in: segment.salt, at: segment.end), payload.bytes, at: segment.end)
        } catch {
            // A disk that refuses one place may take another; a full one will not.
            if !error.isFull, segment.recordCount > 0 { closeOpenSegment() }
            throw error
        }
        let location = RecordLocation(
            segment: number, offset: UInt32(segment.end), length: UInt32(length),
            byteCount: UInt32(stored.byteCount))
        segments[number] = nil
        segment.entries += header.encoded(
            in: segment.salt, at: segment.end, asIndexEntry: true)
        segment.end += byteCount
        segment.count(live: location)
        segments[number] = segment
        return location
    }

    /// Reserved room makes syncs of appended records cheaper. Where none can be had, the write itself
    /// finds out why.
    private func reserve(_ end: Int, _ byteCount: Int, _ file: File) {
        guard end + byteCount > reservedEnd else { return }
        let step = min(max(end, 1 << 20), limits.reservation, limits.segmentBytes)
        let from = max(reservedEnd, end)
        let count = max(end + byteCount - from, step)
        if (try? file.allocate(from: from, count: count)) != nil { reservedEnd = from + count }
    }

    private func openNext() throws(SystemError) -> UInt32 {
        if let number = resumable {
            resumable = nil
            if try resume(number) { return number }
        }
        let number = nextNumber
        let salt = SegmentSalt(segment: number)
        let path = folder.dataPath(number)
        let file: File
        do {
            file = try files.open(path, .emptied)
            let gap = [UInt8](
                repeating: 0,
                count: ChunkFormat.secondHeaderOffset - ChunkFormat.segmentHeaderByteCount)
            try file.write(salt.dataHeader() + gap, salt.dataHeader() + gap, at: 0)
            try file.sync()
            try files.syncFolder(folder.segmentsPath)
        } catch {
            try? files.remove(path)
            throw error
        }
        nextNumber += 1
        start(
            Segment(salt: salt, state: .open, file: file, end: ChunkFormat.firstRecordOffset), file)
        return number
    }

    /// Appends to a sealed segment again. From here on its data file says which records live, so it
    /// has to say so durably before the index file goes.
    private func resume(_ number: UInt32) throws(SystemError) -> Bool {
        guard var segment = segments[number], segment.state == .sealed,
            let index = try folder.readIndex(of: number)
        else { return false }
        let file = try files.open(folder.dataPath(number))
        try file.truncate(to: segment.end)
        var failure: SystemError?
        SegmentFolder.forEach(index.entries, index.salt) { offset, record in
            guard failure == nil, record?.isLive == false else { return }
            do throws(SystemError) {
                try file.write([ChunkFormat.dead], at: offset + ChunkFormat.stateOffset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try file.sync()
        indexFiles[number] = nil
        try files.remove(folder.indexPath(number))
        try files.syncFolder(folder.segmentsPath)
        segment.state = .open
        segment.file = file
        segment.entries = index.entries
        start(segment, file)
        return true
    }

    private func start(_ segment: Segment, _ file: File) {
        segments[segment.number] = segment
        reportSegments()
        table.keep(file, of: segment.number)
        openSegment = segment.number
        reservedEnd = 0
    }

    /// Lets nothing more be appended to the open segment.
    func closeOpenSegment() {
        guard let number = openSegment else { return }
        segments[number]?.state = .full
        openSegment = nil
    }

    // MARK: Marking dead

    /// Marks a record dead: durably with the next sync, after which its room is given back.
    func kill(_ location: RecordLocation, suspect: ChunkID? = nil) {
        let number = location.segment
        // Not the segment itself: a copy of it would have its entries copied.
        guard let state = segments[number]?.state else { return }
        let offset = Int(location.offset) + ChunkFormat.stateOffset
        let file = segments[number]?.file ?? (try? table.file(of: number, in: folder))
        let isMarked = (try? file?.write([ChunkFormat.dead], at: offset)) != nil
        if state == .sealed {
            if (try? markInIndex(location)) != true { batch.reseal.insert(number) }
        } else {
            segments[number]?.markEntryDead(at: location.offset)
            if isMarked {
                batch.data.insert(number)
            } else {
                // Only an index file can say it now.
                batch.suspect.insert(number)
            }
        }
        segments[number]?.count(dead: location)
        segments[number]?.dyingCount += 1
        batch.dead.append(.init(location: location, suspect: suspect))
    }

    /// Returns whether the index file has such an entry.
    private func markInIndex(_ location: RecordLocation) throws(SystemError) -> Bool {
        let number = location.segment
        let file: File
        if let open = indexFiles[number] {
            file = open
        } else {
            makeRoomForIndexFile()
            file = try files.open(folder.indexPath(number))
            indexFiles[number] = file
        }
        let header = ChunkFormat.indexHeaderByteCount
        let count = (try file.size() - header) / ChunkFormat.recordHeaderByteCount
        let found = try Segment.find(location.offset, count: count) {
            (index) throws(SystemError) -> UInt64 in
            let position = header + index * ChunkFormat.recordHeaderByteCount
            return try file.read(8, at: position).reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let found else { return false }
        try file.write(
            [ChunkFormat.dead],
            at: header + found * ChunkFormat.recordHeaderByteCount + ChunkFormat.stateOffset)
        batch.index.insert(number)
        return true
    }

    /// Closes an index file if there are too many, durably where that is wanted of it.
    private func makeRoomForIndexFile() {
        guard indexFiles.count >= limits.openIndexes,
            let (number, file) = indexFiles.first(where: { !batch.index.contains($0.key) })
                ?? indexFiles.first
        else { return }
        indexFiles[number] = nil
        guard batch.index.remove(number) != nil else { return }
        if (try? file.sync()) == nil { batch.reseal.insert(number) }
    }
}
