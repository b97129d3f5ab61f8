import Client
import Cryptography
import Files
import Primitives
import Storage
import Synchronization
import Testing
import Wire

@testable import Server

/// A server's accounts, with passwords that are quick to check.
final class AccountsFixture: Sendable {
    static let scrypt = try! ScryptParameters(cost: 16, blockSize: 8, parallelization: 1)
    static let start = Instant.origin + .days(20_000)
    static let password = "correct horse"
    static let address = "https://store.example"
    static let addresses: OwnAddresses = {
        var settings = ServerSettings()
        settings.publicAddress = address
        return OwnAddresses(settings)
    }()

    let store: any AccountStore
    let accounts: Accounts
    private let derivations: Counted

    final class Counted: Sendable {
        let parameters = Mutex<[ScryptParameters]>([])
    }

    static func settings() -> Accounts.Settings {
        var settings = Accounts.Settings()
        settings.keyRules = KeyRules(
            standard: scrypt, work: 128...1024, memoryBlocks: 128...512)
        return settings
    }

    init(
        store: any AccountStore = MemoryAccountStore(), secret: String = "a secret of the tests",
        settings: Accounts.Settings = settings()
    ) async throws {
        let derivations = Counted()
        self.store = store
        self.derivations = derivations
        accounts = try await Accounts(
            store: store, secret: ServerSecret(secret), addresses: Self.addresses,
            settings: settings
        ) { parameters in
            derivations.parameters.withLock { $0.append(parameters) }
        }
    }

    /// What scrypt ran with while `body` did.
    func derivations(_ body: () async throws -> Void) async rethrows -> [ScryptParameters] {
        derivations.parameters.withLock { $0 = [] }
        try await body()
        return derivations.parameters.withLock { $0 }
    }

    func register(_ user: String = "ada", password: String = password) async throws {
        _ = try await accounts.register(user, password: password, at: Self.start)
    }

    func logIn(
        _ user: String = "ada", password: String = password, from address: String = "10.0.0.1",
        after delay: Duration = .zero
    ) async throws -> LogIn {
        try await accounts.logIn(
            user, password: password, from: address, at: Self.start + delay)
    }

    /// Logs in as a client does that keeps the password to itself.
    func logInSealed(
        _ user: String = "ada", password: String = password
    ) async throws -> LogIn {
        try await accounts.logIn(
            user, proof: proof(user, password: password), from: "10.0.0.1", at: Self.start)
    }

    func parameters(_ user: String, after delay: Duration = .zero) async throws
        -> LogInParametersForm
    {
        try await accounts.logInParameters(user, at: Self.start + delay)
    }

    /// What a client sends that dialled an address.
    func proof(
        _ user: String = "ada", password: String = password, at address: String = address,
        for purpose: LogInStatement.Purpose = .session, after delay: Duration = .zero
    ) async throws -> Accounts.Proof {
        try await .signed(
            parameters(user, after: delay).prove(
                #require(Password(password)), user: user, at: #require(BackendAddress(address)),
                for: purpose))
    }

    func authenticate(_ token: String, after delay: Duration = .zero) async throws -> Session {
        try await accounts.authenticate(token, at: Self.start + delay)
    }
}

extension PasswordProtectedKey {
    /// A key as a client makes one.
    static func made(
        of masterKey: MasterKey, password: String = AccountsFixture.password,
        saltCount: Int = KeyRules.saltCount, cost: UInt64 = 16, parallelization: UInt32 = 1
    ) throws -> [UInt8] {
        try PasswordProtectedKey(
            protecting: masterKey, password: #require(Password(password)).bytes,
            salt: [UInt8](repeating: 7, count: saltCount),
            parameters: ScryptParameters(
                cost: cost, blockSize: 8, parallelization: parallelization)
        ).encoded
    }
}

extension MasterKey {
    static func test(_ byte: UInt8 = 1) throws -> MasterKey {
        try MasterKey(SecretKey(copying: [UInt8](repeating: byte, count: MasterKey.count)))
    }
}

extension Accounts {
    /// How many keys are in memory.
    var openSessionCount: Int { state.withLock { $0.open.count } }
}
