import Primitives
import Roles

/// Making durable what was written, once for all that wait.
extension SegmentStore {
    /// Begins the next sync, if one is wanted and none is under way. Nil when there is none to run.
    ///
    /// When the disk refuses, `failure` says so and a later call tries again.
    mutating func startSync() -> SyncWork<M.Files.File>? {
        guard syncing == nil, batch.isWanted else { return nil }
        do throws(SystemError) {
            try moveFromSuspects()
            try resealDamaged()
            var work = SyncWork<M.Files.File>(batch.written)
            for number in batch.data.sorted() {
                // Without a file it was sealed meanwhile, durably.
                guard let file = segments[number]?.file else { continue }
                work.targets.append((.data(number), file))
            }
            for number in batch.index.sorted() {
                guard let file = indexFiles[number] else { continue }
                work.targets.append((.index(number), file))
            }
            syncing = batch
            batch = SyncBatch()
            return work
        } catch {
            failure = error
            return nil
        }
    }

    /// The sync under way ended. Tells those who wait when it succeeded.
    mutating func endSync(_ failures: [(SyncTarget, SystemError)], effects: inout [Effect]) {
        guard let done = syncing else { return }
        syncing = nil
        guard failures.isEmpty else {
            medium.withTable { $0.status.failedSyncs += 1 }
            batch = done.joined(with: batch)
            for (target, _) in failures { distrust(target) }
            // The first time, another file may do. After that it is the disk.
            failuresInARow += 1
            if failuresInARow > 1 { failure = failures.first?.1 }
            return
        }
        failure = nil
        failuresInARow = 0
        medium.withTable { $0.status.syncs += 1 }
        for old in done.superseded.values.joined().sorted() { kill(old) }
        for dead in done.dead { reclaim(dead) }
        sealFullSegments()
        for number in Set(done.dead.map(\.location.segment)).sorted() { removeIfEmpty(number) }
        for (token, caller) in done.waiting {
            effects.append(.report(.synced(token: token), caller))
        }
    }

    /// After a sync that failed the kernel takes what it could not write for written. So nothing that
    /// the file was to hold since the last good sync counts, and nothing more is appended to it.
    private mutating func distrust(_ target: SyncTarget) {
        switch target {
        case .data(let number):
            if openSegment == number { closeOpenSegment() }
            batch.suspect.insert(number)
        case .index(let number):
            indexFiles[number] = nil
            // One that was opened again meanwhile has none.
            if segments[number]?.state == .sealed { batch.reseal.insert(number) }
        }
    }

    /// Writes elsewhere what stands in files that could not be synced.
    private mutating func moveFromSuspects() throws(SystemError) {
        guard !batch.suspect.isEmpty else { return }
        for number in batch.suspect.sorted() where openSegment == number { closeOpenSegment() }
        for index in batch.written.indices {
            let written = batch.written[index]
            let old = written.location
            guard batch.suspect.contains(old.segment) else { continue }
            if medium.location(of: written.stored.chunk) == old {
                try put(written.stored, written.payload)
                // `put` noted the copy, and that the old record is to die with it.
            }
        }
        let suspect = batch.suspect
        var unwritten = Set<RecordLocation>()
        for written in batch.written where suspect.contains(written.location.segment) {
            unwritten.insert(written.location)
        }
        batch.written.removeAll { suspect.contains($0.location.segment) }
        // They were never durable, so that no index file may name them.
        for key in Array(batch.superseded.keys) {
            batch.superseded[key]?.removeAll { unwritten.contains($0) }
        }
        let dying = Set(batch.dead.map(\.location))
        for location in unwritten.sorted() where !dying.contains(location) {
            segments[location.segment]?.markEntry([ChunkFormat.dead], at: location.offset)
            segments[location.segment]?.count(dead: location)
            segments[location.segment]?.dyingCount += 1
            batch.dead.append(.init(location: location, suspect: nil))
        }
        batch.data.subtract(suspect)
        batch.reseal.formUnion(suspect)
        batch.suspect = []
    }

    /// Writes whole index files where marking entries failed, or where the data file is not trusted.
    private mutating func resealDamaged() throws(SystemError) {
        for number in batch.reseal.sorted() {
            if segments[number]?.state == .unread {
                // An index file would leave out what could not be read: a dead record may come back.
            } else if segments[number]?.liveCount == 0 {
                try remove(number)
            } else if segments[number] != nil {
                let dead = (batch.dead + (syncing?.dead ?? [])).map(\.location)
                try reseal(number, dead: dead.filter { $0.segment == number })
            }
            batch.reseal.remove(number)
            batch.index.remove(number)
            batch.data.remove(number)
        }
    }

    /// Removes a segment in which nothing lives, durably: the marks in it may not be.
    private mutating func remove(_ number: UInt32) throws(SystemError) {
        try medium.files.remove(folder.dataPath(number))
        try medium.files.syncFolder(folder.segmentsPath)
        try medium.files.remove(folder.indexPath(number))
        try medium.files.syncFolder(folder.segmentsPath)
        forget(number)
    }

    private mutating func reseal(_ number: UInt32, dead: [RecordLocation]) throws(SystemError) {
        guard var segment = segments[number] else { return }
        segment.entries = try entries(of: segment)
        for location in dead { segment.markEntry([ChunkFormat.dead], at: location.offset) }
        try seal(segment)
    }

    /// Seals the full segments that have nothing that is not durable. What fails is tried again after
    /// the next sync.
    mutating func sealFullSegments() {
        for number in segments.keys.sorted() {
            guard let segment = segments[number], segment.state == .full,
                !batch.suspect.contains(number),
                !batch.written.contains(where: { $0.location.segment == number })
            else { continue }
            try? seal(segment)
        }
    }

    /// Writes the index file, which counts from here on, and forgets the entries.
    mutating func seal(_ segment: Segment<M.Files.File>) throws(SystemError) {
        var segment = segment
        try folder.writeIndex(
            .init(salt: segment.salt, end: segment.end, entries: segment.entries),
            on: &medium.files)
        // Gives reserved room back; to fail in that costs nothing but room.
        if let file = try? segment.file ?? medium.dataFile(of: segment.number, in: folder) {
            try? medium.files.truncate(file, to: segment.end)
        }
        indexFiles[segment.number] = nil
        segment.entries = []
        segment.file = nil
        segment.state = .sealed
        segments[segment.number] = segment
        batch.data.remove(segment.number)
    }

    /// Leaves index files for all that is durable, so that the next start is quick.
    mutating func shut() {
        closeOpenSegment()
        if failure == nil { sealFullSegments() }
        segments = [:]
        indexFiles = [:]
    }
}
