import GRDB

extension BackendDatabase {
    /// The tables, one migration a version. What has been released never changes: append.
    ///
    /// Ids are unsigned and SQLite's integers are not, so that ids stand there by bit pattern.
    /// Times are nanoseconds since 1970. Strict tables hold nothing of another type, which reading
    /// relies on.
    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE blocks (
                        height INTEGER PRIMARY KEY CHECK (height >= 0),
                        bytes BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE accounts (
                        id INTEGER PRIMARY KEY,
                        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
                        key BLOB NOT NULL,
                        created INTEGER NOT NULL,
                        generation INTEGER NOT NULL,
                        keptToken TEXT
                    ) STRICT;
                    CREATE TABLE revokedTokens (
                        token TEXT PRIMARY KEY,
                        expires INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX revokedTokensByExpiry ON revokedTokens (expires);
                    CREATE TABLE peers (
                        id INTEGER PRIMARY KEY,
                        publicKey BLOB NOT NULL,
                        role TEXT NOT NULL,
                        address TEXT NOT NULL,
                        proof BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("2 signed addresses") { database in
            // Sequence and signature in hexadecimal.
            try database.execute(sql: "ALTER TABLE peers ADD COLUMN record TEXT")
        }
        return migrator
    }
}
