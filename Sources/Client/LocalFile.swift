import Glibc
import Platform
package import Primitives

/// Files on this machine, whose troubles are told in the client's words.
enum LocalFile {
    static let files = FileSystem()

    /// More than any small file of a client has.
    private static let limit = 1 << 26

    /// All bytes of a small file; nil where there is none. Throws `cannotRead`.
    static func read(_ path: String) throws(ClientError) -> [UInt8]? {
        try telling(.cannotRead, path, try files.contents(of: path, limit: limit))
    }

    /// Replaces a file, whole or not at all, that only its owner may read. Makes the folders above it
    /// where they are missing, for the owner alone. Throws `cannotWrite`.
    static func write(_ bytes: [UInt8], to path: String) throws(ClientError) {
        try telling(.cannotWrite, path) { () throws(SystemError) in
            try files.makeFolders(FileSystem.parent(of: path))
            // Another process may be at the same.
            try files.replace(path, with: bytes, by: "\(path).\(getpid()).tmp")
        }
    }

    /// A path from the root on.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    /// Gives a file that is whole its name, durably. Throws `alreadyExists` where somebody has taken the
    /// name and it is not to be replaced, else `cannotWrite`.
    static func publish(_ file: File, as path: String, replacing: Bool) throws(ClientError) {
        do {
            try files.publish(file, as: path, replacing: replacing)
        } catch {
            throw error.code == EEXIST ? isThere(path) : ClientError(.cannotWrite, path, error)
        }
    }

    /// A file is there that is not to be replaced.
    static func isThere(_ path: String) -> ClientError {
        ClientError(
            .alreadyExists, "\(path) exists. Give another name with -o, or --force to replace it.")
    }

    /// What is asked of the system, or its error in the client's words: of which `kind`, and at which path.
    static func telling<Result>(
        _ kind: ClientError.Kind, _ path: String,
        _ body: @autoclosure () throws(SystemError) -> Result
    ) throws(ClientError) -> Result {
        do { return try body() } catch { throw ClientError(kind, path, error) }
    }

    /// The same for several things.
    static func telling<Result>(
        _ kind: ClientError.Kind, _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(ClientError) -> Result {
        do { return try body() } catch { throw ClientError(kind, path, error) }
    }
}

extension ClientError {
    /// What the system refused: to read, to write or to create the file at a path.
    package init(_ kind: Kind, _ path: String, _ error: SystemError) {
        let action =
            switch kind {
            case .cannotRead: "read"
            case .cannotCreate: "create"
            default: "write"
            }
        self.init(
            kind,
            error.operation == .makeFolder
                ? "\(error)" : "cannot \(action) \(path): \(error.reason)")
    }
}
