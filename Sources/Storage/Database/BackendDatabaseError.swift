import GRDB

/// Why the backend's database could not do what it was asked. Never carries what was to be stored.
package enum BackendDatabaseError: Error, Equatable {
    /// The file cannot be made or opened.
    case cannotOpen(path: String, reason: String)
    /// The file is gone, though the backend ran before.
    case missing(path: String)
    /// No ledger was begun in it, though the backend ran before.
    case noLedger(path: String)
    /// The file holds something else.
    case notADatabase(path: String)
    /// The file was damaged.
    case corrupt(path: String)
    /// A newer version of the program has changed the tables.
    case newerVersion(path: String)
    /// No space is left for it.
    case full(path: String)
    /// It can be read but not written.
    case readOnly(path: String)
    /// Another process holds its lock.
    case busy(path: String)
    /// Another block stands at this height: something else writes the same ledger.
    case conflictingBlock(path: String, height: UInt64)
    /// The block at this height is gone, though later ones are there.
    case missingBlock(path: String, height: UInt64)
    /// A row that this program cannot have written.
    case malformedRow(path: String, table: String)
    /// The caller's task was cancelled; nothing was changed.
    case cancelled
    /// Anything else that SQLite refused, with its extended result code.
    case failed(path: String, code: Int32, reason: String)

    init(_ error: any Error, path: String) {
        switch error {
        case let error as BackendDatabaseError: self = error
        case let error as DatabaseError: self.init(error, path: path)
        case is CancellationError: self = .cancelled
        default:
            // The error's own text might say what was to be stored.
            self = .failed(path: path, code: -1, reason: "\(type(of: error))")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self = .cannotOpen(path: path, reason: error.message ?? "access is denied")
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(path: path)
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_READONLY: self = .readOnly(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_INTERRUPT: self = .cancelled
        default:
            self = .failed(
                path: path, code: error.extendedResultCode.rawValue,
                reason: error.message ?? "no reason given")
        }
    }
}

extension BackendDatabaseError: CustomStringConvertible {
    /// One sentence: what, where, and what to do.
    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "The database \(path) cannot be opened (\(reason)): check that its folder exists and "
                + "that this user may write there."
        case .missing(let path):
            "The database \(path) is not there, though this backend ran before: \(Self.advice)"
        case .noLedger(let path):
            "The database \(path) holds no ledger, though this backend ran before: \(Self.advice)"
        case .notADatabase(let path):
            "The file \(path) is not a SQLite database: point DATABASE_URL elsewhere, or move the "
                + "file away."
        case .corrupt(let path): "The database \(path) is damaged: restore it from a backup."
        case .newerVersion(let path):
            "The database \(path) was written by a newer version: run that version, or restore an "
                + "older backup."
        case .full(let path):
            "No space is left for the database \(path): free some space on its disk."
        case .readOnly(let path):
            "The database \(path) cannot be written: check the permissions of the file and of its "
                + "folder, and that its file system is not mounted read-only."
        case .busy(let path):
            "The database \(path) is locked by another process: stop that process, or try again."
        case .conflictingBlock(let path, let height):
            "The database \(path) has another block at height \(height): something else writes "
                + "this ledger, so stop it and start this backend again."
        case .missingBlock(let path, let height):
            "The database \(path) lacks the block at height \(height): restore it from a backup."
        case .malformedRow(let path, let table):
            "The database \(path) has a row in \(table) that makes no sense: restore it from a "
                + "backup."
        case .cancelled: "The caller gave up before the database had answered."
        case .failed(let path, let code, let reason):
            "The database \(path) failed with SQLite's code \(code) (\(reason)): check the disk "
                + "and the system's log."
        }
    }

    private static let advice =
        "put its disk or its back-up back, or mend --database-url; or get its ledger and accounts back "
        + "from its nodes: start it with --recover. To do without its files and accounts, and begin an "
        + "empty ledger under a new identity, start it once with --new-ledger."
}
