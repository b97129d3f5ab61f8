import Cryptography
import Files
import Foundation
import Primitives
import Storage
import Testing

@testable import Server

@Suite struct SessionTests {
    @Test func `A token stands for its session until it expires`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register("Ada")
        let logIn = try await fixture.logIn()
        let session = try await fixture.authenticate(logIn.token, after: .hours(12) - .seconds(1))
        #expect(session.user == logIn.session.user)
        #expect(session.name == "Ada")
        #expect(session.token == logIn.session.token)
        #expect(session.expires == AccountsFixture.start + .hours(12))
        #expect(try session.masterKey() == logIn.session.masterKey())
        await #expect(throws: AccountError.sessionExpired) {
            try await fixture.authenticate(logIn.token, after: .hours(12))
        }
    }

    @Test func `Logging out ends one session and forgets its key`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let first = try await fixture.logIn()
        let second = try await fixture.logIn()
        try await fixture.accounts.logOut(first.session)
        #expect(fixture.accounts.openSessionCount == 1)
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.authenticate(first.token)
        }
        _ = try await fixture.authenticate(second.token)
        try await fixture.accounts.logOut(first.session)
    }

    @Test func `After a restart, sealed sessions go on and open ones are locked`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "decentrastore-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "users.db").path
        let database = try BackendDatabase(path: path)
        let fixture = try await AccountsFixture(store: database)
        try await fixture.register()
        let open = try await fixture.logIn()
        let sealed = try await fixture.logInSealed()
        let ended = try await fixture.logInSealed()
        try await fixture.accounts.logOut(ended.session)
        try database.close()

        let again = try await AccountsFixture(store: BackendDatabase(path: path))
        await #expect(throws: AccountError.sessionLocked) {
            try await again.authenticate(open.token)
        }
        _ = try await again.authenticate(sealed.token)
        await #expect(throws: AccountError.sessionEnded) {
            try await again.authenticate(ended.token)
        }
        _ = try await again.logIn()
    }

    @Test func `Sessions of an account that is not there have ended`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        try await fixture.register()
        let logIn = try await fixture.logIn()
        store.forgetAccounts()
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.authenticate(logIn.token)
        }
        #expect(fixture.accounts.openSessionCount == 0)
    }

    @Test func `Sweeping forgets keys and revocations that have expired`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        try await fixture.register()
        _ = try await fixture.logIn()
        _ = try await fixture.logIn(after: .hours(1))
        try await fixture.accounts.logOut(fixture.logIn().session)
        try await fixture.accounts.sweep(at: AccountsFixture.start + .hours(11))
        #expect(fixture.accounts.openSessionCount == 2)
        #expect(store.revokedCount == 1)
        try await fixture.accounts.sweep(at: AccountsFixture.start + .hours(12))
        #expect(fixture.accounts.openSessionCount == 1)
        #expect(store.revokedCount == 0)
    }

    @Test func `A user's sessions are bounded, and the oldest gives way`() async throws {
        var settings = AccountsFixture.settings()
        settings.maximumOpenSessions = 2
        let fixture = try await AccountsFixture(settings: settings)
        try await fixture.register()
        try await fixture.register("bob")
        let bob = try await fixture.logIn("bob")
        let own = [
            try await fixture.logIn(), try await fixture.logIn(after: .seconds(1)),
            try await fixture.logIn(after: .seconds(2)),
        ]
        await #expect(throws: AccountError.sessionLocked) {
            try await fixture.authenticate(own[0].token)
        }
        for logIn in [own[1], own[2], bob] { _ = try await fixture.authenticate(logIn.token) }
    }

    @Test func `A log-in that a new password overtook gives no session`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let own = try await fixture.logIn()
        let stale = try #require(try await fixture.store.account(named: "ada"))
        try await fixture.accounts.changePassword(
            own.session, from: AccountsFixture.password, to: "battery staple",
            address: "10.0.0.1", at: AccountsFixture.start)
        let late = try await fixture.accounts.begin(
            .open(.test()), for: stale, at: AccountsFixture.start)
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.authenticate(late.token)
        }
        #expect(fixture.accounts.openSessionCount == 1)
    }
}

