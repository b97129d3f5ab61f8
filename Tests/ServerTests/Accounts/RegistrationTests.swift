import Client
import Cryptography
import Files
import Primitives
import Storage
import Testing

@testable import Server

@Suite struct RegistrationTests {
    @Test func `A registered user logs in, and has one random key`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register("Ada")
        try await fixture.register("bob")
        let first = try await fixture.logIn("ADA")
        #expect(first.session.name == "Ada")
        let again = try await fixture.logIn("ada").session.masterKey()
        #expect(try first.session.masterKey() == again)
        #expect(try await fixture.logIn("bob").session.masterKey() != again)
    }

    @Test func `A name is taken whatever its case`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register("Ada")
        await #expect(throws: AccountError.nameTaken) { try await fixture.register("aDA") }
        let key = try PasswordProtectedKey.made(of: .test())
        await #expect(throws: AccountError.nameTaken) {
            try await fixture.accounts.register("ADA", key: key, at: .origin)
        }
    }

    @Test func `Of many who want one name at once, one gets it`() async throws {
        let fixture = try await AccountsFixture()
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await fixture.register("ada")) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test(arguments: ["a", "A.b_c-9", String(repeating: "x", count: 64)])
    func `Plain names are names`(name: String) throws {
        #expect(try AccountName(name).text == name)
    }

    @Test(arguments: ["", "a b", "ä", "a/b", "a\n", "a\0", String(repeating: "x", count: 65)])
    func `Other names are refused`(name: String) {
        #expect(throws: AccountError.badName) { try AccountName(name) }
    }

    @Test func `A password has 8 to 1024 bytes`() async throws {
        let fixture = try await AccountsFixture()
        #expect(Password("12345678")?.bytes.count == 8)
        #expect(Password(String(repeating: "x", count: 1024))?.bytes.count == 1024)
        for count in [0, 7, 1025, 1 << 20] {
            await #expect(throws: AccountError.badPassword) {
                try await fixture.register(password: String(repeating: "x", count: count))
            }
        }
    }

    @Test func `A password is the same however its accents are typed`() async throws {
        let fixture = try await AccountsFixture()
        try await fixture.register(password: "caf\u{E9} noir")
        _ = try await fixture.logIn(password: "cafe\u{301} noir")
        #expect(Password("e\u{301}1234567")?.bytes == Array("\u{E9}1234567".utf8))
    }

    @Test func `A key made by the client is kept as it is`() async throws {
        let fixture = try await AccountsFixture()
        let key = try PasswordProtectedKey.made(of: .test(3))
        _ = try await fixture.accounts.register("ada", key: key, at: AccountsFixture.start)
        #expect(try await fixture.logInSealed().key == key)
        #expect(try await fixture.logIn().session.masterKey() == .test(3))
    }

    @Test(arguments: [
        (cost: UInt64(8), parallelization: UInt32(1), AccountError.KeyProblem.tooWeak),
        (64, 16, .tooCostly), (128, 1, .tooCostly),
    ])
    func `A key must be neither too weak nor too costly to try`(
        cost: UInt64, parallelization: UInt32, problem: AccountError.KeyProblem
    ) async throws {
        let fixture = try await AccountsFixture()
        let key = try PasswordProtectedKey.made(
            of: .test(), cost: cost, parallelization: parallelization)
        await #expect(throws: AccountError.badKey(problem)) {
            try await fixture.accounts.register("ada", key: key, at: .origin)
        }
    }

    @Test func `A key needs the salt that all have, and the right form`() async throws {
        let fixture = try await AccountsFixture()
        let key = try PasswordProtectedKey.made(of: .test(), saltCount: 32)
        await #expect(throws: AccountError.badKey(.saltLength(32))) {
            try await fixture.accounts.register("ada", key: key, at: .origin)
        }
        await #expect {
            try await fixture.accounts.register("ada", key: [1, 2, 3], at: .origin)
        } throws: { ($0 as? AccountError)?.answer.code == "bad-key" }
    }

    @Test func `The standard rules take what OWASP advises, and nothing much weaker`() throws {
        func problem(_ cost: UInt64, _ parallelization: UInt32) throws -> String? {
            let key = try PasswordProtectedKey(
                parameters: ScryptParameters(
                    cost: cost, blockSize: 8, parallelization: parallelization),
                salt: [UInt8](repeating: 0, count: 16), verifier: .formerProof(.zero),
                wrapped: [UInt8](repeating: 0, count: PasswordProtectedKey.wrappedCount))
            do throws(AccountError) {
                _ = try KeyRules.standard.decode(key.encoded)
                return nil
            } catch {
                return "\(error)"
            }
        }
        for (cost, parallelization) in [(17, 1), (16, 2), (15, 3), (14, 5), (13, 10)] {
            #expect(try problem(1 << UInt64(cost), UInt32(parallelization)) == nil)
        }
        #expect(try problem(1 << 14, 1)?.contains("too weak") == true)
        #expect(try problem(1 << 12, 16)?.contains("too weak") == true)
        #expect(try problem(1 << 17, 5)?.contains("too costly") == true)
    }

    @Test func `A database that fails is reported as such`() async throws {
        let store = MemoryAccountStore()
        let fixture = try await AccountsFixture(store: store)
        store.fail(with: .full(path: "users.db"))
        await #expect(throws: AccountError.storage(.full(path: "users.db"))) {
            try await fixture.register()
        }
    }
}
