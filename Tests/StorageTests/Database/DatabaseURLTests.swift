import Storage
import Testing

@Suite struct DatabaseURLTests {
    @Test(arguments: [
        ("sqlite:///users.db", "/data/users.db"),
        ("sqlite:////var/lib/users.db", "/var/lib/users.db"),
        ("SQLite:///folder/users.db", "/data/folder/users.db"),
    ])
    func `A file is found`(text: String, path: String) throws {
        let url = try DatabaseURL(text)
        #expect(url.path(inDataFolder: "/data") == path)
        #expect(url.path(inDataFolder: "/data/") == path)
    }

    @Test(arguments: [
        ("", DatabaseURLError.notAURL), ("users.db", .notAURL), ("sqlite:users.db", .notAURL),
        ("postgresql://u:p@host/db", .unsupportedScheme("postgresql")),
        ("a b://host/db", .unsupportedScheme(nil)), ("://", .unsupportedScheme(nil)),
        ("sqlite://users.db", .host), ("sqlite://", .host), ("sqlite:///", .noFile),
        ("sqlite:////", .noFile), ("sqlite:///folder/", .noFile), ("sqlite:///a\0b", .noFile),
        ("sqlite:///:memory:", .inMemory), ("sqlite:///users.db?mode=ro", .options),
    ])
    func `Anything else is refused`(text: String, error: DatabaseURLError) {
        #expect(throws: error) { try DatabaseURL(text) }
    }

    @Test func `An error does not quote the URL`() {
        #expect {
            try DatabaseURL("postgresql://user:secret@host/db")
        } throws: { !"\($0)".contains("secret") && "\($0)".contains("postgresql") }
    }
}
