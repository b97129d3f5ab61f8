import GRDB
import Glibc
import Platform
import Primitives

/// What a backend keeps in SQLite: its ledger, its users' accounts, ended sessions, and the peers
/// that it knows.
///
/// Readers and the one writer do not wait for each other (write-ahead log). What a call has written
/// survives a loss of power once the call returns.
package final class BackendDatabase: Sendable {
    /// The file.
    package let path: String
    let pool: DatabasePool

    /// How long a call waits for a lock that another process holds.
    private static let busyTimeoutSeconds = 5.0

    /// Opens the database at a path, or makes it, and brings its tables up to date. Only this user
    /// may read a file that is made. Throws where that fails, and `newerVersion` for the tables of a
    /// later version, which stay as they are.
    package init(path: String) throws(BackendDatabaseError) {
        try Self.makeFile(path)
        self.path = path
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration())
            // Opening sets NORMAL, with which a loss of power may undo transactions.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = Self.migrator()
            guard try !pool.read(migrator.hasBeenSuperseded) else {
                throw BackendDatabaseError.newerVersion(path: path)
            }
            try migrator.migrate(pool)
        } catch {
            throw BackendDatabaseError(error, path: path)
        }
    }

    /// Opens a database that is there, for reading alone: beside its backend too, and changing nothing.
    /// Throws as the other does.
    package init(reading path: String) throws(BackendDatabaseError) {
        self.path = path
        do {
            var configuration = Self.configuration()
            configuration.readonly = true
            pool = try DatabasePool(path: path, configuration: configuration)
            guard try !pool.read(Self.migrator().hasBeenSuperseded) else {
                throw BackendDatabaseError.newerVersion(path: path)
            }
        } catch {
            throw BackendDatabaseError(error, path: path)
        }
    }

    /// Closes the file once calls under way have returned; later ones fail. All is in the one file
    /// then, and the log is gone.
    package func close() throws(BackendDatabaseError) {
        // Lets go of the readers: the log is merged by who closes last, if that is the writer.
        pool.releaseMemory()
        do { try pool.close() } catch { throw BackendDatabaseError(error, path: path) }
    }

    /// Lets the file grow to this many pages of 4 KiB, and no further: writes beyond throw `full`.
    /// Holds until the database is closed.
    package func limitPages(to count: Int) throws(BackendDatabaseError) {
        try updateNow { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "DecentraStore"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        return configuration
    }

    /// SQLite would let others read what it makes; its log takes over the file's permissions.
    private static func makeFile(_ path: String) throws(BackendDatabaseError) {
        do { _ = try FileSystem().open(path, .kept, isNew: true) } catch {
            guard error.code == EEXIST else { throw .cannotOpen(path: path, reason: error.reason) }
        }
    }
}

extension BackendDatabase {
    /// Reads without holding up a thread of the cooperative pool.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(BackendDatabaseError) -> Value {
        do { return try await pool.read(body) } catch {
            throw BackendDatabaseError(error, path: path)
        }
    }

    /// Changes something in one transaction, durable on return.
    func update<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(BackendDatabaseError) -> Value {
        do { return try await pool.write(body) } catch {
            throw BackendDatabaseError(error, path: path)
        }
    }

    /// Reads on the thread of the caller.
    func readNow<Value>(_ body: (Database) throws -> Value) throws(BackendDatabaseError) -> Value {
        do { return try pool.read(body) } catch { throw BackendDatabaseError(error, path: path) }
    }

    /// Changes something in one transaction on the thread of the caller, durable on return.
    func updateNow<Value>(
        _ body: (Database) throws -> Value
    ) throws(BackendDatabaseError) -> Value {
        do { return try pool.write(body) } catch { throw BackendDatabaseError(error, path: path) }
    }
}
