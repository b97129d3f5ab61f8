package import Primitives

/// What a backend knows of a user's account, sealed, to be kept in its ledger. Asked by the server that the
/// backend is part of alone.
package struct KeepAccountRequest: Sendable, Equatable {
    package var account: Hash256
    /// Empty once the account is removed.
    package var sealed: [UInt8]

    package init(account: Hash256, sealed: [UInt8]) {
        self.account = account
        self.sealed = sealed
    }
}

/// What came of an account that was to be kept.
package enum KeepAccountOutcome: UInt8, Sendable {
    /// It is in a durable block of the ledger.
    case kept
    /// It is too long.
    case implausible
}

extension KeepAccountRequest: MessageContent {
    package static let kind = MessageKind("keep account")
    package var bodyByteCount: Int { 48 + sealed.count }
    package var words: (UInt64, UInt64) { (account.prefix, UInt64(sealed.count)) }
}

extension KeepAccountOutcome: MessageContent {
    package static let kind = MessageKind("keep account answer")
    package var bodyByteCount: Int { 24 }
    package var words: (UInt64, UInt64) { (UInt64(rawValue), 0) }
}
