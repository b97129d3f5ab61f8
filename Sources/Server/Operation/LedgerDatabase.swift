package import Client
import Glibc
import Platform
import Primitives
import Storage

/// A ledger in a backend's database on this machine, which the backend may have open.
package struct LedgerDatabase: LedgerSource {
    private let path: String
    private static let files = FileSystem()
    /// How many blocks are read at once.
    private static let stride = 64

    /// At a path of the file itself, or of a backend's data folder, where it is the only one. Throws
    /// `cannotRead`.
    package init(at path: String) throws(ClientError) {
        let names: [String]?
        do throws(SystemError) {
            guard let status = try Self.files.status(of: path) else {
                throw SystemError(.inspect, path, code: ENOENT)
            }
            names = status.kind == .folder ? try Self.files.list(path) : nil
        } catch {
            throw ClientError(.cannotRead, path, error)
        }
        guard let names else {
            self.path = path
            return
        }
        let found = names.filter { $0.hasSuffix(".db") || $0.hasSuffix(".sqlite") }
        guard found.count == 1 else {
            throw ClientError(
                .cannotRead,
                "\(path) holds \(found.count) databases. Name the file of the backend's.")
        }
        self.path = path + "/" + found[0]
    }

    package func blocks(_ body: ([UInt8]) throws -> Void) async throws {
        // SQLite would not say why it cannot.
        _ = try translating(try Self.files.open(path, .reading)) {
            ClientError(.cannotRead, path, $0)
        }
        do {
            let database = try BackendDatabase(reading: path)
            defer { try? database.close() }
            var next: UInt64 = 0
            while true {
                try Task.checkCancellation()
                let blocks = try await database.blocks(from: next, limit: Self.stride)
                if blocks.isEmpty { break }
                next += UInt64(blocks.count)
                for block in blocks { try body(block) }
            }
        } catch let error as BackendDatabaseError {
            throw ClientError(.cannotRead, "\(error)")
        }
    }
}
