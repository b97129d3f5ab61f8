import Client
package import Cryptography
import Files
import Platform
package import Primitives
import Storage
import Synchronization

/// The users of a backend, and their sessions.
///
/// Passwords are checked on threads of their own, a few at a time. A log-in costs the same work and
/// gets the same answer whether the name or the password is wrong. Times are passed in.
package final class Accounts: Sendable {
    package struct Settings: Sendable {
        package var sessionLifetime = Duration.hours(12)
        package var keyRules = KeyRules.standard
        package var limits = AttemptLimiter.Limits()
        /// How many passwords are checked at once; each takes 128 MiB by default.
        package var maximumDerivations = 2
        /// How many more wait for their turn, of log-ins and of registrations.
        package var maximumWaiting = 32
        /// How many keys are held for one user; the session that expires first gives way.
        package var maximumOpenSessions = 64

        package init() {}
    }

    struct OpenSession {
        var account: PeerID
        var masterKey: MasterKey
        var expires: Instant
    }

    /// A token that was read and found good.
    struct KnownToken {
        var content: SessionTokens.Content
        var name: String
        /// When it is to be looked at anew.
        var until: Instant
    }

    struct State {
        var open: [TokenID: OpenSession] = [:]
        /// Spares reading and looking up the token of every request. Whatever ends a session in this
        /// process takes its token from here, and no other process writes to the database.
        var known: [String: KnownToken] = [:]
        var limiter: AttemptLimiter
        var challenges = LogInChallenges()
    }

    let store: any AccountStore
    let secret: ServerSecret
    let tokens: SessionTokens
    /// For whom a signed log-in may be meant.
    let addresses: OwnAddresses
    let settings: Settings
    let workers: PasswordWorkers
    /// Told whenever scrypt runs.
    let deriving: @Sendable (ScryptParameters) -> Void
    let state: Mutex<State>

    package init(
        store: any AccountStore, secret: ServerSecret, addresses: OwnAddresses,
        settings: Settings = Settings(),
        deriving: @escaping @Sendable (ScryptParameters) -> Void = { _ in }
    ) async {
        self.store = store
        self.secret = secret
        self.addresses = addresses
        self.settings = settings
        self.deriving = deriving
        tokens = await SessionTokens(secret)
        workers = PasswordWorkers(
            maximumRunning: settings.maximumDerivations, maximumWaiting: settings.maximumWaiting)
        state = Mutex(State(limiter: AttemptLimiter(settings.limits)))
    }

    // MARK: Registering

    /// Makes an account and a random master key behind the password. Throws `badName`,
    /// `badPassword`, `nameTaken`, `tooBusy` or `storage`.
    package func register(
        _ user: String, password: String, at now: Instant
    ) async throws(AccountError) -> PeerID {
        let name = try AccountName(user)
        guard let password = Password(password) else { throw .badPassword }
        // Known before the work is done, and no secret: the answer would be the same after it.
        guard try await account(name) == nil else { throw .nameTaken }
        let key = try await workers.run(for: .registration) { () throws(AccountError) in
            guard let masterKey = try? MasterKey(SystemRandom.key()) else {
                preconditionFailure("a key has 256 bits")
            }
            return try self.protect(masterKey, password)
        }
        return try await add(name, key: key.encoded, at: now)
    }

    /// Makes an account with a key that the client made, as `PasswordProtectedKey.encoded` has it.
    /// Throws `badName`, `badKey`, `nameTaken` or `storage`.
    package func register(
        _ user: String, key: [UInt8], at now: Instant
    ) async throws(AccountError) -> PeerID {
        let name = try AccountName(user)
        return try await add(name, key: settings.keyRules.decode(key).encoded, at: now)
    }

    private func add(
        _ name: AccountName, key: [UInt8], at now: Instant
    ) async throws(AccountError) -> PeerID {
        let account = StoredAccount(
            id: PeerID(SystemRandom.word()), name: name.text, key: key, created: now)
        guard try await AccountError.translating(try await store.add(account)) else {
            throw .nameTaken
        }
        return account.id
    }

    // MARK: Ending

    /// Forgets what has expired. To be called every few minutes.
    package func sweep(at now: Instant) async throws(AccountError) {
        state.withLock { state in
            state.open = state.open.filter { $0.value.expires > now }
            state.known = state.known.filter { $0.value.until > now }
            state.limiter.sweep(at: now)
            state.challenges.sweep(at: now)
        }
        try await AccountError.translating(try await store.forgetRevoked(before: now))
    }
}

extension Accounts {
    func account(_ name: AccountName) async throws(AccountError) -> StoredAccount? {
        try await AccountError.translating(try await store.account(named: name.text))
    }

    /// Puts a master key behind a password. Only within `workers`.
    func protect(
        _ masterKey: MasterKey, _ password: Password
    ) throws(AccountError) -> PasswordProtectedKey {
        deriving(settings.keyRules.standard)
        do {
            return try PasswordProtectedKey(
                protecting: masterKey, password: password.bytes,
                salt: SystemRandom.bytes(KeyRules.saltCount), parameters: settings.keyRules.standard
            )
        } catch {
            // Nothing else is left to go wrong but memory.
            throw .tooBusy
        }
    }

    /// Takes a master key from behind a password. Only within `workers`.
    func unlock(
        _ key: PasswordProtectedKey, _ password: Password
    ) throws(AccountError) -> MasterKey {
        deriving(key.parameters)
        do throws(FilesError) {
            return try key.unlock(password: password.bytes)
        } catch {
            switch error {
            case .wrongPassword: throw .wrongCredentials
            case .cryptography: throw .tooBusy
            default: throw .damagedAccount
            }
        }
    }
}
