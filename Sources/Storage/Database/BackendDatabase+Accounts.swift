import Foundation
import GRDB
package import Primitives

/// An account as it is kept.
package struct StoredAccount: Sendable, Equatable {
    package var id: PeerID
    /// As the user wrote it; two names that differ in case only are one name.
    package var name: String
    /// The encoded password-protected key.
    package var key: [UInt8]
    package var created: Instant
    /// Counts changes of the key. Sessions of an earlier generation have ended…
    package var generation: Int64 = 0
    /// …but for the one that made the last change.
    package var keptToken: TokenID?

    package init(id: PeerID, name: String, key: [UInt8], created: Instant) {
        self.id = id
        self.name = name
        self.key = key
        self.created = created
    }
}

/// Names a session's token: 32 hexadecimal digits.
package struct TokenID: Hashable, Sendable {
    package let text: String

    /// From 128 random bits.
    package init(high: UInt64, low: UInt64) { text = FileID(high: high, low: low).description }

    /// From 32 lowercase hexadecimal digits; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 32,
            text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.text = text
    }
}

/// What the database knows of a token's session.
package struct TokenStanding: Sendable, Equatable {
    /// Nil when there is none, as in an older database.
    package var account: StoredAccount?
    package var isRevoked: Bool
}

/// Accounts, and sessions that were ended before their time.
extension BackendDatabase {
    /// Adds an account. False, and no change, when its name is taken.
    package func add(_ account: StoredAccount) async throws(BackendDatabaseError) -> Bool {
        try await update { database in
            let isTaken = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM accounts WHERE name = ?)",
                arguments: [account.name])
            guard isTaken == false else { return false }
            try database.put(account, "INSERT")
            return true
        }
    }

    /// All accounts, by id.
    package func accounts() async throws(BackendDatabaseError) -> [StoredAccount] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM accounts ORDER BY id")
                .map { StoredAccount($0) }
        }
    }

    /// Puts an account back as it was, in the place of what is there under its id or name.
    package func restore(_ account: StoredAccount) async throws(BackendDatabaseError) {
        try await update { try $0.put(account, "INSERT OR REPLACE") }
    }

    /// The account of that name, whatever its case; nil when there is none.
    package func account(named name: String) async throws(BackendDatabaseError) -> StoredAccount? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM accounts WHERE name = ?", arguments: [name]
            ).map { StoredAccount($0) }
        }
    }

    /// What became of a session and of its account.
    package func standing(
        of token: TokenID, account: PeerID
    ) async throws(BackendDatabaseError) -> TokenStanding {
        try await read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM accounts WHERE id = ?", arguments: [account.column])
            let isRevoked = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM revokedTokens WHERE token = ?)",
                arguments: [token.text])
            return TokenStanding(
                account: row.map { StoredAccount($0) }, isRevoked: isRevoked ?? false)
        }
    }

    /// Replaces an account's key and ends all its sessions but one. False, and no change, when the
    /// key is no longer `present`.
    package func replaceKey(
        of account: PeerID, present: [UInt8], new: [UInt8], keeping token: TokenID
    ) async throws(BackendDatabaseError) -> Bool {
        try await update { database in
            try database.execute(
                sql: """
                    UPDATE accounts SET key = ?, generation = generation + 1, keptToken = ?
                    WHERE id = ? AND key = ?
                    """,
                arguments: [Data(new), token.text, account.column, Data(present)])
            return database.changesCount == 1
        }
    }

    /// Ends a session before it expires. Again is no error.
    package func revoke(_ token: TokenID, expires: Instant) async throws(BackendDatabaseError) {
        try await update { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO revokedTokens (token, expires) VALUES (?, ?)",
                arguments: [token.text, expires.nanoseconds])
        }
    }

    /// Forgets sessions that have expired anyway.
    package func forgetRevoked(before now: Instant) async throws(BackendDatabaseError) {
        try await update { database in
            try database.execute(
                sql: "DELETE FROM revokedTokens WHERE expires <= ?", arguments: [now.nanoseconds])
        }
    }
}

extension Database {
    fileprivate func put(_ account: StoredAccount, _ statement: String) throws {
        try execute(
            sql: statement + """
                 INTO accounts (id, name, key, created, generation, keptToken)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                account.id.column, account.name, Data(account.key), account.created.nanoseconds,
                account.generation, account.keptToken?.text,
            ])
    }
}

extension StoredAccount {
    fileprivate init(_ row: Row) {
        id = PeerID(column: row["id"])
        name = row["name"]
        key = [UInt8](row["key"] as Data)
        created = Instant(nanoseconds: row["created"])
        generation = row["generation"]
        keptToken = (row["keptToken"] as String?).flatMap { TokenID($0) }
    }
}

extension PeerID {
    /// As SQLite keeps it.
    var column: Int64 { Int64(bitPattern: raw) }

    init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
