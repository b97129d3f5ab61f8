import Primitives
import Server
import Synchronization

@testable import Storage

/// Accounts in memory, whose every call fails while a test says so.
final class MemoryAccountStore: AccountStore {
    private struct State {
        var accounts: [String: StoredAccount] = [:]
        var revoked: [TokenID: Instant] = [:]
        var failure: BackendDatabaseError?
    }

    private let state = Mutex(State())

    func fail(with error: BackendDatabaseError?) { state.withLock { $0.failure = error } }

    var revokedCount: Int { state.withLock { $0.revoked.count } }

    func overwriteKey(of name: String, with key: [UInt8]) {
        state.withLock { $0.accounts[name]?.key = key }
    }

    private func use<Value: Sendable>(
        _ body: (inout State) -> Value
    ) throws(BackendDatabaseError) -> Value {
        let result: Result<Value, BackendDatabaseError> = state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            return .success(body(&state))
        }
        return try result.get()
    }

    func add(_ account: StoredAccount) async throws(BackendDatabaseError) -> Bool {
        try use { state in
            guard state.accounts[account.name.lowercased()] == nil else { return false }
            state.accounts[account.name.lowercased()] = account
            return true
        }
    }

    func account(named name: String) async throws(BackendDatabaseError) -> StoredAccount? {
        try use { $0.accounts[name.lowercased()] }
    }

    func standing(
        of token: TokenID, account: PeerID
    ) async throws(BackendDatabaseError) -> TokenStanding {
        try use { state in
            TokenStanding(
                account: state.accounts.values.first { $0.id == account },
                isRevoked: state.revoked[token] != nil)
        }
    }

    func replaceKey(
        of account: PeerID, present: [UInt8], new: [UInt8], keeping token: TokenID
    ) async throws(BackendDatabaseError) -> Bool {
        try use { state in
            guard
                let name = state.accounts.first(where: {
                    $0.value.id == account && $0.value.key == present
                })?.key
            else { return false }
            state.accounts[name]?.key = new
            state.accounts[name]?.generation += 1
            state.accounts[name]?.keptToken = token
            return true
        }
    }

    func forgetAccounts() { state.withLock { $0.accounts = [:] } }

    func revoke(_ token: TokenID, expires: Instant) async throws(BackendDatabaseError) {
        try use { $0.revoked[token] = expires }
    }

    func forgetRevoked(before now: Instant) async throws(BackendDatabaseError) {
        try use { state in state.revoked = state.revoked.filter { $0.value > now } }
    }
}
