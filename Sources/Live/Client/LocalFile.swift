import CoreFoundation
import Foundation
import Glibc

/// Small private files on this machine, such as the session.
enum LocalFile {
    /// All bytes of a file; nil where there is none. Throws `cannotRead`.
    static func read(_ path: String) throws(ClientError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(.cannotRead, "read", path)
        }
        defer { close(file) }
        return try read(file, named: path)
    }

    /// All bytes from where the descriptor stands. Throws `cannotRead`.
    static func read(_ file: CInt, named path: String) throws(ClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(.cannotRead, "read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Replaces a file, whole or not at all, that only its owner may read. Makes the folders above it
    /// where they are missing, for the owner alone. Throws `cannotWrite`.
    static func write(_ bytes: [UInt8], to path: String) throws(ClientError) {
        try makeFolder(above: path)
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(.cannotWrite, "write", path) }
        let isWritten = append(bytes, to: file) && fsync(file) == 0
        let code = errno
        close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            if !isWritten { errno = code }
            let error = failure(.cannotWrite, "write", path)
            unlink(temporary)
            throw error
        }
    }

    /// Makes the folders that a file is to stand in.
    static func makeFolder(above path: String) throws(ClientError) {
        var made = ""
        for component in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            made += component + "/"
            guard made != "/", !component.isEmpty else { continue }
            if mkdir(made, 0o700) == 0 { continue }
            var status = stat()
            guard stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw failure(.cannotWrite, "make the folder", made)
            }
        }
    }

    /// A path from the root on.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    /// Writes all bytes where the descriptor stands. False, with `errno`, where that fails.
    static func append(_ bytes: [UInt8], to file: CInt) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(
                    file, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }

    /// Gives a locked file free. A process that is starting at this moment may hold a copy of the
    /// descriptor, so that closing it would not be enough.
    static func unlockAndClose(_ file: CInt) {
        flock(file, LOCK_UN)
        close(file)
    }

    /// Gives a finished file, which is synced, its name, durably. Throws `alreadyExists` where
    /// somebody has taken the name and it is not to be replaced, else `cannotWrite`.
    static func publish(
        _ path: String, as target: String, replacing: Bool
    ) throws(ClientError) {
        if !replacing {
            if link(path, target) == 0 {
                unlink(path)
            } else if errno == EEXIST {
                throw exists(target)
            }
        }
        // Also on a file system without links; done already where the link was made.
        if access(path, F_OK) == 0, rename(path, target) != 0 {
            throw failure(.cannotWrite, "write", target)
        }
        let end = target.lastIndex(of: "/")
        let folder = open(end.map { String(target[...$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// A file is there that is not to be replaced.
    static func exists(_ path: String) -> ClientError {
        ClientError(
            .alreadyExists,
            "\(path) exists. Give another name with -o, or --force to replace it.")
    }

    /// An error with the system's reason, from `errno`.
    static func failure(
        _ kind: ClientError.Kind, _ action: String, _ path: String
    ) -> ClientError {
        ClientError(kind, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
