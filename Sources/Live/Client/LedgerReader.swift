import CoreFoundation
import Foundation
import Glibc
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
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw LocalFile.failure(.cannotRead, "read", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .database(path) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
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
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw LocalFile.failure(.cannotRead, "read", path) }
            defer { close(file) }
            var splitter = BlockSplitter()
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                try Task.checkCancellation()
                let count = read(file, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw LocalFile.failure(.cannotRead, "read", path) }
                if count == 0 { break }
                splitter.append(buffer[..<count])
                while let block = try splitter.next() { try body(block) }
            }
            try splitter.finish()
        }
    }
    /// How many blocks of a database are read at once.
    private static let stride = 64

    private static func blocks(
        ofDatabase path: String, _ body: ([UInt8]) throws -> Void
    ) async throws {
        guard access(path, R_OK) == 0 else {
            throw LocalFile.failure(.cannotRead, "read", path)
        }
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
