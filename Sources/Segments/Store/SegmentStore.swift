package import Primitives
package import Roles

/// A node's durable store of sealed chunks as a value: logs of records, described in `ChunkFormat`.
///
/// It does all that changes files, on a `Medium`, and names what somebody else has to do for it: to sync
/// files, which takes long and may be done beside it, to read, to try again later. `perform`, `finishSync`
/// and `retry` are its inputs. Whatever it lies on, it does the same.
package struct SegmentStore<M: Medium>: Sendable {
    /// What somebody is to do for it.
    package enum Effect: Sendable {
        /// Tell who asked.
        case report(DiskEvent, M.Caller)
        /// Find what is there, by `Medium.read`; nil: nothing. Then tell who asked.
        case read(token: UInt64, RecordLocation?, M.Caller)
        /// Run it, then call `finishSync`.
        case sync(SyncWork<M.Files.File>)
        /// Call `retry` after a while.
        case retryLater
        /// It is closed and all is durable that can be.
        case closed
    }

    package let folder: SegmentFolder
    let limits: ChunkStoreLimits
    var quarantine: Quarantine
    var segments: [UInt32: Segment<M.Files.File>] = [:]
    /// The segment that records are appended to.
    var openSegment: UInt32?
    /// A sealed segment with room, which may be opened again.
    var resumable: UInt32?
    var nextNumber: UInt32 = 1
    /// Up to where the open segment's file has room.
    var reservedEnd = 0

    /// What came after the last sync began.
    var batch = SyncBatch<M.Caller>()
    /// What the sync under way covers.
    var syncing: SyncBatch<M.Caller>?
    /// Dead durably, but being read.
    var postponed: [DeadRecord] = []
    /// Open index files that were written to.
    var indexFiles: [UInt32: M.Files.File] = [:]
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
        didSet { medium.withTable { [failure] in $0.status.failure = failure } }
    }

    // Asked for, and not begun: oldest first.
    var waiting: [(request: DiskRequest, caller: M.Caller)] = []
    var isRetrying = false
    var isClosing = false

    /// Its files, and what those who read beside it share with it.
    package var medium: M

    /// A store in a folder; `open` makes sure that it can be used.
    package init(path: String, on medium: M, limits: ChunkStoreLimits = ChunkStoreLimits()) {
        folder = SegmentFolder(path: path)
        self.medium = medium
        self.limits = limits
        quarantine = Quarantine(path: folder.quarantinePath, limit: limits.quarantineBytes)
    }

    /// Makes the folders that are not there. The chunks are read when they are asked for.
    package mutating func open() throws(SystemError) {
        try folder.make(on: &medium.files)
        _ = try folder.segments(on: &medium.files)
    }

    mutating func reportSegments() {
        medium.withTable { [count = segments.count] in $0.status.segments = count }
    }

    // MARK: Writing

    mutating func write(_ stored: StoredChunk, _ payload: Payload) -> DiskOutcome {
        // What cannot be made durable must not pile up in memory.
        if let failure { return failure.isFull ? .full : .failed }
        guard payload.bytes.count <= ChunkFormat.longestPayload,
            UInt32(exactly: stored.byteCount) != nil
        else { return .failed }
        do throws(SystemError) {
            try put(stored, payload)
            medium.withTable { $0.status.isFull = false }
            return .written
        } catch {
            medium.withTable {
                $0.status.failedWrites += 1
                $0.status.isFull = error.isFull
            }
            return error.isFull ? .full : .failed
        }
    }

    /// Writes a record, which is the chunk's from now on.
    mutating func put(_ stored: StoredChunk, _ payload: Payload) throws(SystemError) {
        let location = try append(stored, payload)
        batch.written.append(.init(stored: stored, payload: payload, location: location))
        batch.data.insert(location.segment)
        let old = medium.withTable { $0.update(stored.chunk, to: location) }
        if let old { batch.superseded[ChunkKey(stored.chunk), default: []].append(old) }
    }

    mutating func delete(_ chunk: ChunkID) {
        if let (location, wasReadLately) = medium.withTable({ $0.remove(chunk) }) {
            kill(location, suspect: wasReadLately ? chunk : nil)
        }
        // Else an older record would come back once the newer one is gone.
        for old in batch.superseded.removeValue(forKey: ChunkKey(chunk)) ?? [] { kill(old) }
    }

    // MARK: Appending

    private mutating func append(
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
            try medium.files.write(
                header.encoded(in: segment.salt, at: segment.end), payload.bytes, to: file,
                at: segment.end)
        } catch {
            // A disk that refuses one place may take another; a full one will not.
            if !error.isFull, segment.recordCount > 0 { closeOpenSegment() }
            throw error
        }
        let location = RecordLocation(
            segment: number, offset: UInt32(segment.end), length: UInt32(length),
            byteCount: UInt32(stored.byteCount))
        segments[number] = nil
        segment.entries += header.encoded(in: segment.salt, at: segment.end, asIndexEntry: true)
        segment.end += byteCount
        segment.count(live: location)
        segments[number] = segment
        return location
    }

    /// Reserved room makes syncs of appended records cheaper. Where none can be had, the write itself
    /// finds out why.
    private mutating func reserve(_ end: Int, _ byteCount: Int, _ file: M.Files.File) {
        guard end + byteCount > reservedEnd else { return }
        let step = min(max(end, 1 << 20), limits.reservation, limits.segmentBytes)
        let from = max(reservedEnd, end)
        let count = max(end + byteCount - from, step)
        if (try? medium.files.allocate(from..<from + count, of: file)) != nil {
            reservedEnd = from + count
        }
    }

    private mutating func openNext() throws(SystemError) -> UInt32 {
        if let number = resumable {
            resumable = nil
            // One whose index file is to be written anew would be sealed while it is appended to.
            if !batch.reseal.contains(number), try resume(number) { return number }
        }
        let number = nextNumber
        let salt = SegmentSalt(segment: number, on: &medium.files)
        let path = folder.dataPath(number)
        let file: M.Files.File
        do {
            file = try medium.files.open(path, .emptied)
            let gap = [UInt8](
                repeating: 0,
                count: ChunkFormat.secondHeaderOffset - ChunkFormat.segmentHeaderByteCount)
            try medium.files.write(
                salt.dataHeader() + gap, salt.dataHeader() + gap, to: file, at: 0)
            try medium.files.sync(file)
            try medium.files.syncFolder(folder.segmentsPath)
        } catch {
            try? medium.files.remove(path)
            throw error
        }
        nextNumber += 1
        start(
            Segment(salt: salt, state: .open, file: file, end: ChunkFormat.firstRecordOffset), file)
        return number
    }

    /// Appends to a sealed segment again. From here on its data file says which records live, so it
    /// has to say so durably before the index file goes.
    private mutating func resume(_ number: UInt32) throws(SystemError) -> Bool {
        guard var segment = segments[number], segment.state == .sealed,
            let index = try folder.readIndex(of: number, on: &medium.files)
        else { return false }
        let file = try medium.files.open(folder.dataPath(number), .existing)
        try medium.files.truncate(file, to: segment.end)
        var failure: SystemError?
        SegmentFolder.forEach(index.entries, index.salt) { offset, record in
            guard failure == nil, record?.isLive == false else { return }
            do throws(SystemError) {
                try medium.files.write(
                    [ChunkFormat.dead], to: file, at: offset + ChunkFormat.stateOffset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try medium.files.sync(file)
        indexFiles[number] = nil
        try medium.files.remove(folder.indexPath(number))
        try medium.files.syncFolder(folder.segmentsPath)
        segment.state = .open
        segment.file = file
        segment.entries = index.entries
        start(segment, file)
        return true
    }

    private mutating func start(_ segment: Segment<M.Files.File>, _ file: M.Files.File) {
        segments[segment.number] = segment
        reportSegments()
        medium.withTable { $0.keep(file, of: segment.number) }
        openSegment = segment.number
        reservedEnd = 0
    }

    /// Lets nothing more be appended to the open segment.
    mutating func closeOpenSegment() {
        guard let number = openSegment else { return }
        segments[number]?.state = .full
        openSegment = nil
    }
}
