import Glibc
import Platform
import Primitives

/// A file that is written from its start, and appears under its name once it is whole.
package final class NewFile {
    private let path: String
    private let file: File
    private let isReplacing: Bool

    /// Throws `alreadyExists` where the file is there and not to be replaced, and `cannotCreate`.
    package init(_ path: String, replacing: Bool) throws(ClientError) {
        guard replacing || !LocalFile.files.exists(path) else { throw LocalFile.isThere(path) }
        self.path = path
        isReplacing = replacing
        file = try LocalFile.telling(
            .cannotCreate, path,
            try LocalFile.files.open(
                "\(path).\(getpid()).part", .kept, access: .masked, isNew: true))
    }

    /// Gone already where the file was finished.
    deinit { try? LocalFile.files.remove(file.path) }

    /// Throws `cannotWrite`.
    package func append(_ bytes: [UInt8]) throws(ClientError) {
        try LocalFile.telling(.cannotWrite, path, try file.append(bytes))
    }

    /// Gives the file its name, durably.
    package func finish() throws(ClientError) {
        try LocalFile.publish(file, as: path, replacing: isReplacing)
    }
}
