import Cryptography
import Primitives
import Roles

/// Giving room back: at once where whole blocks of the disk are free, by moving what lives elsewhere.
extension SegmentStore {
    private static var blockByteCount: Int { 4096 }
    /// Below this, a hole is not worth the file's fragmentation.
    private static var leastHole: Int { 4 * blockByteCount }

    /// Gives back the room of a record that is dead durably.
    mutating func reclaim(_ dead: DeadRecord) {
        let location = dead.location
        guard segments[location.segment] != nil else { return }
        guard !medium.withTable({ $0.isBeingRead(location) }) else {
            postponed.append(dead)
            return
        }
        segments[location.segment]?.dyingCount -= 1
        guard let file = try? medium.dataFile(of: location.segment, in: folder) else { return }
        if let chunk = dead.suspect { keepIfDamaged(location, chunk, file) }
        let block = Self.blockByteCount
        let start = (location.payloadOffset + block - 1) / block * block
        let end = location.end / block * block
        guard end - start >= Self.leastHole, (try? medium.files.punch(start..<end, of: file)) != nil
        else { return }
        segments[location.segment]?.deadBytes -= end - start
    }

    /// Gives back what was being read when it died.
    mutating func reclaimPostponed() {
        guard !postponed.isEmpty else { return }
        let dead = postponed
        postponed = []
        for dead in dead { reclaim(dead) }
        for number in Set(dead.map(\.location.segment)).sorted() { removeIfEmpty(number) }
    }

    /// A role deletes what it read and found damaged.
    private mutating func keepIfDamaged(
        _ location: RecordLocation, _ chunk: ChunkID, _ file: M.Files.File
    ) {
        guard
            let bytes = try? medium.files.read(
                file, Int(location.length), at: location.payloadOffset),
            SHA256.hash(bytes) != chunk.hash
        else { return }
        note(
            Int(location.offset)..<location.payloadOffset + Int(location.length),
            of: location.segment,
            from: file, chunk: chunk, because: "found damaged when it was read")
    }

    /// Takes a copy of damaged bytes.
    mutating func note(
        _ range: Range<Int>, of segment: UInt32, from file: M.Files.File?, chunk: ChunkID?,
        because reason: String
    ) {
        quarantine.take(
            range, of: segment, from: file, chunk: chunk, because: reason, on: &medium.files)
        medium.withTable { $0.status.quarantined += 1 }
    }

    /// Removes the files of a segment in which nothing lives. The data file goes first, and durably:
    /// without its index file it would bring back what is marked dead there alone. An index file that
    /// stays behind is removed by the next start.
    mutating func removeIfEmpty(_ number: UInt32) {
        guard let segment = segments[number], segment.state == .sealed, segment.liveCount == 0,
            segment.dyingCount == 0, (try? medium.files.remove(folder.dataPath(number))) != nil
        else { return }
        if (try? medium.files.syncFolder(folder.segmentsPath)) != nil {
            try? medium.files.remove(folder.indexPath(number))
        }
        forget(number)
    }

    /// The segment's files are gone.
    mutating func forget(_ number: UInt32) {
        segments[number] = nil
        reportSegments()
        indexFiles[number] = nil
        medium.withTable { $0.forgetFile(of: number) }
        incompressible.remove(number)
        batch.index.remove(number)
        batch.reseal.remove(number)
        if resumable == number { resumable = nil }
        if compaction?.segment == number { compaction = nil }
    }

    // MARK: Moving

    /// Moves some of the living records of the segment that gains most by it, and wants a sync for
    /// them. Does nothing while a sync is under way or wanted.
    mutating func compactSome() {
        guard failure == nil, syncing == nil, !batch.isWanted else { return }
        if compaction == nil { compaction = nextCompaction() }
        guard var current = compaction else { return }
        guard segments[current.segment]?.state == .sealed,
            let file = try? medium.dataFile(of: current.segment, in: folder)
        else {
            compaction = nil
            return
        }
        var moved = 0
        while moved < limits.compactionStep, let (offset, header) = current.records.popLast() {
            guard let location = medium.location(of: header.stored.chunk),
                location.segment == current.segment, location.offset == UInt32(offset)
            else { continue }
            do { try move(header, at: location, file) } catch {
                // Full, or unreadable: it stays as it is until the next start.
                incompressible.insert(current.segment)
                compaction = nil
                batch.isWanted = moved > 0
                return
            }
            moved += location.recordByteCount
        }
        if current.records.isEmpty {
            medium.withTable { $0.status.compactions += 1 }
            incompressible.insert(current.segment)
            compaction = nil
        } else {
            compaction = current
        }
        batch.isWanted = moved > 0
    }

    private mutating func move(
        _ header: RecordHeader, at location: RecordLocation, _ file: M.Files.File
    ) throws(SystemError) {
        let bytes = try medium.files.read(file, header.length, at: location.payloadOffset)
        guard bytes.count == header.length else {
            throw SystemError(.read, medium.files.path(of: file), code: 0)
        }
        var stored = header.stored
        // It may have become trash since the index was read.
        stored.trashed = try self.header(at: location)?.stored.trashed
        try put(stored, Payload(bytes: bytes, byteCount: header.stored.byteCount))
    }

    private mutating func nextCompaction() -> Compaction? {
        let worthwhile = segments.values.filter {
            $0.state == .sealed && $0.deadBytes > limits.compaction
                && $0.deadBytes > $0.liveBytes / 2 && $0.number != resumable
                && !incompressible.contains($0.number)
        }
        guard
            let best = worthwhile.max(by: { ($0.deadBytes, $0.number) < ($1.deadBytes, $1.number) }
            ), let index = try? folder.readIndex(of: best.number, on: &medium.files)
        else { return nil }
        var records: [(offset: Int, header: RecordHeader)] = []
        SegmentFolder.forEach(index.entries, index.salt) { offset, record in
            if let record, record.isLive { records.append((offset, record)) }
        }
        return Compaction(segment: best.number, records: records.reversed())
    }
}

/// A compaction under way.
struct Compaction: Sendable {
    var segment: UInt32
    /// What is to be moved, last first.
    var records: [(offset: Int, header: RecordHeader)]
}
