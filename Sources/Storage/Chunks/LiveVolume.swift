import Glibc
import Platform
import Primitives
import Roles
import Segments
import Synchronization

/// Real files.
struct LiveVolume: Volume {
    typealias File = Platform.File

    let files: FileSystem

    func open(_ path: String, _ opening: FileOpening) throws(SystemError) -> File {
        try files.open(path, opening)
    }

    func path(of file: File) -> String { file.path }

    func isInPlace(_ file: File) -> Bool {
        guard let own = try? file.status(), let found = try? files.status(of: file.path) else {
            return false
        }
        return own.isSame(as: found)
    }

    func byteCount(of file: File) throws(SystemError) -> Int { try file.size() }
    func allocatedByteCount(of file: File) throws(SystemError) -> Int {
        try file.status().allocatedByteCount
    }

    func read(_ file: File, _ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        try file.read(count, at: offset)
    }

    func write(
        _ head: [UInt8], _ tail: [UInt8], to file: File, at offset: Int
    ) throws(SystemError) {
        try file.write(head, tail, at: offset)
    }

    func sync(_ file: File) throws(SystemError) { try file.sync() }
    func uncache(_ range: Range<Int>, of file: File) { file.uncache(range) }
    func allocate(_ range: Range<Int>, of file: File) throws(SystemError) {
        try file.allocate(from: range.lowerBound, count: range.count)
    }

    func punch(_ range: Range<Int>, of file: File) throws(SystemError) {
        try file.punch(from: range.lowerBound, count: range.count)
    }

    func truncate(_ file: File, to byteCount: Int) throws(SystemError) {
        try file.truncate(to: byteCount)
    }

    func rename(_ path: String, to other: String) throws(SystemError) {
        try files.rename(path, to: other)
    }

    func remove(_ path: String) throws(SystemError) { try files.remove(path) }
    func list(_ path: String) throws(SystemError) -> [String] { try files.list(path) }
    func makeFolder(_ path: String) throws(SystemError) -> Bool { try files.makeFolder(path) }
    func syncFolder(_ path: String) throws(SystemError) { try files.syncFolder(path) }

    func randomWord() -> UInt64 { SystemRandom.word() }

    func timeStamp() -> String {
        var (now, parts) = (time(nil), tm())
        gmtime_r(&now, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }
}

/// Real files, and a table that threads share.
struct LiveMedium: Medium {
    typealias Caller = @Sendable (DiskEvent) -> Void

    final class Table: Sendable {
        let state: Mutex<ChunkTable<File>>

        init(mostFiles: Int) { state = Mutex(ChunkTable(mostFiles: mostFiles)) }
    }

    var files: LiveVolume
    let table: Table

    func withTable<Result: Sendable>(_ body: (inout ChunkTable<File>) -> Result) -> Result {
        table.state.withLock { body(&$0) }
    }
}
