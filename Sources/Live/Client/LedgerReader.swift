import Glibc
import Platform
import Storage

/// Where a whole ledger comes from.
package enum LedgerReader: Sendable {
    case backend(StoreClient)
    /// What `dsim ledger export` wrote.
    case file(String)
    /// A backend's database on this machine, which the backend may have open.
    case database(String)

    /// The database in a backend's data folder: a path of the file itself, or of the folder where it
    /// is the only one. Throws `cannotRead`.
    package static func database(at path: String) throws(ClientError) -> LedgerReader {
        let names = try LocalFile.telling(.cannotRead, path) { () throws(SystemError) in
            guard let status = try LocalFile.files.status(of: path) else {
                throw SystemError(.inspect, path, code: ENOENT)
            }
            return status.kind == .folder ? try LocalFile.files.list(path) : nil
        }
        guard let names else { return .database(path) }
        let found = names.filter { $0.hasSuffix(".db") || $0.hasSuffix(".sqlite") }
        guard found.count == 1 else {
            throw ClientError(
                .cannotRead,
                "\(path) holds \(found.count) databases. Name the file of the backend's.")
        }
        return .database(path + "/" + found[0])
    }

    /// Hands over the encoded blocks in order. Throws what `body` throws; `cannotRead` for a file
    /// that cannot be read, and `misbehaving` for what is no exported ledger.
    package func blocks(_ body: ([UInt8]) throws -> Void) async throws {
        switch self {
        case .backend(let client):
            try await client.exportLedger { try body($0) }
        case .database(let path):
            try await Self.blocks(ofDatabase: path, body)
        case .file(let path):
            let file = try Self.open(path)
            var splitter = BlockSplitter()
            while true {
                try Task.checkCancellation()
                let bytes = try LocalFile.telling(.cannotRead, path) { () throws(SystemError) in
                    try file.next(1 << 20)
                }
                if bytes.isEmpty { break }
                splitter.append(bytes)
                while let block = try splitter.next() { try body(block) }
            }
            try splitter.finish()
        }
    }

    private static func open(_ path: String) throws(ClientError) -> File {
        try LocalFile.telling(.cannotRead, path) { () throws(SystemError) in
            try LocalFile.files.open(path, .reading)
        }
    }

    /// How many blocks of a database are read at once.
    private static let stride = 64

    private static func blocks(
        ofDatabase path: String, _ body: ([UInt8]) throws -> Void
    ) async throws {
        // SQLite would not say why it cannot.
        _ = try open(path)
        do {
            let database = try BackendDatabase(reading: path)
            defer { try? database.close() }
            var next: UInt64 = 0
            while true {
                try Task.checkCancellation()
                let blocks = try await database.blocks(from: next, limit: stride)
                if blocks.isEmpty { break }
                next += UInt64(blocks.count)
                for block in blocks { try body(block) }
            }
        } catch let error as BackendDatabaseError {
            throw ClientError(.cannotRead, "\(error)")
        }
    }
}
