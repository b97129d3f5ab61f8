import Foundation

/// A file that is written from its start, and appears under its name once it is whole.
package final class NewFile {
    private let path: String
    private let temporary: String
    private let file: CInt
    private let isReplacing: Bool

    /// Throws `alreadyExists` where the file is there and not to be replaced, and `cannotCreate`.
    package init(_ path: String, replacing: Bool) throws(ClientError) {
        guard replacing || access(path, F_OK) != 0 else { throw LocalFile.exists(path) }
        self.path = path
        isReplacing = replacing
        temporary = "\(path).\(getpid()).part"
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw LocalFile.failure(.cannotCreate, "create", path) }
    }

    deinit {
        guard file >= 0 else { return }
        close(file)
        // Gone already where the file was finished.
        unlink(temporary)
    }

    /// Throws `cannotWrite`.
    package func append(_ bytes: [UInt8]) throws(ClientError) {
        guard LocalFile.append(bytes, to: file) else {
            throw LocalFile.failure(.cannotWrite, "write", path)
        }
    }

    /// Gives the file its name, durably.
    package func finish() throws(ClientError) {
        guard fsync(file) == 0 || errno == EINVAL else {
            throw LocalFile.failure(.cannotWrite, "write", path)
        }
        try LocalFile.publish(temporary, as: path, replacing: isReplacing)
    }
}
