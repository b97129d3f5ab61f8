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
    package var capacityBytes: UInt64
    /// The backends that it serves.
    package var backends: [PeerID]
    /// Of a node that is leaving: the backends that have not yet copied its chunks elsewhere.
    package var awaiting: [PeerID]
}

/// How to reach a node's server, which it leaves in its data folder for whoever may read that.
package struct ServerNote: Hashable, Sendable, Codable {
    package static let file = "server.json"

    package var url: String
    /// What the server introduces itself with.
    package var introduction: String
}
