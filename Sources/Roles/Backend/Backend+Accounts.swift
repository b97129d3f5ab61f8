import Cryptography
import Ledger
import Primitives

/// Accounts, which the server keeps, as the ledger has them: sealed, to come back with it.
extension Backend {
    /// What is kept of one account at most, bytes.
    static let accountLimit = 4096

    mutating func keepAccount(
        _ request: KeepAccountRequest, from user: PeerID, call: CallID, at now: Instant,
        effects: inout Effects
    ) -> KeepAccountOutcome? {
        guard request.sealed.count <= Self.accountLimit else { return .implausible }
        let record = AccountRecord(account: request.account, sealed: request.sealed)
        if accounts[request.account] != SHA256.hash(request.sealed) {
            remember(record)
            journal.add(.account(record))
        }
        journal.whenDurable(.answer(.file(.keepAccount(.kept)), to: user, call: call))
        writeBlock(at: now, effects: &effects)
        return nil
    }

    mutating func remember(_ record: AccountRecord) {
        accounts[record.account] = SHA256.hash(record.sealed)
    }
}
