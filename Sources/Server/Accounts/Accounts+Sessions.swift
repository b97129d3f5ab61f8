import Files
import Platform
package import Primitives
import Storage
import Synchronization

/// Sessions, from log-in to log-out.
extension Accounts {
    /// The session that a token stands for. Throws `invalidToken`, `sessionExpired`, `sessionEnded`,
    /// `sessionLocked` or `storage`.
    package func authenticate(
        _ token: String, at now: Instant
    ) async throws(AccountError) -> Session {
        if let known = state.withLock({ $0.known[token] }), known.until > now {
            return try session(known.content, name: known.name)
        }
        let content = try await tokens.read(token, at: now)
        let standing = try await AccountError.translating(
            try await store.standing(of: content.token, account: content.account))
        guard !standing.isRevoked, let account = standing.account,
            account.generation == content.generation || account.keptToken == content.token
        else {
            forget(content.token)
            throw .sessionEnded
        }
        remember(token, content, name: account.name, at: now)
        return try session(content, name: account.name)
    }

    private func session(
        _ content: SessionTokens.Content, name: String
    ) throws(AccountError) -> Session {
        Session(
            user: content.account, name: name, kind: try kind(of: content), token: content.token,
            expires: content.expires)
    }

    /// Tokens that are remembered; when there are more, all are looked at anew.
    private static let knownLimit = 4096
    private static let knownFor = Duration.minutes(1)

    private func remember(
        _ token: String, _ content: SessionTokens.Content, name: String, at now: Instant
    ) {
        state.withLock { state in
            if state.known.count >= Self.knownLimit { state.known = [:] }
            state.known[token] = KnownToken(
                content: content, name: name, until: min(now + Self.knownFor, content.expires))
        }
    }

    /// Ends a session: its key is forgotten at once, and its token is refused from now on, by a
    /// server that was restarted too. Throws `storage` where the latter is not sure.
    package func logOut(_ session: Session) async throws(AccountError) {
        forget(session.token)
        try await AccountError.translating(
            try await store.revoke(session.token, expires: session.expires))
    }

    func begin(
        _ kind: Session.Kind, for account: StoredAccount, at now: Instant
    ) async throws(AccountError) -> LogIn {
        let session = Session(
            user: account.id, name: account.name, kind: kind,
            token: TokenID(high: SystemRandom.word(), low: SystemRandom.word()),
            expires: (now + settings.sessionLifetime).inWholeSeconds)
        let token = try await tokens.sign(
            SessionTokens.Content(
                account: account.id, token: session.token, kind: session.isOpen ? .open : .sealed,
                generation: account.generation, issued: now.inWholeSeconds,
                expires: session.expires))
        if case .open(let key) = kind { hold(key, session) }
        return LogIn(token: token, session: session, key: session.isOpen ? nil : account.key)
    }

    private func kind(of content: SessionTokens.Content) throws(AccountError) -> Session.Kind {
        switch content.kind {
        case .sealed: return .sealed
        case .open:
            let open = state.withLock { $0.open[content.token] }
            guard let open, open.account == content.account else { throw .sessionLocked }
            return .open(open.masterKey)
        }
    }

    private func hold(_ key: MasterKey, _ session: Session) {
        state.withLock { state in
            let own = state.open.filter { $0.value.account == session.user }
            if own.count >= settings.maximumOpenSessions,
                let first = own.min(by: {
                    ($0.value.expires, $0.key.text) < ($1.value.expires, $1.key.text)
                })
            {
                state.open[first.key] = nil
            }
            state.open[session.token] = OpenSession(
                account: session.user, masterKey: key, expires: session.expires)
        }
    }

    private func forget(_ token: TokenID) {
        state.withLock { state in
            state.open[token] = nil
            state.known = state.known.filter { $0.value.content.token != token }
        }
    }
}

extension Instant {
    /// Rounded down, as tokens have it.
    fileprivate var inWholeSeconds: Instant {
        Instant(nanoseconds: nanoseconds / 1_000_000_000 * 1_000_000_000)
    }
}
