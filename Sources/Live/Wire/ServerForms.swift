package import Cryptography
package import Primitives
import Roles

// The JSON that servers say to each other.

/// A member of the network, with the proof that it was given the join token.
package struct MemberForm: Codable, Sendable, Equatable {
    package var role: JoinToken.MemberRole
    package var key: PublicKey
    package var proof: Hash256
    /// The base of its URLs, such as `http://192.0.2.7:6001`.
    package var address: String
}

/// `POST /register`.
struct NodeForm: Codable {
    var node: PeerID
    var key: PublicKey
    var incarnation: Word
    var domain: UInt32
    var capacityBytes: UInt64
    var freeBytes: UInt64

    init(_ registration: Registration) {
        node = registration.node
        key = registration.publicKey
        incarnation = Word(registration.incarnation)
        domain = registration.domain
        capacityBytes = registration.capacityBytes
        freeBytes = registration.freeBytes
    }

    var registration: Registration {
        Registration(
            node: node, publicKey: key, incarnation: incarnation.value, domain: domain,
            capacityBytes: capacityBytes, freeBytes: freeBytes)
    }
}

/// The answer to `POST /register`.
struct RegisteredForm: Codable {
    var lease: UInt32
    /// The backends that the discovery knows.
    var backends: [MemberForm]?
}

/// `POST /heartbeat`.
struct HeartbeatForm: Codable {
    var lease: UInt32
    var freeBytes: UInt64
}

/// The answer to `POST /heartbeat`.
struct HeartbeatAnswerForm: Codable {
    var isKnown: Bool
    var backends: [MemberForm]?
}

/// The answer to `GET /peers`.
struct PeersForm: Codable {
    var epoch: Word
    var version: UInt64
    var peers: [PeerForm]
}

/// One node in the answer to `GET /peers`.
struct PeerForm: Codable {
    var registration: NodeForm
    var status: StatusForm
    /// Where it is, and the proof that it belongs to the network.
    var member: MemberForm?
}

/// A status in words.
package enum StatusForm: String, Codable, Sendable {
    case alive, suspect, dead

    init(_ status: PeerStatus) {
        self =
            switch status {
            case .alive: .alive
            case .suspect: .suspect
            case .dead: .dead
            }
    }

    var status: PeerStatus {
        switch self {
        case .alive: .alive
        case .suspect: .suspect
        case .dead: .dead
        }
    }
}

/// The answer of a node to a store, copy or deletion.
struct OutcomeForm: Codable {
    var chunk: ChunkID?
    var outcome: String
    /// With an error's status.
    var error: ErrorForm.Detail?
}

/// `POST /copy`.
struct CopyForm: Codable {
    var chunk: ChunkID
    var byteCount: Int
    var source: MemberForm
    var stamp: Int64
    var capability: String
}

/// `POST /delete`.
struct ReplicaDeletionForm: Codable {
    var chunk: ChunkID
    var stamp: Int64
    var expires: Int64
}

/// `POST /damaged`.
struct DamagedForm: Codable {
    var chunk: ChunkID
}

/// The answer to `POST /leave`.
struct LeaveForm: Codable {
    var isGranted: Bool
}

/// `POST /audit`.
struct AuditForm: Codable {
    var chunk: ChunkID
    var nonce: Hash256
}

/// The answer to `POST /audit`.
struct AuditAnswerForm: Codable {
    var chunk: ChunkID
    var proof: Hash256
}
