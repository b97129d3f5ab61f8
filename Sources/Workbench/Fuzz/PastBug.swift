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
        world.plant(inInputs: { change(&$0) })
        world.plant(inEffects: { change(&$1) })
    }

    private func change(_ input: inout Input) {
        switch (self, input) {
        case (.unreadableIsDamaged, .disk(.read(let token, .unavailable))):
            input = .disk(.read(token: token, .damaged))
        case (.ledgerForgotten, .disk(.recoveredLog)): input = .disk(.recoveredLog([]))
        case (.ledgerForgotten, .answer(let from, let call, .node(.fetchBlock(.known)))):
            let nothing = KnownLedger(count: 0)
            input = .answer(from: from, call: call, .node(.fetchBlock(.known(nothing))))
        case (.deadStayAlive, .answer(let from, let call, .discovery(.peers(var answer)))):
            for index in answer.reports.indices { answer.reports[index].status = .alive }
            input = .answer(from: from, call: call, .discovery(.peers(answer)))
        case (.deletionUnfenced, .request(let from, let call, .node(.delete(var request)))):
            request.stamp = Self.never
            request.expires = Self.never
            input = .request(from: from, call: call, .node(.delete(request)))
        default: break
        }
    }

    private func change(_ effects: inout Effects) {
        switch self {
        case .repairSpins:
            guard effects.marks.contains(.repairWithoutTarget) else { return }
            effects.schedule(Timer(.maintenance), after: .milliseconds(1))
        case .copyUnproven:
            for index in effects.sends.indices {
                guard case .answer(.node(.copy(var answer))) = effects.sends[index].message else {
                    continue
                }
                answer.outcome = .copied
                effects.sends[index].message = .answer(.node(.copy(answer)))
            }
        case .unreadableIsDamaged, .ledgerForgotten, .deadStayAlive, .deletionUnfenced: break
        }
    }

    /// Later than any world lasts.
    private static let never = Instant.origin + ProtocolSettings.longest
}
