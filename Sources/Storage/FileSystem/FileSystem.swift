import Glibc

/// The system calls that durable storage needs, in one place, so that a test can let any of them
/// fail.
package struct FileSystem: Sendable {
    /// What is done, in the words of an error: "cannot … PATH".
    package enum Operation: String, Sendable, CaseIterable {
        case open, create, read, write, sync, allocate, punch, truncate, rename, remove, list
        case inspect, lock
        case makeFolder = "create folder"
    }

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

    /// Opens a file that exists, for reading and writing.
    package func open(_ path: String) throws(SystemError) -> OpenFile {
        let descriptor = try run(.open, path) { Glibc.open(path, O_RDWR | O_CLOEXEC) }
        return OpenFile(descriptor: descriptor, path: path, files: self)
    }

    /// Creates an empty file that only its owner may read and write; one that exists is emptied.
    package func create(_ path: String) throws(SystemError) -> OpenFile {
        let descriptor = try run(.create, path) {
            Glibc.open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_TRUNC, 0o600)
        }
        return OpenFile(descriptor: descriptor, path: path, files: self)
    }

    /// The whole content of a file; nil when there is none. Throws for one above `limit` bytes.
    package func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let file: OpenFile
        do { file = try open(path) } catch  where error.code == ENOENT { return nil }
        let size = try file.size()
        guard size <= limit else { throw SystemError(.read, path, code: EFBIG) }
        return try file.read(size, at: 0)
    }

    /// Replaces a file's content as a whole and durably: after a crash it has either the old content
    /// or the new one. Only its owner may read it.
    package func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let temporary = path + Self.temporarySuffix
        do {
            let file = try create(temporary)
            try file.write(bytes, at: 0)
            try file.sync()
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
        try syncFolder(of: path)
    }

    /// What unfinished replacements are named by.
    package static let temporarySuffix = ".new"

    package func rename(_ path: String, to other: String) throws(SystemError) {
        _ = try run(.rename, path) { Glibc.rename(path, other) }
    }

    /// Removes a file; one that is not there is removed already.
    package func remove(_ path: String) throws(SystemError) {
        do { _ = try run(.remove, path) { Glibc.unlink(path) } } catch  where error.code == ENOENT {
        }
    }

    // MARK: Folders

    /// Creates a folder and those that it stands in, as `makeFolder` does.
    package func makeFolders(_ path: String) throws(SystemError) -> Bool {
        do {
            return try makeFolder(path)
        } catch  where error.code == ENOENT {
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw error }
            _ = try makeFolders(String(path[..<slash]))
            return try makeFolder(path)
        }
    }

    /// Creates a folder that only its owner may enter. Returns whether it was not there before.
    @discardableResult
    package func makeFolder(_ path: String) throws(SystemError) -> Bool {
        do {
            _ = try run(.makeFolder, path) { Glibc.mkdir(path, 0o700) }
            return true
        } catch  where error.code == EEXIST {
            // A file in the folder's place is found here.
            _ = try list(path)
            return false
        }
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
