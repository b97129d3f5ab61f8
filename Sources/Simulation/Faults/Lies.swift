/// How a storage node, a discovery or a user deviates, through the same messages as everybody.
package enum Lie: String, Equatable, Sendable, CaseIterable {
    /// It acknowledges chunks and keeps no bytes; asked for them it says that it cannot read them now.
    case drop
    /// It answers with other bytes than it was given, and proves to have those.
    case alter
    /// Of those that lie so, only the first that holds a chunk keeps it; the others answer from there.
    case share
    /// It says of every node that it was to copy from that this lacks the chunk.
    case accuse
    /// It says that it copied what it was to copy, and did not.
    case pretend
    /// It claims more free space than there is.
    case boast
    /// It does not answer when it is challenged.
    case evade
    /// It answers challenges when nobody waits any more.
    case delay
    /// It denies every second chunk when its inventory is compared, and tells wrong hashes.
    case deny
    /// It claims chunks that nobody gave it, in a tree that is deep, and takes its time for each answer.
    case fabricate
    /// It gives the largest and the smallest numbers that a message can carry.
    case extreme
    /// It claims to stand in a failure domain of its own.
    case relocate
    /// It says again what it said before: requests later, answers to other questions of the kind.
    case replay
    /// A discovery that tells of every second node only.
    case omit
    /// A discovery that says of every node that it lives.
    case revive
    /// A discovery that says of every node that it is dead.
    case bury
    /// A discovery that says that nothing has changed.
    case freeze
    /// A discovery that tells of nodes that there are not, with room without end.
    case invent
    /// A discovery that tells one asker that those are dead who it tells another live.
    case conflict
    /// A user who asks for the largest and oddest, again and again, besides what it is about.
    case odd

    /// Who can tell it.
    package enum Teller: Sendable { case nodes, discoveries, users }

    package var teller: Teller {
        switch self {
        case .omit, .revive, .bury, .freeze, .invent, .conflict: .discoveries
        case .odd: .users
        case .drop, .alter, .share, .accuse, .pretend, .boast, .evade, .delay, .deny, .fabricate,
            .extreme, .relocate, .replay:
            .nodes
        }
    }

    /// Nothing on its disk can be counted on.
    var keepsNothing: Bool {
        switch self {
        case .drop, .alter, .share, .extreme: true
        case .accuse, .pretend, .boast, .evade, .delay, .deny, .fabricate, .relocate, .replay: false
        case .omit, .revive, .bury, .freeze, .invent, .conflict, .odd: false
        }
    }

    /// Replicas go by it, or only reading them shows that they are gone.
    var hidesDamage: Bool {
        switch self {
        case .drop, .alter, .share, .extreme, .accuse, .pretend, .deny, .replay, .revive, .freeze,
            .conflict:
            true
        case .boast, .evade, .delay, .fabricate, .relocate, .omit, .bury, .invent, .odd: false
        }
    }
}
