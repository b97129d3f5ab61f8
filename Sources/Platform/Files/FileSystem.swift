import Glibc
package import Primitives

/// The system calls on files, in one place: whatever else opens, writes, syncs or locks a file does so
/// by this, and a test can let any of them fail.
///
/// Not by swift-system's `FileDescriptor` (1.8): it repeats what a signal interrupted as well, but knows
/// no syncs, locks, links, renames, folders, vectors or holes, so that most of this would stand beside
/// it, and nothing of it can be made to fail.
package struct FileSystem: Sendable {
    package typealias Operation = FileOperation

    /// What a test makes of a system call instead of letting it happen.
    package enum Fault: Sendable, Equatable {
        /// The call fails with this `errno`.
        case fails(Int32)
        /// A write carries out this many bytes, and fails with the `errno` afterwards.
        case tears(after: Int, Int32)
    }

    /// Asked before every call; nil lets it happen.
    private let fault: (@Sendable (Operation, String) -> Fault?)?

    package init(fault: (@Sendable (Operation, String) -> Fault?)? = nil) { self.fault = fault }

    func fault(_ operation: Operation, _ path: String) -> Fault? { fault?(operation, path) }

    /// Repeats a call that a signal interrupted.
    func run<Result: SignedInteger>(
        _ operation: Operation, _ path: String, _ call: () -> Result
    ) throws(SystemError) -> Result {
        if case .fails(let code)? = fault(operation, path) {
            throw SystemError(operation, path, code: code)
        }
        return try Self.repeating(operation, path, call)
    }

    static func repeating<Result: SignedInteger>(
        _ operation: Operation, _ path: String, _ call: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            guard code == EINTR else { throw SystemError(operation, path, code: code) }
        }
    }

    // MARK: Files

    /// Who may use what is made.
    package enum Access: Sendable {
        case owner
        /// Whoever the process's mask does not keep away.
        case masked
    }

    /// Opens a file. `access` is to one that is made; `isNew`: it must be.
    package func open(
        _ path: String, _ opening: FileOpening = .existing, access: Access = .owner,
        isNew: Bool = false
    ) throws(SystemError) -> File {
        let flags = opening.flags | O_CLOEXEC | (isNew ? O_EXCL : 0)
        let operation: Operation = flags & O_CREAT == 0 ? .open : .create
        let permissions: mode_t = access == .owner ? 0o600 : 0o666
        let descriptor = try run(operation, path) { Glibc.open(path, flags, permissions) }
        return File(descriptor: descriptor, path: path, files: self)
    }

    /// The whole content of a file; nil when there is none. Throws for one above `limit` bytes.
    package func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let file: File
        do { file = try open(path, .reading) } catch  where error.isMissing { return nil }
        let bytes = try file.rest(limit: limit)
        guard bytes.count <= limit else { throw SystemError(.read, path, code: EFBIG) }
        return bytes
    }

    /// What is at a path; nil when nothing is.
    package func status(of path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        do { _ = try run(.inspect, path) { stat(path, &status) } } catch  where error.isMissing {
            return nil
        }
        return FileStatus(status)
    }

    /// What unfinished replacements are named by.
    package static let temporarySuffix = ".new"

    /// Replaces a file's content as a whole and durably: after a crash it has either the old content
    /// or the new one. Whoever may not be alone in replacing it names a `temporary` of its own.
    package func replace(
        _ path: String, with bytes: [UInt8], access: Access = .owner, by temporary: String? = nil
    ) throws(SystemError) {
        let temporary = temporary ?? path + Self.temporarySuffix
        do {
            let file = try open(temporary, .emptied, access: access)
            try file.write(bytes, at: 0)
            try publish(file, as: path, replacing: true)
        } catch {
            try? remove(temporary)
            throw error
        }
    }

    /// Gives a file that is written to its end its name, durably. Throws `EEXIST` where the name is
    /// taken and not to be replaced.
    package func publish(_ file: File, as path: String, replacing: Bool) throws(SystemError) {
        // Some file systems know no syncs, or none of folders: there it is as durable as it can be.
        do { try file.sync() } catch  where error.code == EINVAL {}
        if replacing {
            try rename(file.path, to: path)
        } else {
            do {
                _ = try run(.rename, path) { link(file.path, path) }
                try? remove(file.path)
            } catch  where error.code != EEXIST {
                // Nor do all know links.
                try rename(file.path, to: path)
            }
        }
        do { try syncFolder(of: path) } catch  where error.code == EINVAL || error.code == EACCES {}
    }

    package func rename(_ path: String, to other: String) throws(SystemError) {
        _ = try run(.rename, path) { Glibc.rename(path, other) }
    }

    /// Removes a file; one that is not there is removed already.
    package func remove(_ path: String) throws(SystemError) {
        do { _ = try run(.remove, path) { Glibc.unlink(path) } } catch  where error.code == ENOENT {
        }
    }

    /// Whether something is at a path that can be seen.
    package func exists(_ path: String) -> Bool { (try? status(of: path)) != nil }

    // MARK: Folders

    /// Creates a folder and those that it stands in, as `makeFolder` does.
    @discardableResult
    package func makeFolders(
        _ path: String, access: Access = .owner
    ) throws(SystemError) -> Bool {
        do {
            return try makeFolder(path, access: access)
        } catch  where error.isMissing {
            let parent = Self.parent(of: path)
            guard parent != path, parent != "." else { throw error }
            try makeFolders(parent, access: access)
            return try makeFolder(path, access: access)
        }
    }

    /// Creates a folder. Returns whether it was not there before.
    @discardableResult
    package func makeFolder(
        _ path: String, access: Access = .owner
    ) throws(SystemError) -> Bool {
        do {
            let permissions: mode_t = access == .owner ? 0o700 : 0o777
            _ = try run(.makeFolder, path) { mkdir(path, permissions) }
            return true
        } catch  where error.code == EEXIST {
            guard try status(of: path)?.kind == .folder else {
                throw SystemError(.makeFolder, path, code: ENOTDIR)
            }
            return false
        }
    }

    /// Lets a folder's owner alone enter it.
    package func makePrivate(folder path: String) throws(SystemError) {
        _ = try run(.makeFolder, path) { chmod(path, 0o700) }
    }

    /// The names in a folder, sorted.
    package func list(_ path: String) throws(SystemError) -> [String] {
        if case .fails(let code)? = fault(.list, path) {
            throw SystemError(.list, path, code: code)
        }
        guard let folder = opendir(path) else { throw SystemError(.list, path, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw SystemError(.list, path, code: errno) }
        return names.sorted()
    }

    /// Makes the names in a folder durable.
    package func syncFolder(_ path: String) throws(SystemError) {
        let descriptor = try run(.open, path) {
            Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        defer { Glibc.close(descriptor) }
        _ = try run(.sync, path) { fsync(descriptor) }
    }

    /// Makes the names in the folder that a file is in durable.
    package func syncFolder(of path: String) throws(SystemError) {
        try syncFolder(Self.parent(of: path))
    }

    /// The folder that a path is in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension FileOpening {
    fileprivate var flags: Int32 {
        switch self {
        case .reading: O_RDONLY
        case .existing: O_RDWR
        case .kept: O_RDWR | O_CREAT | O_NOFOLLOW
        case .emptied: O_RDWR | O_CREAT | O_TRUNC
        }
    }
}
