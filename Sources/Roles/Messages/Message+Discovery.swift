package import Cryptography
package import Primitives

/// A node's introduction to a discovery.
package struct Registration: Sendable, Equatable {
    package var node: PeerID
    package var publicKey: PublicKey
    /// Drawn anew at every start, so that a restart is noticed however short it was.
    package var incarnation: UInt64
    package var domain: UInt32
    package var capacityBytes: UInt64
    package var freeBytes: UInt64

    package init(
        node: PeerID, publicKey: PublicKey, incarnation: UInt64, domain: UInt32,
        capacityBytes: UInt64, freeBytes: UInt64
    ) {
        self.node = node
        self.publicKey = publicKey
        self.incarnation = incarnation
        self.domain = domain
        self.capacityBytes = capacityBytes
        self.freeBytes = freeBytes
    }
}

/// What a discovery, or a backend that merged several, thinks of a node.
package enum PeerStatus: UInt8, Sendable, Comparable {
    case alive
    /// Silent for a while: nothing new is placed on it.
    case suspect
    /// Silent for long enough that repair may start.
    case dead

    package static func < (a: PeerStatus, b: PeerStatus) -> Bool { a.rawValue < b.rawValue }
}

/// One node as a discovery knows it.
package struct PeerReport: Sendable, Equatable {
    package var registration: Registration
    package var status: PeerStatus

    package init(registration: Registration, status: PeerStatus) {
        self.registration = registration
        self.status = status
    }
}

/// The nodes whose report changed after the version that was asked for.
package struct PeersAnswer: Sendable, Equatable {
    /// Names the discovery's own run; a new one means that it forgot everything.
    package var epoch: UInt64
    package var version: UInt64
    package var reports: [PeerReport]

    package init(epoch: UInt64, version: UInt64, reports: [PeerReport]) {
        self.epoch = epoch
        self.version = version
        self.reports = reports
    }
}
