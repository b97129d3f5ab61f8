import Client
import Cryptography
import Files
import Primitives
import Storage
import Testing
import Wire

@testable import Server

@Suite struct LogInTests {
    @Test func `An unknown user and a wrong password cost the same and get the same answer`()
        async throws
    {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        for user in ["ada", "nobody"] {
            let derivations = await fixture.derivations {
                await #expect(throws: AccountError.wrongCredentials) {
                    try await fixture.logIn(user, password: "wrong password")
                }
            }
            #expect(derivations == [AccountsFixture.scrypt])
        }
        let derivations = try await fixture.derivations { _ = try await fixture.logIn() }
        #expect(derivations == [AccountsFixture.scrypt])
    }

    @Test func `An unknown user has constant parameters that look like anybody's`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let real = try await fixture.parameters("ada")
        let unknown = try await fixture.parameters("nobody")
        #expect(try unknown.scrypt == real.scrypt)
        #expect(unknown.salt.bytes.count == real.salt.bytes.count)
        #expect(unknown.challenge.bytes.count == real.challenge.bytes.count)
        #expect(try await fixture.parameters("NoBody").salt == unknown.salt)
        #expect(try await fixture.parameters("nobody2").salt != unknown.salt)
        let restarted = try await AccountsFixture()
        #expect(try await restarted.parameters("nobody").salt == unknown.salt)
        let other = try await AccountsFixture(secret: "another secret of tests")
        #expect(try await other.parameters("nobody").salt != unknown.salt)
    }

    @Test func `A proof opens a sealed session, which has no key`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let logIn = try await fixture.logInSealed()
        #expect(!logIn.session.isOpen)
        #expect(throws: AccountError.sealedSession) { try logIn.session.masterKey() }
        let session = try await fixture.authenticate(logIn.token)
        #expect(throws: AccountError.sealedSession) { try session.masterKey() }
        #expect(fixture.accounts.openSessionCount == 0)

        let key = try PasswordProtectedKey(decoding: #require(logIn.key))
        let opened = try await fixture.logIn().session.masterKey()
        let password = try #require(Password(AccountsFixture.password))
        #expect(try key.unlock(password: password.bytes) == opened)
    }

    @Test(arguments: ["ada", "nobody"])
    func `A wrong proof is refused`(user: String) async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.logInSealed(user, password: "wrong password")
        }
    }

    @Test(arguments: ["", "short", String(repeating: "x", count: 5_000)])
    func `What cannot be a password is a wrong one`(password: String) async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.logIn(password: password)
        }
    }

    @Test func `A damaged key is told from a wrong password`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        try await fixture.register()
        var key = try #require(try await store.account(named: "ada")).key
        key[key.count - 1] ^= 1
        store.overwriteKey(of: "ada", with: key)
        await #expect(throws: AccountError.damagedAccount) { try await fixture.logIn() }
        store.overwriteKey(of: "ada", with: [1])
        await #expect(throws: AccountError.damagedAccount) { try await fixture.logIn() }
    }

    @Test func `A new password replaces the old one and keeps the key`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let logIn = try await fixture.logIn()
        try await fixture.accounts.changePassword(
            logIn.session, from: AccountsFixture.password, to: "battery staple",
            address: "10.0.0.1", at: AccountsFixture.start)
        await #expect(throws: AccountError.wrongCredentials) { try await fixture.logIn() }
        let again = try await fixture.logIn(password: "battery staple")
        #expect(try again.session.masterKey() == logIn.session.masterKey())
    }

    @Test func `A new password ends the user's other sessions only`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        try await fixture.register("bob")
        let own = try await fixture.logIn()
        let others = [try await fixture.logIn(), try await fixture.logInSealed()]
        let bob = try await fixture.logIn("bob")
        try await fixture.accounts.changePassword(
            own.session, from: AccountsFixture.password, to: "battery staple",
            address: "10.0.0.1", at: AccountsFixture.start)
        #expect(fixture.accounts.openSessionCount == 2)
        for other in others {
            await #expect(throws: AccountError.sessionEnded) {
                try await fixture.authenticate(other.token)
            }
        }
        _ = try await fixture.authenticate(bob.token).masterKey()
        let kept = try await fixture.authenticate(own.token)
        #expect(try kept.masterKey() == own.session.masterKey())

        // A later change by another session ends this one too.
        let later = try await fixture.logIn(password: "battery staple")
        try await fixture.accounts.changePassword(
            later.session, from: "battery staple", to: "third password", address: "10.0.0.1",
            at: AccountsFixture.start)
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.authenticate(own.token)
        }
        _ = try await fixture.authenticate(later.token)
    }

    @Test func `A sealed session changes its key with a proof`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let own = try await fixture.logInSealed()
        let other = try await fixture.logIn()
        let key = try PasswordProtectedKey.made(of: .test(9), password: "battery staple")
        let purpose = LogInStatement.Purpose.newKey(SHA256.hash(key))
        let wrong = try await fixture.proof(password: "wrong password", for: purpose)
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.accounts.changeKey(
                own.session, proof: wrong, to: key, address: "10.0.0.1",
                at: AccountsFixture.start)
        }
        try await fixture.accounts.changeKey(
            own.session, proof: fixture.proof(for: purpose), to: key, address: "10.0.0.1",
            at: AccountsFixture.start)
        _ = try await fixture.authenticate(own.token)
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.authenticate(other.token)
        }
        #expect(
            try await fixture.logIn(password: "battery staple").session.masterKey() == .test(9))
    }

    @Test func `Each kind of session changes what it logged in with`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let open = try await fixture.logIn()
        let sealed = try await fixture.logInSealed()
        let key = try PasswordProtectedKey.made(of: .test())
        let proof = try await fixture.proof()
        await #expect(throws: AccountError.sealedSession) {
            try await fixture.accounts.changePassword(
                sealed.session, from: AccountsFixture.password, to: "battery staple",
                address: "10.0.0.1", at: AccountsFixture.start)
        }
        await #expect(throws: AccountError.openSession) {
            try await fixture.accounts.changeKey(
                open.session, proof: proof, to: key, address: "10.0.0.1",
                at: AccountsFixture.start)
        }
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.accounts.changePassword(
                open.session, from: "wrong password", to: "battery staple",
                address: "10.0.0.1", at: AccountsFixture.start)
        }
        await #expect(throws: AccountError.badPassword) {
            try await fixture.accounts.changePassword(
                open.session, from: AccountsFixture.password, to: "short",
                address: "10.0.0.1", at: AccountsFixture.start)
        }
    }

    @Test func `An ended session cannot change a password`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let logIn = try await fixture.logIn()
        try await fixture.accounts.logOut(logIn.session)
        await #expect(throws: AccountError.sessionEnded) {
            try await fixture.accounts.changePassword(
                logIn.session, from: AccountsFixture.password, to: "battery staple",
                address: "10.0.0.1", at: AccountsFixture.start)
        }
    }

    @Test func `Too many failures are refused, with the time to wait`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        for _ in 0..<5 {
            await #expect(throws: AccountError.wrongCredentials) {
                try await fixture.logIn(password: "wrong password")
            }
        }
        let derivations = await fixture.derivations {
            await #expect(throws: AccountError.tooManyAttempts(retryAfter: .minutes(4))) {
                try await fixture.logIn(after: .minutes(1))
            }
        }
        #expect(derivations == [])
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: .minutes(4))) {
            try await fixture.accounts.logIn(
                "ada", proof: fixture.proof(), from: "10.0.0.1",
                at: AccountsFixture.start + .minutes(1))
        }
        _ = try await fixture.logIn(after: .minutes(5))
    }

    @Test func `An attempt that the server could not answer does not count`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        try await fixture.register()
        store.fail(with: .busy(path: "users.db"))
        for _ in 0..<10 {
            await #expect(throws: AccountError.storage(.busy(path: "users.db"))) {
                try await fixture.logIn()
            }
        }
        store.fail(with: nil)
        _ = try await fixture.logIn()
    }
}
