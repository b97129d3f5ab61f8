package import Primitives

/// What the files of a store lie on: a real file system, or a simulated one that is a plain value.
///
/// What was written or changed is volatile until its file was synced; the names in a folder, until that
/// folder was.
package protocol Volume: Sendable {
    /// An open file.
    associatedtype File: Sendable

    // MARK: Files

    mutating func open(_ path: String, _ opening: FileOpening) throws(SystemError) -> File
    /// Where a file was when it was opened.
    func path(of file: File) -> String
    /// Whether the path still leads to the file: not once the folder was replaced, or what it lies on unmounted.
    mutating func isInPlace(_ file: File) -> Bool
    mutating func byteCount(of file: File) throws(SystemError) -> Int
    /// The bytes that it takes up on the disk, without its holes.
    mutating func allocatedByteCount(of file: File) throws(SystemError) -> Int
    /// As many of `count` bytes as the file has there.
    mutating func read(_ file: File, _ count: Int, at offset: Int) throws(SystemError) -> [UInt8]
    /// Writes two byte strings, one behind the other.
    mutating func write(
        _ head: [UInt8], _ tail: [UInt8], to file: File, at offset: Int
    ) throws(SystemError)
    /// Makes everything written durable. After a failure nobody knows what is.
    mutating func sync(_ file: File) throws(SystemError)
    /// Lets the system forget what it keeps of a range in memory.
    mutating func uncache(_ range: Range<Int>, of file: File)
    /// Reserves room, so that syncs of what is written there cost less. The file reads as zeros there.
    mutating func allocate(_ range: Range<Int>, of file: File) throws(SystemError)
    /// Gives the room of a range back; it reads as zeros from then on.
    mutating func punch(_ range: Range<Int>, of file: File) throws(SystemError)
    mutating func truncate(_ file: File, to byteCount: Int) throws(SystemError)

    // MARK: Names

    mutating func rename(_ path: String, to other: String) throws(SystemError)
    /// Removes a file; one that is not there is removed already.
    mutating func remove(_ path: String) throws(SystemError)
    /// The names in a folder, sorted.
    mutating func list(_ path: String) throws(SystemError) -> [String]
    /// Makes a folder. Returns whether it was not there before.
    mutating func makeFolder(_ path: String) throws(SystemError) -> Bool
    mutating func syncFolder(_ path: String) throws(SystemError)

    // MARK: What else a store needs of the system

    mutating func randomWord() -> UInt64
    /// The time, for a line of a log.
    mutating func timeStamp() -> String
}

extension Volume {
    /// Throws where a file has lost its place: what it holds would be gone with the next start.
    mutating func requirePlace(
        of file: File, for operation: FileOperation
    ) throws(SystemError) {
        guard isInPlace(file) else { throw SystemError(operation, path(of: file), .isGone) }
    }

    package mutating func write(
        _ bytes: [UInt8], to file: File, at offset: Int
    ) throws(SystemError) {
        try write(bytes, [], to: file, at: offset)
    }

    /// The whole content of a file; nil when there is none. Throws for one above `limit` bytes.
    mutating func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let file: File
        do { file = try open(path, .reading) } catch  where error.isMissing { return nil }
        let count = try byteCount(of: file)
        guard count <= limit else { throw SystemError(.read, path, .isTooLong) }
        return try read(file, count, at: 0)
    }

    /// Replaces a file's content as a whole and durably: after a crash it has either the old content
    /// or the new one.
    mutating func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let temporary = path + unfinishedSuffix
        do {
            let file = try open(temporary, .emptied)
            try write(bytes, to: file, at: 0)
            // Some file systems know no syncs, or none of folders: there it is as durable as it can be.
            do { try sync(file) } catch  where error.cause == .isInvalid {}
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        do { try syncFolder(of: path) } catch
            where error.cause == .isInvalid || error.cause == .isNotAllowed
        {}
    }

    /// Makes the names in the folder that a file is in durable.
    mutating func syncFolder(of path: String) throws(SystemError) {
        guard let slash = path.lastIndex(of: "/") else { return try syncFolder(".") }
        try syncFolder(slash == path.startIndex ? "/" : String(path[..<slash]))
    }
}

/// What unfinished replacements are named by.
let unfinishedSuffix = ".new"
