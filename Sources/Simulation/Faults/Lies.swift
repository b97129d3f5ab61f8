import Cryptography
import Merkle
import Observation
import Primitives
import Roles

/// How a storage node or a discovery deviates, through the same messages as everybody.
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
    /// A discovery that tells of every second node only.
    case omit
    /// A discovery that says of every node that it lives.
    case revive
    /// A discovery that says of every node that it is dead.
    case bury
    /// A discovery that says that nothing has changed.
    case freeze

    /// Nothing on its disk can be counted on.
    var keepsNothing: Bool {
        switch self {
        case .drop, .alter, .share: true
        case .accuse, .pretend, .boast, .evade, .delay, .deny: false
        case .omit, .revive, .bury, .freeze: false
        }
    }

    /// Told by discoveries, and by no node.
    package var isOfDiscoveries: Bool {
        switch self {
        case .omit, .revive, .bury, .freeze: true
        case .drop, .alter, .share, .accuse, .pretend, .boast, .evade, .delay, .deny: false
        }
    }

    /// Replicas go by it, or only reading them shows that they are gone.
    var hidesDamage: Bool {
        switch self {
        case .drop, .alter, .share, .accuse, .pretend, .deny, .revive, .freeze: true
        case .boast, .evade, .delay, .omit, .bury: false
        }
    }
}

/// What those do that deviate: beside their role, which goes by the protocol and knows of nothing.
extension Environment {
    /// Answers a request in the place of a lying node's role. False where the role is to have it.
    mutating func lies(_ input: Input, by actor: UInt32, effects: inout Effects) -> Bool {
        guard let (lie, fault) = lie(of: actor),
            case .request(let asker, let call, .node(let request)) = input
        else { return false }
        switch (lie, request) {
        case (.accuse, .copy(let copy)):
            let answer = CopyAnswer(chunk: copy.chunk, outcome: .sourceMissing)
            effects.answer(.node(.copy(answer)), to: asker, call: call)
        case (.pretend, .copy(let copy)):
            let answer = CopyAnswer(chunk: copy.chunk, outcome: .copied)
            effects.answer(.node(.copy(answer)), to: asker, call: call)
        case (.evade, .audit): break
        default: return false
        }
        observer.felt(fault: fault)
        return true
    }

    /// Changes what a liar's role wants to say.
    mutating func twist(_ effects: inout Effects, of actor: UInt32) {
        guard let (lie, fault) = lie(of: actor) else { return }
        if lie == .delay { delayProofs(in: &effects, of: actor, fault) }
        for index in effects.sends.indices {
            guard let twisted = Self.twist(effects.sends[index].message, lie) else { continue }
            effects.sends[index].message = twisted
            observer.felt(fault: fault)
        }
    }

    private static func twist(_ message: Message, _ lie: Lie) -> Message? {
        switch (lie, message) {
        case (.alter, .answer(.node(.retrieve(.found(var payload))))) where !payload.bytes.isEmpty:
            payload.bytes[0] ^= 1
            return .answer(.node(.retrieve(.found(payload))))
        case (.alter, .answer(.node(.audit(let answer)))):
            guard case .proven(let proof) = answer.outcome else { return nil }
            let other = AuditAnswer(
                chunk: answer.chunk, outcome: .proven(SHA256.hash(proof.bytes)))
            return .answer(.node(.audit(other)))
        case (.deny, .answer(.node(.inventory(.answered(let answer))))):
            return .answer(.node(.inventory(.answered(denying(answer)))))
        case (_, .answer(.discovery(.peers(let answer)))):
            return twist(answer, lie).map { .answer(.discovery(.peers($0))) }
        case (.boast, .request(.discovery(.heartbeat(var heartbeat)))):
            heartbeat.freeBytes = .max
            return .request(.discovery(.heartbeat(heartbeat)))
        case (.boast, .request(.discovery(.register(var registration)))):
            registration.capacityBytes = .max
            registration.freeBytes = .max
            return .request(.discovery(.register(registration)))
        default: return nil
        }
    }

    /// The answer of a node that denies every second chunk, with hashes that lead astray.
    private static func denying(_ answer: InventoryAnswer) -> InventoryAnswer {
        let entries = answer.entries.map { entry -> InventoryAnswer.Entry in
            switch entry {
            case .same: .same
            case .children(let hashes):
                .children(hashes.map { $0 == .zero ? $0 : SHA256.hash($0.bytes) })
            case .bucket(let ids):
                .bucket(ids.enumerated().compactMap { $0.offset % 2 == 0 ? $0.element : nil })
            }
        }
        return InventoryAnswer(question: answer.question, entries: entries)
    }

    private static func twist(_ answer: PeersAnswer, _ lie: Lie) -> PeersAnswer? {
        guard !answer.reports.isEmpty else { return nil }
        var twisted = answer
        switch lie {
        case .omit: twisted.reports.removeAll { $0.registration.node.raw % 2 == 0 }
        case .freeze: twisted.reports = []
        case .revive: for index in answer.reports.indices { twisted.reports[index].status = .alive }
        case .bury: for index in answer.reports.indices { twisted.reports[index].status = .dead }
        case .drop, .alter, .share, .accuse, .pretend, .boast, .evade, .delay, .deny: return nil
        }
        return twisted == answer ? nil : twisted
    }

    /// Answers to challenges set out when whoever asked has given up.
    private mutating func delayProofs(in effects: inout Effects, of actor: UInt32, _ fault: Int) {
        effects.sends.removeAll { send in
            guard case .answer(.node(.audit)) = send.message else { return false }
            queue.schedule(
                EventQueue.Delivery(
                    from: actor, to: UInt32(truncatingIfNeeded: send.to.raw), call: send.call,
                    message: send.message),
                at: now + .hours(1))
            observer.felt(fault: fault)
            return true
        }
    }

    // MARK: Liars that keep one replica among them

    /// All of those, in order, where a participant is one of them.
    func sharers(with actor: UInt32) -> [UInt32] {
        guard let (lie, fault) = lie(of: actor), lie == .share else { return [] }
        return conditions.concerned(by: fault)
    }

    mutating func feltLie(of actor: UInt32) {
        if let (_, fault) = lie(of: actor) { observer.felt(fault: fault) }
    }
}
