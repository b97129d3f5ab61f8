import Cryptography
import Foundation
import GRDB
import Primitives
import Roles
import Testing

@testable import Storage

@Suite struct BackendDatabaseTests {
    let folder: DatabaseFolder

    init() throws { folder = try DatabaseFolder() }

    @Test func `Transactions are durable and foreign keys are checked`() throws {
        let database = try BackendDatabase(path: folder.path())
        let settings = try database.pool.writeWithoutTransaction { connection in
            try ["synchronous", "foreign_keys", "journal_mode"].map { name in
                try String.fetchOne(connection, sql: "PRAGMA " + name)
            }
        }
        // 2 is FULL.
        #expect(settings == ["2", "1", "wal"])
    }

    @Test(arguments: ["users.db", "users.db-wal"])
    func `Only the owner can read the file`(name: String) throws {
        let database = try BackendDatabase(path: folder.path())
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try database.close()
    }

    // MARK: Of a backend that ran before

    @Test func `A database that is gone is missed, and not made`() throws {
        for name in ["users.db", "not-mounted/users.db"] {
            #expect(throws: BackendDatabaseError.missing(path: folder.path(name))) {
                try BackendDatabase(withLedgerAt: folder.path(name))
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test(arguments: [false, true])
    func `A ledger that was begun is found, with blocks or without`(hasBlocks: Bool) throws {
        let database = try BackendDatabase(path: folder.path())
        if hasBlocks { try database.append([[1]], at: 0) } else { try database.beginLedger() }
        // As a crash leaves it.
        try folder.copyFiles(to: "copy.db")
        try database.close()
        for name in ["users.db", "copy.db"] {
            let again = try BackendDatabase(withLedgerAt: folder.path(name))
            #expect(try again.nextHeight() == (hasBlocks ? 1 : 0))
            try again.close()
        }
    }

    @Test(arguments: [false, true])
    func `A database in which no ledger was begun is refused`(hasTables: Bool) throws {
        try Data().write(to: URL(fileURLWithPath: folder.path()))
        if hasTables { try BackendDatabase(path: folder.path()).close() }
        for _ in 0..<2 {
            #expect(throws: BackendDatabaseError.noLedger(path: folder.path())) {
                try BackendDatabase(withLedgerAt: folder.path())
            }
        }
    }

    @Test func `A database of a newer version is refused and left alone`() throws {
        let database = try BackendDatabase(path: folder.path())
        try database.updateNow { connection in
            try connection.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES ('2000')")
        }
        try database.close()
        #expect(throws: BackendDatabaseError.newerVersion(path: folder.path())) {
            try BackendDatabase(path: folder.path())
        }
    }

    @Test func `A file that is no database is refused and left alone`() throws {
        let content = Data((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        try content.write(to: URL(fileURLWithPath: folder.path()))
        #expect(throws: BackendDatabaseError.notADatabase(path: folder.path())) {
            try BackendDatabase(path: folder.path())
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path())) == content)
    }

    @Test func `A damaged database is refused`() throws {
        let database = try BackendDatabase(path: folder.path())
        try database.close()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.path()))
        // Behind the header, in the page that lists the tables.
        try file.seek(toOffset: 100)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 3_000))
        try file.close()
        #expect(throws: BackendDatabaseError.corrupt(path: folder.path())) {
            try BackendDatabase(path: folder.path())
        }
    }

    @Test(arguments: ["missing/users.db", "."])
    func `A path where no file can be is refused`(name: String) throws {
        #expect {
            try BackendDatabase(path: folder.path(name))
        } throws: { error in
            if case .cannotOpen? = error as? BackendDatabaseError { true } else { false }
        }
    }

    @Test func `A gap in the ledger is found`() throws {
        let database = try BackendDatabase(path: folder.path())
        try database.append([[1], [2], [3]], at: 0)
        try database.updateNow { try $0.execute(sql: "DELETE FROM blocks WHERE height = 1") }
        #expect(throws: BackendDatabaseError.missingBlock(path: folder.path(), height: 1)) {
            try database.allBlocks()
        }
    }

    @Test func `Appending the same blocks again changes nothing`() throws {
        let database = try BackendDatabase(path: folder.path())
        try database.append([[1], [2]], at: 0)
        try database.append([[1], [2]], at: 0)
        #expect(throws: BackendDatabaseError.conflictingBlock(path: folder.path(), height: 1)) {
            try database.append([[1], [3]], at: 0)
        }
        #expect(throws: BackendDatabaseError.conflictingBlock(path: folder.path(), height: 1)) {
            try database.append([[1]], at: 0)
        }
        #expect(throws: BackendDatabaseError.missingBlock(path: folder.path(), height: 2)) {
            try database.append([[4]], at: 3)
        }
        #expect(try database.allBlocks() == [[1], [2]])
    }

    @Test func `Peers survive opening again`() async throws {
        let database = try BackendDatabase(path: folder.path())
        var peers = [UInt64.max, 5].map { id in
            Contact(
                role: .node, publicKey: PublicKey(bytes: Hash256(id, 2, 3, 4)),
                proof: Hash256(5, 6, 7, id), address: "https://[::1]:8443")
        }
        for peer in peers { try await database.put(peer) }
        peers[1].address = "http://node:80"
        let bytes = (1...72).map { UInt8($0) }
        peers[1].record = AddressRecord(hexadecimal: Hexadecimal.encode(bytes))
        #expect(peers[1].record?.sequence == 0x0102_0304_0506_0708)
        try await database.put(peers[1])
        try database.close()

        let again = try BackendDatabase(path: folder.path())
        #expect(try await again.peers() == peers.sorted { $0.id < $1.id })
    }

    @Test func `Closing leaves one file`() async throws {
        let database = try BackendDatabase(path: folder.path())
        #expect(try await database.peers() == [])
        try database.append([[1]], at: 0)
        try database.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(files == ["users.db"])
    }

    @Test func `A closed database says so`() async throws {
        let database = try BackendDatabase(path: folder.path())
        try database.close()
        await #expect(throws: BackendDatabaseError.self) { try await database.peers() }
    }
}
