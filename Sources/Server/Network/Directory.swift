package import Primitives
package import Roles
import Synchronization

/// Who belongs to the network, as far as this server has heard, and where they are.
package final class Directory: Sendable {
    private let token: JoinToken
    private let state = Mutex(State())
    private let changed: @Sendable (Contact) -> Void

    private struct State {
        var members: [PeerID: Contact] = [:]
        /// Those of a role in order of their ids, until one of them changes: a discovery tells every
        /// node of all backends with every heartbeat.
        var sorted: [MemberRole: [Contact]] = [:]

        mutating func learn(
            _ member: Contact, from teller: Teller
        ) -> (outcome: Outcome, isNews: Bool) {
            let old = members[member.id]
            if let old {
                // The first key keeps the id, and a key its role.
                guard old.publicKey == member.publicKey, old.role == member.role else {
                    return (.refused, false)
                }
                guard Self.isNewer(member, than: old, from: teller) else { return (.known, false) }
            } else if members.count >= Directory.limit {
                return (.refused, false)
            }
            members[member.id] = member
            sorted[member.role] = nil
            return (old == nil ? .new : .known, true)
        }

        /// What others say counts only where the member itself said it later than what is known. What it
        /// says itself counts, but for nothing where it only says less than before.
        private static func isNewer(
            _ member: Contact, than old: Contact, from teller: Teller
        ) -> Bool {
            if teller == .another, let known = old.record {
                return member.record.map { $0.sequence > known.sequence } ?? false
            }
            return member.record != nil || member.address != old.address
        }
    }

    /// Members that one server remembers; more are refused.
    package static let limit = 1 << 17

    /// `changed` hears of each member that is new or moved, on the thread that learnt of it.
    package init(token: JoinToken, changed: @escaping @Sendable (Contact) -> Void = { _ in }) {
        self.token = token
        self.changed = changed
    }

    /// What came of an introduction.
    package enum Outcome: Sendable {
        case known, new
        /// Its proof is not one of this network.
        case stranger
        /// Another key has the same id, or the directory is full.
        case refused
    }

    /// Who says where a member is.
    package enum Teller: Sendable {
        /// The member, in a request that it signed.
        case itself
        /// Somebody else, such as a discovery: only what the member signed is believed.
        case another
        /// This server's own notes.
        case own
    }

    /// Takes note of a member, once its proof has been checked.
    @discardableResult
    package func learn(_ member: Contact, from teller: Teller = .itself) -> Outcome {
        let old = self[member.id]
        if old == member { return .known }
        guard token.admits(member.publicKey, as: member.role, proof: member.proof) else {
            return .stranger
        }
        var member = member
        if teller != .own, member.record != nil, !member.isSigned { member.record = nil }
        guard teller != .another || member.record != nil else { return .refused }
        let (outcome, isNews) = state.withLock { $0.learn(member, from: teller) }
        if isNews { changed(member) }
        return outcome
    }

    package subscript(id: PeerID) -> Contact? { state.withLock { $0.members[id] } }

    /// All members of a role, in order of their ids.
    package func all(_ role: MemberRole) -> [Contact] {
        state.withLock { state in
            if let sorted = state.sorted[role] { return sorted }
            let found = state.members.filter { $0.value.role == role }
            let sorted = found.sorted { $0.key < $1.key }.map(\.value)
            state.sorted[role] = sorted
            return sorted
        }
    }
}
