package import Primitives
package import Storage

/// Keeps accounts and ended sessions durably. `BackendDatabase` says what each does.
package protocol AccountStore: Sendable {
    func add(_ account: StoredAccount) async throws(BackendDatabaseError) -> Bool
    func account(named name: String) async throws(BackendDatabaseError) -> StoredAccount?
    func standing(
        of token: TokenID, account: PeerID
    ) async throws(BackendDatabaseError) -> TokenStanding
    func replaceKey(
        of account: PeerID, present: [UInt8], new: [UInt8], keeping token: TokenID
    ) async throws(BackendDatabaseError) -> Bool
    func revoke(_ token: TokenID, expires: Instant) async throws(BackendDatabaseError)
    func forgetRevoked(before now: Instant) async throws(BackendDatabaseError)
}

extension BackendDatabase: AccountStore {}
