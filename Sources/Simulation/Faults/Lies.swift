import Cryptography
import Observation
import Primitives
import Roles

/// How a storage node deviates, through the same messages as everybody.
package enum Lie: String, Equatable, Sendable, CaseIterable {
    /// It acknowledges chunks and keeps no bytes; asked for them it says that it cannot read them now.
    case drop
    /// It answers with other bytes than it was given, and proves to have those.
    case alter
    /// It says of every node that it was to copy from that this lacks the chunk.
    case accuse
    /// It says that it copied what it was to copy, and did not.
    case pretend
    /// It claims more free space than there is.
    case boast
    /// It does not answer when it is challenged.
    case evade

    /// Nothing on its disk can be counted on.
    var keepsNothing: Bool {
        switch self {
        case .drop, .alter: true
        case .accuse, .pretend, .boast, .evade: false
        }
    }

    /// Replicas go by it, or only reading them shows that they are gone.
    var hidesDamage: Bool {
        switch self {
        case .drop, .alter, .accuse, .pretend: true
        case .boast, .evade: false
        }
    }
}

/// What nodes do that deviate: beside their role, which goes by the protocol and knows of nothing.
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

    /// Changes what a lying node's role wants to say.
    mutating func twist(_ effects: inout Effects, of actor: UInt32) {
        guard let (lie, fault) = lie(of: actor) else { return }
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
}
