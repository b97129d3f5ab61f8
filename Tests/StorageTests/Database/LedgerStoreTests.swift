import Foundation
import Primitives
import Roles
import Storage
import Testing

@Suite struct LedgerStoreTests {
    let folder: DatabaseFolder
    let database: BackendDatabase
    let drive: LedgerDrive

    init() throws {
        folder = try DatabaseFolder()
        database = try BackendDatabase(path: folder.path())
        drive = LedgerDrive(database)
    }

    @Test func `A new ledger is empty`() async throws {
        #expect(await drive.recover() == [])
        #expect(try await database.blockCount() == 0)
        #expect(try await database.block(0) == nil)
    }

    @Test func `Synced blocks are there after opening again`() async throws {
        #expect(await drive.recover() == [])
        #expect(await drive.write([1], [2, 2]))
        #expect(await drive.write([3]))
        await drive.store.close()
        try database.close()

        let again = LedgerDrive(try BackendDatabase(path: folder.path()))
        #expect(await again.recover() == [[1], [2, 2], [3]])
        #expect(await again.write([4]))
        #expect(await again.recover() == [[1], [2, 2], [3], [4]])
    }

    @Test func `A store that was not asked to recover appends behind what is there`() async throws {
        #expect(await drive.write([1]))
        #expect(await LedgerDrive(database).write([2]))
        #expect(try await database.blocks(from: 0, limit: 9) == [[1], [2]])
    }

    @Test func `A crash between append and sync leaves the former chain`() async throws {
        #expect(await drive.write([1]))
        drive.perform(.append([2]))
        while drive.store.waitingCount < 1 { await Task.yield() }

        try folder.copyFiles(to: "crashed.db")
        let crashed = LedgerDrive(try BackendDatabase(path: folder.path("crashed.db")))
        #expect(await crashed.recover() == [[1]])
    }

    @Test func `A recovery sees what was appended before`() async throws {
        drive.perform(.append([1]))
        #expect(await drive.recover() == [[1]])
    }

    @Test func `What was synced is on disk without closing anything`() async throws {
        #expect(await drive.write([1], [2]))
        try folder.copyFiles(to: "crashed.db")
        let crashed = LedgerDrive(try BackendDatabase(path: folder.path("crashed.db")))
        #expect(await crashed.recover() == [[1], [2]])
    }

    @Test func `A torn last transaction is gone as a whole`() async throws {
        #expect(await drive.write([1]))
        #expect(await drive.write([2], [UInt8](repeating: 3, count: 20_000)))
        try folder.copyFiles(to: "torn.db")
        let log = folder.path("torn.db-wal")
        let file = try #require(FileHandle(forUpdatingAtPath: log))
        try file.truncate(atOffset: file.seekToEnd() - 100)
        try file.close()
        let torn = LedgerDrive(try BackendDatabase(path: folder.path("torn.db")))
        #expect(await torn.recover() == [[1]])
    }

    @Test func `A full disk holds the sync back until there is space`() async throws {
        #expect(await drive.write([1]))
        try database.limitPages(to: 1)
        let large = [UInt8](repeating: 2, count: 1 << 20)
        drive.perform(.append(large), .sync(token: 1), .append([3]), .sync(token: 2))
        for _ in 0..<3 {
            #expect(
                await drive.nextIncident()
                    == .failed(.full(path: folder.path()), retryAfter: .milliseconds(1)))
        }
        #expect(drive.syncCount == 1)
        #expect(try await database.blockCount() == 1)

        try database.limitPages(to: 1 << 20)
        guard case .synced(token: 1)? = await drive.nextEvent(),
            case .synced(token: 2)? = await drive.nextEvent()
        else {
            Issue.record("another event than the two syncs")
            return
        }
        #expect(try await database.blocks(from: 0, limit: 9) == [[1], large, [3]])
        while let incident = await drive.nextIncident(), incident != .recovered {}
    }

    @Test func `Closing writes what was appended`() async throws {
        drive.perform(.append([1]), .append([2]))
        await drive.store.close()
        #expect(try await database.blocks(from: 0, limit: 9) == [[1], [2]])
    }

    @Test func `Closing on a full disk tells what it gave up, and acknowledges nothing`()
        async throws
    {
        try database.limitPages(to: 1)
        drive.perform(.append([UInt8](repeating: 1, count: 1 << 20)), .sync(token: 1))
        await drive.store.close()
        var incident = await drive.nextIncident()
        while case .failed? = incident { incident = await drive.nextIncident() }
        #expect(incident == .abandoned(blocks: 1, .full(path: folder.path())))
        #expect(drive.syncCount == 0)
    }

    @Test func `Two writers of one ledger are found out`() async throws {
        let other = LedgerDrive(database)
        #expect(await drive.recover() == [])
        #expect(await other.recover() == [])
        #expect(await drive.write([1]))
        other.perform(.append([2]), .sync(token: 1))
        let expected = BackendDatabaseError.conflictingBlock(path: folder.path(), height: 0)
        #expect(
            await other.nextIncident() == .failed(expected, retryAfter: .milliseconds(1)))
        #expect(other.syncCount == 0)
        await other.store.close()
    }

    @Test func `Blocks are read by height`() async throws {
        #expect(await drive.write([0, 9], [1, 9], [2, 9], [3, 9]))
        #expect(try await database.blockCount() == 4)
        #expect(try await database.block(2) == [2, 9])
        #expect(try await database.block(4) == nil)
        #expect(try await database.blocks(from: 1, limit: 2) == [[1, 9], [2, 9]])
        #expect(try await database.blocks(from: 3, limit: 2) == [[3, 9]])
        #expect(try await database.blocks(from: .max, limit: 2) == [])
        #expect(try await database.blocks(from: 0, limit: 0) == [])
        #expect(try await database.blocks(from: 0, limit: -1) == [])
        #expect(
            try await database.blockPrefixes(from: 2, limit: 9, byteCount: 1) == [[2], [3]])
    }
}
