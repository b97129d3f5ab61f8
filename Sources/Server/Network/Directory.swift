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

    /// Takes note of a member, once its proof has been checked.
    @discardableResult
    package func learn(_ member: Contact) -> Outcome {
        let old = self[member.id]
        if old == member { return .known }
        guard token.admits(member.publicKey, as: member.role, proof: member.proof) else {
            return .stranger
        }
        let outcome = state.withLock { state -> Outcome in
            if let old = state.members[member.id] {
                // The first key keeps the id, and a key its role.
                guard old.publicKey == member.publicKey, old.role == member.role else {
                    return .refused
                }
            } else if state.members.count >= Self.limit {
                return .refused
            }
            state.members[member.id] = member
            state.sorted[member.role] = nil
            return old == nil ? .new : .known
        }
        switch outcome {
        case .new, .known: changed(member)
        case .stranger, .refused: break
        }
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
