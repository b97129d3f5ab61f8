import Client
package import Cryptography
import Files
package import Primitives
import Storage
import Synchronization
package import Wire

/// Logging in, and changing what one logs in with.
extension Accounts {
    /// What a client needs to sign a log-in. For a user who does not exist salt and parameters are made
    /// up, and the same each time.
    package func logInParameters(
        _ user: String, at now: Instant
    ) async throws(AccountError) -> LogInParametersForm {
        let (_, key) = try await credentials(of: AccountName(user))
        return LogInParametersForm(
            salt: Hex(key.salt), cost: key.parameters.cost, blockSize: key.parameters.blockSize,
            parallelization: key.parameters.parallelization,
            challenge: Hex(state.withLock { $0.challenges.make(at: now) }))
    }

    /// Opens a session in which the server holds the user's master key. Throws `badName`,
    /// `wrongCredentials`, `tooManyAttempts`, `tooBusy`, `damagedAccount` or `storage`.
    package func logIn(
        _ user: String, password: String, from address: String, at now: Instant
    ) async throws(AccountError) -> LogIn {
        let name = try AccountName(user)
        // Nobody can have such a password, and everybody can know that.
        guard let password = Password(password) else { throw .wrongCredentials }
        return try await attempt(name, from: address, at: now) { () throws(AccountError) in
            let (account, key) = try await self.credentials(of: name)
            let masterKey = try await self.workers.run(for: .logIn) { () throws(AccountError) in
                try self.unlock(key, password)
            }
            guard let account else { throw .wrongCredentials }
            return try await self.begin(.open(masterKey), for: account, at: now)
        }
    }

    /// Opens a session in which the server handles sealed data only, and returns the user's encoded
    /// key too. Throws `otherAddress`, `staleChallenge`, `formerAccount`, and as logging in with a
    /// password does.
    package func logIn(
        _ user: String, proof: Proof, from address: String, at now: Instant
    ) async throws(AccountError) -> LogIn {
        let name = try AccountName(user)
        return try await attempt(name, from: address, at: now) { () throws(AccountError) in
            let (account, key) = try await self.credentials(of: name)
            try self.check(proof, of: user, for: .session, by: key, at: now)
            guard let account else { throw .wrongCredentials }
            return try await self.begin(.sealed, for: account, at: now)
        }
    }

    /// Puts an open session's master key behind a new password, and ends the user's other sessions.
    /// Throws `sealedSession`, `badPassword` for the new one, and as logging in does.
    package func changePassword(
        _ session: Session, from present: String, to new: String, address: String, at now: Instant
    ) async throws(AccountError) {
        _ = try session.masterKey()
        guard let new = Password(new) else { throw .badPassword }
        guard let present = Password(present) else { throw .wrongCredentials }
        let name = try AccountName(session.name)
        try await attempt(name, from: address, at: now) { () throws(AccountError) in
            let account = try await self.account(of: session)
            let key = try Self.decode(account)
            let changed = try await self.workers.run(for: .logIn) { () throws(AccountError) in
                try self.protect(self.unlock(key, present), new)
            }
            try await self.replaceKey(of: account, with: changed.encoded, keeping: session)
        }
    }

    /// Replaces a sealed session's key by one that the client made, and ends the user's other
    /// sessions. Throws `openSession`, `badKey`, and as logging in does. Whether the new key holds
    /// the same master key, the server cannot know.
    package func changeKey(
        _ session: Session, proof: Proof, to key: [UInt8], address: String, at now: Instant
    ) async throws(AccountError) {
        guard !session.isOpen else { throw .openSession }
        let new = try settings.keyRules.decode(key)
        let name = try AccountName(session.name)
        try await attempt(name, from: address, at: now) { () throws(AccountError) in
            let account = try await self.account(of: session)
            try self.check(
                proof, of: session.name, for: .newKey(SHA256.hash(key)), by: Self.decode(account),
                at: now)
            try await self.replaceKey(of: account, with: new.encoded, keeping: session)
        }
    }
}

extension Accounts {
    /// How who keeps the password to themselves shows that they know it.
    package enum Proof: Sendable {
        case signed(LogInProofForm)
        /// `PasswordProtectedKey.formerProof`: takes no other account than one that was made with it.
        case former(SecretKey)
    }

    private func check(
        _ proof: Proof, of user: String, for purpose: LogInStatement.Purpose,
        by key: PasswordProtectedKey, at now: Instant
    ) throws(AccountError) {
        switch proof {
        case .former(let proof):
            guard key.accepts(formerProof: proof) else { throw .wrongCredentials }
        case .signed(let form):
            guard addresses.contains(form.address) else {
                throw .otherAddress(own: addresses.told)
            }
            let challenge = form.challenge.bytes
            guard state.withLock({ $0.challenges.isOpen(challenge, at: now) }) else {
                throw .staleChallenge
            }
            if case .formerProof = key.verifier { throw .formerAccount }
            let statement = LogInStatement(
                user: user, address: form.address, challenge: challenge, purpose: purpose)
            guard let signature = Signature(bytes: form.signature.bytes),
                key.accepts(signature, of: statement)
            else { throw .wrongCredentials }
            guard state.withLock({ $0.challenges.close(challenge, at: now) }) else {
                throw .staleChallenge
            }
        }
    }

    /// Counts an attempt against the limits, and does it.
    private func attempt<Value>(
        _ name: AccountName, from address: String, at now: Instant,
        _ body: () async throws(AccountError) -> Value
    ) async throws(AccountError) -> Value {
        let attempt = try state.withLock { (state) throws(AccountError) in
            try state.limiter.admit(name: name, address: address, at: now)
        }
        do throws(AccountError) {
            let value = try await body()
            state.withLock { $0.limiter.succeeded(attempt) }
            return value
        } catch {
            if error != .wrongCredentials { state.withLock { $0.limiter.withdraw(attempt) } }
            throw error
        }
    }

    /// An account and its key, or nil and a key that nothing opens, so that what follows costs the
    /// same.
    private func credentials(
        of name: AccountName
    ) async throws(AccountError) -> (StoredAccount?, PasswordProtectedKey) {
        let decoy = secret.decoy(for: name, rules: settings.keyRules)
        guard let account = try await account(name) else { return (nil, decoy) }
        return (account, try Self.decode(account))
    }

    private static func decode(
        _ account: StoredAccount
    ) throws(AccountError) -> PasswordProtectedKey {
        try translating(
            try PasswordProtectedKey(decoding: account.key), to: AccountError.damagedAccount)
    }

    /// A session's account as it is now.
    private func account(of session: Session) async throws(AccountError) -> StoredAccount {
        let standing = try await AccountError.translating(
            try await store.standing(of: session.token, account: session.user))
        guard let account = standing.account, !standing.isRevoked else { throw .sessionEnded }
        return account
    }

    private func replaceKey(
        of account: StoredAccount, with new: [UInt8], keeping session: Session
    ) async throws(AccountError) {
        let isReplaced = try await AccountError.translating(
            try await store.replaceKey(
                of: account.id, present: account.key, new: new, keeping: session.token))
        // Somebody else changed it meanwhile, so that what was proven no longer holds.
        guard isReplaced else { throw .wrongCredentials }
        state.withLock { state in
            state.known = state.known.filter { $0.value.content.account != account.id }
            state.open = state.open.filter {
                $0.value.account != account.id || $0.key == session.token
            }
        }
    }
}
