import Glibc
package import Platform
import Primitives
package import Roles

/// The folder that a server keeps everything in: it says what it is for and in which format, and one
/// process at a time may open it.
///
/// Everything in it is readable by its owner alone. The lock goes with `release`, with the last
/// reference, or with the process.
package final class DataFolder: Sendable {
    /// The newest format that this program reads and the one that it writes.
    package static let format = 1

    /// Without a slash at the end.
    package let path: String
    package let purpose: MemberRole
    package let files: FileSystem
    private let lock: File

    /// Opens the folder, and creates it where there is none or an empty one.
    package init(
        path: String, purpose: MemberRole, files: FileSystem = FileSystem()
    ) throws(DataFolderError) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        self.purpose = purpose
        self.files = files
        let isNew = try translating(try files.makeFolders(path), DataFolderError.system)
        if isNew { try translating(try files.syncFolder(of: path), DataFolderError.system) }
        // Before the lock is taken, so that no lock file is left in a folder that is not ours.
        let description = try Self.describe(path, files)
        lock = try Self.takeLock(path, files)
        if let description {
            try Self.check(description, path, purpose)
        } else {
            try Self.found(path, purpose, files)
        }
    }

    /// Where a file of the folder is.
    package func path(of name: String) -> String { path + "/" + name }

    /// Lets another open the folder. What is in it may not be touched from here on.
    package func release() { lock.unlock() }

    // MARK: Small files

    /// The greatest length of a small file, in bytes.
    package static let smallFileLimit = 1 << 20

    /// The content of a small file; nil when there is none.
    package func contents(of name: String) throws(DataFolderError) -> [UInt8]? {
        try translating(
            try files.contents(of: path(of: name), limit: Self.smallFileLimit),
            DataFolderError.system)
    }

    /// Replaces the content of a small file durably; after a crash it has the old content or the new
    /// one. Only its owner may read it.
    package func replace(_ name: String, with bytes: [UInt8]) throws(DataFolderError) {
        try translating(try files.replace(path(of: name), with: bytes), DataFolderError.system)
    }

    /// A secret of random bytes that is made once, at the first time of asking, and kept. Throws for
    /// one of another length.
    package func secret(named name: String, byteCount: Int) throws(DataFolderError) -> [UInt8] {
        if let kept = try contents(of: name) {
            guard kept.count == byteCount else { throw .damaged(path: path(of: name)) }
            return kept
        }
        let made = SystemRandom.bytes(byteCount)
        try replace(name, with: made)
        return made
    }

    // MARK: Opening

    private static let lockName = "lock"
    private static let descriptionName = "folder"
    private static let title = "DecentraStore data folder"

    /// The text that says what the folder is; nil when it is as good as empty.
    private static func describe(
        _ path: String, _ files: FileSystem
    ) throws(DataFolderError) -> [UInt8]? {
        let file = path + "/" + descriptionName
        let text = try translating(
            try files.contents(of: file, limit: smallFileLimit), DataFolderError.system)
        if let text { return text }
        let known = [lockName, descriptionName + FileSystem.temporarySuffix, "lost+found"]
        let names = try translating(try files.list(path), DataFolderError.system)
        guard names.allSatisfy(known.contains) else { throw .foreign(path: path) }
        return nil
    }

    private static func takeLock(
        _ path: String, _ files: FileSystem
    ) throws(DataFolderError) -> File {
        let lockPath = path + "/" + lockName
        do throws(SystemError) {
            // Never emptied when it is opened: it names the process that has the lock.
            let file = try files.open(lockPath, .kept)
            guard try file.lock() else {
                let holder = String(decoding: try file.read(16, at: 0), as: UTF8.self)
                throw SystemError(.lock, holder, code: EWOULDBLOCK)
            }
            try file.truncate(to: 0)
            try file.write(Array(String(getpid()).utf8), at: 0)
            return file
        } catch  where error.code == EWOULDBLOCK {
            throw .inUse(path: path, process: Int32(error.path))
        } catch {
            throw .system(error)
        }
    }

    private static func found(
        _ path: String, _ purpose: MemberRole, _ files: FileSystem
    ) throws(DataFolderError) {
        let text = "\(title)\nformat \(format)\npurpose \(purpose.rawValue)\n"
        try translating(try files.makePrivate(folder: path), DataFolderError.system)
        try translating(
            try files.replace(path + "/" + descriptionName, with: Array(text.utf8)),
            DataFolderError.system)
    }

    private static func check(
        _ description: [UInt8], _ path: String, _ purpose: MemberRole
    ) throws(DataFolderError) {
        let lines = String(decoding: description, as: UTF8.self).split(separator: "\n")
        func value(_ index: Int, _ name: String) -> Substring? {
            guard index < lines.count, lines[index].hasPrefix(name + " ") else { return nil }
            return lines[index].dropFirst(name.count + 1)
        }
        guard lines.first == Substring(title), let found = value(1, "format").flatMap({ Int($0) }),
            found > 0
        else { throw .damaged(path: path + "/" + descriptionName) }
        // A newer format may say the rest in another way.
        guard found <= format else { throw .newerFormat(path: path, found: found, known: format) }
        guard let owner = value(2, "purpose"), MemberRole(rawValue: String(owner)) != nil else {
            throw .damaged(path: path + "/" + descriptionName)
        }
        guard owner == purpose.rawValue else {
            throw .otherPurpose(path: path, found: String(owner), wanted: purpose.rawValue)
        }
    }
}
