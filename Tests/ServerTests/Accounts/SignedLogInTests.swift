import Client
import Cryptography
import Files
import Primitives
import Storage
import Testing
import Wire

@testable import Server

/// A log-in is good for one backend, once, and for what it says.
@Suite struct SignedLogInTests {
    @Test(arguments: [
        "https://rogue.example", "http://store.example", "https://store.example:8443",
    ])
    func `what was signed for another address is refused and tells the right one`(
        address: String
    ) async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        await #expect(throws: AccountError.otherAddress(own: AccountsFixture.address)) {
            try await fixture.logIn(proof: fixture.proof(at: address))
        }
    }

    @Test func `an address that was put in the place of the signed one is refused`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        guard case .signed(var form) = try await fixture.proof(at: "https://rogue.example") else {
            return
        }
        form.address = AccountsFixture.address
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.logIn(proof: .signed(form))
        }
    }

    @Test func `a log-in is taken once`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let proof = try await fixture.proof()
        _ = try await fixture.logIn(proof: proof)
        await #expect(throws: AccountError.staleChallenge) {
            try await fixture.logIn(proof: proof)
        }
        try await fixture.accounts.sweep(at: AccountsFixture.start + .minutes(4))
        await #expect(throws: AccountError.staleChallenge) {
            try await fixture.logIn(proof: proof, after: .minutes(4))
        }
    }

    @Test func `a log-in is taken for a while, and by who asked`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        _ = try await fixture.logIn(proof: fixture.proof(), after: .seconds(299))
        await #expect(throws: AccountError.staleChallenge) {
            try await fixture.logIn(proof: fixture.proof(), after: .minutes(5))
        }
        let restarted = try await AccountsFixture(store: fixture.store)
        await #expect(throws: AccountError.staleChallenge) {
            try await restarted.logIn(proof: fixture.proof())
        }
        for length in [0, 31, 33] {
            guard case .signed(var form) = try await fixture.proof() else { return }
            form.challenge = Hex([UInt8](repeating: 0, count: length))
            await #expect(throws: AccountError.staleChallenge) {
                try await fixture.logIn(proof: .signed(form))
            }
        }
    }

    @Test func `what was signed for a session or another key changes no key`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register()
        let session = try await fixture.logInSealed().session
        let key = try PasswordProtectedKey.made(of: .test(9), password: "battery staple")
        for purpose in [LogInStatement.Purpose.session, .newKey(.zero)] {
            await #expect(throws: AccountError.wrongCredentials) {
                try await fixture.accounts.changeKey(
                    session, proof: fixture.proof(for: purpose), to: key, address: "10.0.0.1",
                    at: AccountsFixture.start)
            }
        }
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.logIn(proof: fixture.proof(for: .newKey(SHA256.hash(key))))
        }
    }

    /// As the version before kept accounts.
    @Test func `a former account logs in as before until its key is renewed`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        try await fixture.register()
        let present = try PasswordProtectedKey(
            decoding: #require(try await store.account(named: "ada")).key)
        let password = try #require(Password(AccountsFixture.password))
        let proof = try PasswordProtectedKey.formerProof(
            password: password.bytes, salt: present.salt, parameters: present.parameters)
        let former = try PasswordProtectedKey(
            parameters: present.parameters, salt: present.salt,
            verifier: .formerProof(proof.withUnsafeBytes { SHA256.hash($0) }),
            wrapped: present.wrapped)
        store.overwriteKey(of: "ada", with: former.encoded)

        await #expect(throws: AccountError.formerAccount) { try await fixture.logInSealed() }
        _ = try await fixture.logIn()
        let session = try await fixture.logIn(proof: .former(proof)).session
        try await fixture.accounts.changeKey(
            session, proof: .former(proof), to: present.encoded, address: "10.0.0.1",
            at: AccountsFixture.start)
        _ = try await fixture.logInSealed()
        await #expect(throws: AccountError.wrongCredentials) {
            try await fixture.logIn(proof: .former(proof))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:5000", true), ("http://localhost:5000", true),
        ("HTTP://LocalHost:5000", true),
        ("http://[::1]:5000", true), ("http://127.0.0.1:5001", false),
        ("https://127.0.0.1:5000", false),
        ("http://192.0.2.7:5000", false), ("http://localhost.example:5000", false),
        ("https://store.example", true), ("https://store.example:443/", true),
        ("https://store.example.evil", false), ("https://evil@store.example", false), ("", false),
        ("store.example", false),
    ])
    func `a backend goes by its public URL, and by its machine's numbers and port`(
        address: String, isOwn: Bool
    ) {
        var settings = ServerSettings()
        settings.publicAddress = AccountsFixture.address
        settings.port = 5000
        #expect(OwnAddresses(settings).contains(address) == isOwn)
    }
}

extension AccountsFixture {
    fileprivate func logIn(
        proof: Accounts.Proof, after delay: Duration = .zero
    ) async throws -> LogIn {
        try await accounts.logIn("ada", proof: proof, from: "10.0.0.1", at: Self.start + delay)
    }
}
