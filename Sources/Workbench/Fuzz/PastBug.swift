import Primitives
import Roles
package import Simulation

/// A bug that the store once had, or might have had, planted again to see that a search finds it.
package enum PastBug: String, CaseIterable, Sendable {
    /// Nodes take what they cannot read now for damaged, and delete it.
    case unreadableIsDamaged = "unreadable-is-damaged"
    /// Backends start with an empty ledger whatever their disk holds, and nodes keep.
    case ledgerForgotten = "ledger-forgotten"
    /// Backends take nodes for alive of which a discovery says that they are dead.
    case deadStayAlive = "dead-stay-alive"
    /// Nodes delete whatever they hold, however old the request and new the replica.
    case deletionUnfenced = "deletion-unfenced"
    /// Backends look for a target again at once where they found none.
    case repairSpins = "repair-spins"
    /// Nodes say that they copied whatever came of a copy.
    case copyUnproven = "copy-unproven"

    /// Plants the bug in a world that has not begun.
    package func plant(in world: inout World) {
        switch self {
        case .unreadableIsDamaged:
            world.plant(inInputs: { input in
                guard case .disk(.read(let token, .unavailable)) = input else { return }
                input = .disk(.read(token: token, .damaged))
            })
        case .ledgerForgotten:
            world.plant(inInputs: { input in
                switch input {
                case .disk(.recoveredLog): input = .disk(.recoveredLog([]))
                case .answer(let from, let call, .node(.fetchBlock(.known))):
                    let nothing = KnownLedger(count: 0)
                    input = .answer(from: from, call: call, .node(.fetchBlock(.known(nothing))))
                default: break
                }
            })
        case .deadStayAlive:
            world.plant(inInputs: { input in
                guard case .answer(let from, let call, .discovery(.peers(var answer))) = input
                else { return }
                for index in answer.reports.indices { answer.reports[index].status = .alive }
                input = .answer(from: from, call: call, .discovery(.peers(answer)))
            })
        case .deletionUnfenced:
            world.plant(inInputs: { input in
                guard case .request(let from, let call, .node(.delete(var request))) = input
                else { return }
                request.stamp = Self.never
                request.expires = Self.never
                input = .request(from: from, call: call, .node(.delete(request)))
            })
        case .repairSpins:
            world.plant(inEffects: { _, effects in
                guard effects.marks.contains(.repairWithoutTarget) else { return }
                effects.schedule(Timer(.maintenance), after: .milliseconds(1))
            })
        case .copyUnproven:
            world.plant(inEffects: { _, effects in
                for index in effects.sends.indices {
                    guard case .answer(.node(.copy(var answer))) = effects.sends[index].message
                    else { continue }
                    answer.outcome = .copied
                    effects.sends[index].message = .answer(.node(.copy(answer)))
                }
            })
        }
    }

    /// Later than any world lasts.
    private static let never = Instant.origin + ProtocolSettings.longest
}
