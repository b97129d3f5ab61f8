import Platform
import Primitives

/// Where a whole ledger comes from.
package protocol LedgerSource: Sendable {
    /// Hands over the encoded blocks in order. Throws what `body` throws; `cannotRead` for what cannot
    /// be read, and `misbehaving` for what is no ledger.
    func blocks(_ body: ([UInt8]) throws -> Void) async throws
}

/// What `dsim ledger export` wrote.
package struct LedgerFile: LedgerSource {
    private let path: String

    package init(_ path: String) { self.path = path }

    package func blocks(_ body: ([UInt8]) throws -> Void) async throws {
        let file = try LocalFile.telling(
            .cannotRead, path, try LocalFile.files.open(path, .reading))
        var splitter = BlockSplitter()
        while true {
            try Task.checkCancellation()
            let bytes = try LocalFile.telling(.cannotRead, path, try file.next(1 << 20))
            if bytes.isEmpty { break }
            splitter.append(bytes)
            while let block = try splitter.next() { try body(block) }
        }
        try splitter.finish()
    }
}
