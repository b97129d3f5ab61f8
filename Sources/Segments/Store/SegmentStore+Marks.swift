import Primitives
import Roles

/// Marking records: dead, of chunks that are not to be read any more, or trash.
extension SegmentStore {
    /// Marks a record dead: durably with the next sync, after which its room is given back.
    mutating func kill(_ location: RecordLocation, suspect: ChunkID? = nil) {
        let number = location.segment
        // Not the segment itself: a copy of it would have its entries copied.
        guard let state = segments[number]?.state else { return }
        let offset = Int(location.offset) + ChunkFormat.stateOffset
        let isMarked = mark([ChunkFormat.dead], in: number, at: offset)
        if state == .sealed {
            if (try? markInIndex([ChunkFormat.dead], location)) != true {
                batch.reseal.insert(number)
            }
        } else {
            segments[number]?.markEntry([ChunkFormat.dead], at: location.offset)
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

    /// Notes since when a chunk is trash, or that it is none: durably with the next sync, unless the disk
    /// refuses. Then the chunk is after a restart what it was before.
    mutating func setTrashed(_ chunk: ChunkID, since: Instant?) {
        guard let location = medium.location(of: chunk), let segment = segments[location.segment]
        else { return }
        let state = ChunkFormat.state(trashed: since)
        let offset = Int(location.offset) + ChunkFormat.stateOffset
        guard mark(state, in: location.segment, at: offset) else { return }
        for index in batch.written.indices where batch.written[index].location == location {
            batch.written[index].stored.trashed = since
        }
        if segment.state == .sealed {
            _ = try? markInIndex(state, location)
        } else {
            segments[location.segment]?.markEntry(state, at: location.offset)
            batch.data.insert(location.segment)
        }
    }

    /// Returns whether the data file takes it.
    private mutating func mark(_ state: [UInt8], in number: UInt32, at offset: Int) -> Bool {
        let file = segments[number]?.file ?? (try? medium.dataFile(of: number, in: folder))
        guard let file else { return false }
        return (try? medium.files.write(state, to: file, at: offset)) != nil
    }

    /// Returns whether the index file has such an entry.
    private mutating func markInIndex(
        _ state: [UInt8], _ location: RecordLocation
    ) throws(SystemError) -> Bool {
        let number = location.segment
        let file: M.Files.File
        if let open = indexFiles[number] {
            file = open
        } else {
            makeRoomForIndexFile()
            file = try medium.files.open(folder.indexPath(number), .existing)
            indexFiles[number] = file
        }
        let header = ChunkFormat.indexHeaderByteCount
        let count =
            (try medium.files.byteCount(of: file) - header) / ChunkFormat.recordHeaderByteCount
        let found = try IndexEntries.find(location.offset, count: count) {
            (index) throws(SystemError) -> UInt64 in
            let position = header + index * ChunkFormat.recordHeaderByteCount
            return try medium.files.read(file, 8, at: position).reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let found else { return false }
        try medium.files.write(
            state, to: file,
            at: header + found * ChunkFormat.recordHeaderByteCount + ChunkFormat.stateOffset)
        batch.index.insert(number)
        return true
    }

    /// Closes an index file if there are too many, durably where that is wanted of it.
    private mutating func makeRoomForIndexFile() {
        guard indexFiles.count >= limits.openIndexes,
            let number = indexFiles.keys.filter({ !batch.index.contains($0) }).min()
                ?? indexFiles.keys.min(), let file = indexFiles[number]
        else { return }
        indexFiles[number] = nil
        guard batch.index.remove(number) != nil else { return }
        if (try? medium.files.sync(file)) == nil { batch.reseal.insert(number) }
    }
}
