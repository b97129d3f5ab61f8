package import Primitives
package import Roles
import Synchronization

/// Who belongs to the network, as far as this server has heard, and where they are.
package final class Directory: Sendable {
    private let token: JoinToken
    private let members = Mutex<[PeerID: Contact]>([:])
    private let changed: @Sendable (Contact) -> Void

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

    /// Takes note of a member, once its proof has been checked.
    @discardableResult
    package func learn(_ member: Contact) -> Outcome {
        let old = self[member.id]
        if old == member { return .known }
        guard token.admits(member.publicKey, as: member.role, proof: member.proof) else {
            return .stranger
        }
        let outcome = members.withLock { members -> Outcome in
            if let old = members[member.id] {
                // The first key keeps the id, and a key its role.
                guard old.publicKey == member.publicKey, old.role == member.role else {
                    return .refused
                }
            } else if members.count >= Self.limit {
                return .refused
            }
            members[member.id] = member
            return old == nil ? .new : .known
        }
        switch outcome {
        case .new, .known: changed(member)
        case .stranger, .refused: break
        }
        return outcome
    }

    package subscript(id: PeerID) -> Contact? { members.withLock { $0[id] } }

    /// All members of a role, in order of their ids.
    package func all(_ role: MemberRole) -> [Contact] {
        members.withLock { members in
            members.values.filter { $0.role == role }.sorted { $0.id < $1.id }
        }
    }
}
