import Foundation

/// Where a whole ledger comes from.
package enum LedgerReader: Sendable {
    case backend(StoreClient)
    /// What `dsim ledger export` wrote.
    case file(String)

    /// Hands over the encoded blocks in order. Throws what `body` throws; `cannotRead` for a file
    /// that cannot be read, and `misbehaving` for what is no exported ledger.
    package func blocks(_ body: ([UInt8]) throws -> Void) async throws {
        switch self {
        case .backend(let client):
            try await client.exportLedger { try body($0) }
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
}
