import Primitives

/// The files of a store by their names.
package struct SegmentFolder: Sendable {
    let path: String

    func dataPath(_ segment: UInt32) -> String { segmentsPath + "/" + Self.name(segment) + ".data" }
    func indexPath(_ segment: UInt32) -> String {
        segmentsPath + "/" + Self.name(segment) + ".index"
    }

    var segmentsPath: String { path + "/segments" }
    var quarantinePath: String { path + "/quarantine" }

    /// Eight digits, so that names sort as numbers do.
    private static func name(_ segment: UInt32) -> String {
        let digits = String(segment)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// Makes the folders that are not there. All are durable afterwards: those that are there may be of
    /// a try whose sync was refused.
    func make<Files: Volume>(on files: inout Files) throws(SystemError) {
        for folder in [path, segmentsPath, quarantinePath] { _ = try files.makeFolder(folder) }
        try files.syncFolder(of: path)
        try files.syncFolder(path)
    }

    /// The numbers of the segments that have a data file, and of those that have an index file only,
    /// ascending. Removes index files that were never finished.
    func segments<Files: Volume>(
        on files: inout Files
    ) throws(SystemError) -> (data: [UInt32], indexOnly: [UInt32]) {
        var (data, index): (Set<UInt32>, Set<UInt32>) = ([], [])
        for name in try files.list(segmentsPath) {
            if name.hasSuffix(unfinishedSuffix) {
                try? files.remove(segmentsPath + "/" + name)
            } else if let number = Self.number(name, suffix: ".data") {
                data.insert(number)
            } else if let number = Self.number(name, suffix: ".index") {
                index.insert(number)
            }
        }
        return (data.sorted(), index.subtracting(data).sorted())
    }

    private static func number(_ name: String, suffix: String) -> UInt32? {
        guard name.hasSuffix(suffix), let number = UInt32(name.dropLast(suffix.count)), number > 0,
            self.name(number) + suffix == name
        else { return nil }
        return number
    }

    // MARK: Index files

    /// What an index file says.
    struct Index: Sendable {
        var salt: SegmentSalt
        var end: Int
        var entries: [UInt8]
    }

    /// Reads a segment's index file. Nil when it has none, or one that is damaged anywhere.
    func readIndex<Files: Volume>(
        of segment: UInt32, on files: inout Files
    ) throws(SystemError) -> Index? {
        let limit = ChunkFormat.recordHeaderByteCount * ChunkStoreLimits.mostRecords + 4096
        let bytes: [UInt8]
        do {
            guard let found = try files.contents(of: indexPath(segment), limit: limit) else {
                return nil
            }
            bytes = found
        } catch  where error.cause == .isTooLong || error.cause == .isBroken {
            return nil
        }
        let header = bytes.prefix(ChunkFormat.indexHeaderByteCount)
        guard let (salt, end, records) = SegmentSalt.read(indexHeader: header, segment: segment),
            bytes.count - header.count == records * ChunkFormat.recordHeaderByteCount
        else { return nil }
        let entries = Array(bytes.dropFirst(header.count))
        var last = 0
        var isIntact = true
        Self.forEach(entries, salt) { offset, record in
            guard let record, offset >= last, offset >= ChunkFormat.firstRecordOffset else {
                isIntact = false
                return
            }
            last = offset + ChunkFormat.recordByteCount(length: record.length)
        }
        guard isIntact, last <= ChunkFormat.aligned(end) else { return nil }
        return Index(salt: salt, end: end, entries: entries)
    }

    /// Goes over index entries; `record` is nil for a damaged one.
    static func forEach(
        _ entries: [UInt8], _ salt: SegmentSalt, _ body: (_ offset: Int, RecordHeader?) -> Void
    ) {
        entries.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: ChunkFormat.recordHeaderByteCount) {
                let entry = UnsafeRawBufferPointer(
                    rebasing: bytes[start...].prefix(ChunkFormat.recordHeaderByteCount))
                let offset = Int(clamping: UInt64(bigEndian: entry.loadUnaligned(as: UInt64.self)))
                body(offset, RecordHeader(entry, in: salt, at: offset))
            }
        }
    }

    /// Writes a segment's index file durably, in place of one that it may have.
    func writeIndex<Files: Volume>(_ index: Index, on files: inout Files) throws(SystemError) {
        let records = index.entries.count / ChunkFormat.recordHeaderByteCount
        try files.replace(
            indexPath(index.salt.segment),
            with: index.salt.indexHeader(end: index.end, records: records) + index.entries)
    }
}
