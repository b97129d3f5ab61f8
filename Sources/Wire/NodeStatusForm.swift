package import Primitives

/// The answer to `GET /status` of a node.
package struct NodeStatusForm: Hashable, Sendable, Codable {
    package enum Phase: String, Hashable, Sendable, Codable {
        case recovering, serving, leaving, left
    }

    package var id: PeerID
    package var phase: Phase
    package var chunks: Int
    package var usedBytes: UInt64
    /// Of what was deleted and is kept for a while.
    package var trashBytes: UInt64
    package var capacityBytes: UInt64
    /// The backends that it serves.
    package var backends: [PeerID]
    /// Of a node that is leaving: the backends that have not yet copied its chunks elsewhere.
    package var awaiting: [PeerID]

    package init(
        id: PeerID, phase: Phase, chunks: Int, usedBytes: UInt64, trashBytes: UInt64,
        capacityBytes: UInt64, backends: [PeerID], awaiting: [PeerID]
    ) {
        self.id = id
        self.phase = phase
        self.chunks = chunks
        self.usedBytes = usedBytes
        self.trashBytes = trashBytes
        self.capacityBytes = capacityBytes
        self.backends = backends
        self.awaiting = awaiting
    }
}
