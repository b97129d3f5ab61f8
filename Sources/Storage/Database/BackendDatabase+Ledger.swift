import Foundation
import GRDB
import Platform

/// Whether there is a ledger, which has no blocks at first.
extension BackendDatabase {
    /// Opens the database of a backend that ran before. Throws `missing`, and makes no file, or
    /// `noLedger`.
    package convenience init(withLedgerAt path: String) throws(BackendDatabaseError) {
        let isMissing: Bool
        // What cannot be seen for another reason is told when it is opened.
        do { isMissing = try FileSystem().status(of: path) == nil } catch { isMissing = false }
        guard !isMissing else { throw .missing(path: path) }
        try self.init(path: path)
        let hasLedger = try readNow { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version")
            return try version == Self.begun || Self.countBlocks(database) > 0
        }
        guard hasLedger else { throw .noLedger(path: path) }
    }

    /// Notes that a ledger begins here.
    package func beginLedger() throws(BackendDatabaseError) {
        try updateNow { try $0.execute(sql: "PRAGMA user_version = \(Self.begun)") }
    }

    private static let begun = 1
}

/// The ledger's blocks, by height from zero. Only durable blocks are seen.
extension BackendDatabase {
    /// How many blocks there are.
    package func blockCount() async throws(BackendDatabaseError) -> UInt64 {
        try await read(Self.countBlocks)
    }

    /// The encoded block at a height; nil where there is none yet.
    package func block(_ height: UInt64) async throws(BackendDatabaseError) -> [UInt8]? {
        try await blocks(from: height, limit: 1).first
    }

    /// Up to `limit` encoded blocks from a height on, oldest first.
    package func blocks(
        from height: UInt64, limit: Int
    ) async throws(BackendDatabaseError) -> [[UInt8]] {
        try await rows("SELECT bytes FROM blocks", from: height, limit: limit)
    }

    /// The first bytes of up to `limit` encoded blocks from a height on, oldest first: enough for
    /// headers, which blocks begin with, without holding all records in memory.
    package func blockPrefixes(
        from height: UInt64, limit: Int, byteCount: Int
    ) async throws(BackendDatabaseError) -> [[UInt8]] {
        try await rows(
            "SELECT substr(bytes, 1, \(byteCount)) FROM blocks", from: height, limit: limit)
    }

    /// The same at once.
    func readBlock(_ height: UInt64) throws(BackendDatabaseError) -> [UInt8]? {
        try readNow { database in
            try Data.fetchOne(
                database, sql: "SELECT bytes FROM blocks WHERE height = ?",
                arguments: [Int64(clamping: height)]
            ).map { [UInt8]($0) }
        }
    }

    private func rows(
        _ selection: String, from height: UInt64, limit: Int
    ) async throws(BackendDatabaseError) -> [[UInt8]] {
        guard let first = Int64(exactly: height), limit > 0 else { return [] }
        return try await read { database in
            try Data.fetchAll(
                database, sql: selection + " WHERE height >= ? ORDER BY height LIMIT ?",
                arguments: [first, limit]
            ).map { [UInt8]($0) }
        }
    }

    /// All encoded blocks, oldest first. Throws `missingBlock` for a gap.
    func allBlocks() throws(BackendDatabaseError) -> [[UInt8]] {
        try readNow { database in
            var blocks: [[UInt8]] = []
            let rows = try Row.fetchCursor(
                database, sql: "SELECT height, bytes FROM blocks ORDER BY height")
            while let row = try rows.next() {
                let height: Int64 = row[0]
                guard height == Int64(blocks.count) else {
                    throw BackendDatabaseError.missingBlock(
                        path: path, height: UInt64(blocks.count))
                }
                blocks.append([UInt8](row[1] as Data))
            }
            return blocks
        }
    }

    /// Appends blocks whose first has a height, in one transaction. Blocks that are there already
    /// are left alone, since a transaction may have become durable though it failed. Throws
    /// `conflictingBlock` where another block is there, `missingBlock` where this would leave a gap.
    func append(_ blocks: [[UInt8]], at height: UInt64) throws(BackendDatabaseError) {
        try updateNow { database in
            let count = try Self.countBlocks(database)
            guard height <= count else {
                throw BackendDatabaseError.missingBlock(path: path, height: count)
            }
            for (index, block) in blocks.enumerated() {
                try store(Data(block), at: height + UInt64(index), in: database)
            }
            let expected = height + UInt64(blocks.count)
            guard try Self.countBlocks(database) == expected else {
                throw BackendDatabaseError.conflictingBlock(path: path, height: expected)
            }
        }
    }

    private func store(_ block: Data, at height: UInt64, in database: Database) throws {
        let present = try Data.fetchOne(
            database, sql: "SELECT bytes FROM blocks WHERE height = ?", arguments: [Int64(height)])
        if let present {
            guard present == block else {
                throw BackendDatabaseError.conflictingBlock(path: path, height: height)
            }
        } else {
            try database.execute(
                sql: "INSERT INTO blocks (height, bytes) VALUES (?, ?)",
                arguments: [Int64(height), block])
        }
    }

    /// The height of the next block.
    package func nextHeight() throws(BackendDatabaseError) -> UInt64 {
        try readNow(Self.countBlocks)
    }

    @Sendable private static func countBlocks(_ database: Database) throws -> UInt64 {
        // Quicker than counting; heights have no gaps, as recovery checks.
        let last = try Int64.fetchOne(database, sql: "SELECT max(height) FROM blocks")
        return last.map { UInt64($0) + 1 } ?? 0
    }
}