@Suite struct SessionTokenTests {
    private static let header = #"{"alg":"HS256","typ":"JWT"}"#

    private func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// A token with any header, signed as the server signs.
    private func token(
        header: String = header, claims: String, secret: String = "a secret of the tests"
    ) throws -> String {
        let text = encode(header.utf8) + "." + encode(claims.utf8)
        let code = HMAC.authenticate(Array(text.utf8), key: try ServerSecret(secret).tokenKey)
        return text + "." + encode(code.bytes)
    }

    /// The claims of a good token.
    private func claims(of session: Session, expires: Int = 2_000_000_000) -> String {
        #"{"sub":"\#(session.user.hexadecimal)","jti":"\#(session.token.text)","iat":0,"#
            + #""exp":\#(expires),"kind":"sealed","gen":0}"#
    }

    @Test func `A token is a JSON Web Token signed with HMAC-SHA-256`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let logIn = try await fixture.logInSealed()
        let parts = logIn.token.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let key = try ServerSecret("a secret of the tests").tokenKey
        let code = HMAC.authenticate(Array((parts[0] + "." + parts[1]).utf8), key: key)
        #expect(parts[2] == encode(code.bytes))
        // What this suite makes by hand is good where it is not spoilt.
        _ = try await fixture.authenticate(token(claims: claims(of: logIn.session)))
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"HS512","typ":"JWT"}"#, #"{"alg":"RS256"}"#,
        #"{"typ":"JWT"}"#, #"{}"#, "", "[]",
    ])
    func `Another algorithm is refused even if the signature is good`(header: String) async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let session = try await fixture.logInSealed().session
        let token = try token(header: header, claims: claims(of: session))
        await #expect(throws: AccountError.invalidToken) {
            try await fixture.authenticate(token)
        }
        // And without any signature.
        let unsigned = token.prefix { $0 != "." } + "." + encode(claims(of: session).utf8) + "."
        await #expect(throws: AccountError.invalidToken) {
            try await fixture.authenticate(String(unsigned))
        }
    }

    @Test func `Another server's token is refused`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let session = try await fixture.logInSealed().session
        let token = try token(claims: claims(of: session), secret: "another secret of tests")
        await #expect(throws: AccountError.invalidToken) { try await fixture.authenticate(token) }
    }

    @Test func `A token with any character changed is refused`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let token = Array(try await fixture.logInSealed().token)
        // The last character holds two bits that mean nothing.
        for index in 0..<token.count - 1 {
            var changed = token
            changed[index] = changed[index] == "A" ? "B" : "A"
            guard changed != token else { continue }
            await #expect(throws: AccountError.invalidToken) {
                try await fixture.authenticate(String(changed))
            }
        }
    }

    @Test(arguments: ["", ".", "..", "...", "a.b.c", String(repeating: "a", count: 100_000)])
    func `What is no token is refused`(token: String) async throws {
        let fixture = try await AccountsFixture()
        await #expect(throws: AccountError.invalidToken) { try await fixture.authenticate(token) }
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"sub":"x","jti":"y","iat":0,"exp":1,"kind":"open","gen":0}"#,
        #"{"sub":"0000000000000001","jti":"y","iat":0,"exp":9e99,"kind":"sealed","gen":0}"#,
    ])
    func `Signed nonsense is refused`(claims: String) async throws {
        let fixture = try await AccountsFixture()
        let token = try token(claims: claims)
        await #expect(throws: AccountError.invalidToken) { try await fixture.authenticate(token) }
    }

    @Test func `An expired token is refused`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let session = try await fixture.logInSealed().session
        let token = try token(claims: claims(of: session, expires: 1_000_000_000))
        await #expect(throws: AccountError.sessionExpired) {
            try await fixture.authenticate(token)
        }
    }

    @Test func `A secret that could be guessed is refused`() throws {
        #expect(throws: AccountError.badSecret) { try ServerSecret("fifteen letters") }
        _ = try ServerSecret("sixteen letters!")
    }
}
