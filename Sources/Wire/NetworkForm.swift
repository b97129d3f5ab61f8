package import Primitives

/// The answer to `GET /api/network`: the network as a backend sees it.
package struct NetworkForm: Hashable, Sendable, Codable {
    package var nodes: [Node]
    package var discoveries: [Discovery]
    package var redundancy: Redundancy
    package var repair: Repair
    package var ledger: Ledger

    package init(
        nodes: [Node], discoveries: [Discovery], redundancy: Redundancy, repair: Repair,
        ledger: Ledger
    ) {
        self.nodes = nodes
        self.discoveries = discoveries
        self.redundancy = redundancy
        self.repair = repair
        self.ledger = ledger
    }

    package enum Status: String, Hashable, Sendable, Codable {
        case alive, suspect, dead, doubted, draining, left
    }

    /// A storage node.
    package struct Node: Hashable, Sendable, Codable {
        package var id: PeerID
        /// Where it listens; nil for one that has not been heard of since the backend started.
        package var address: String?
        package var status: Status
        /// The failure domain.
        package var domain: UInt32
        package var capacityBytes: UInt64
        package var freeBytes: UInt64
        /// How many replicas the ledger places on it.
        package var chunks: Int
        /// When it was last heard of (`WireTime`); nil for never.
        package var lastSeen: String?
        /// How far its clock was ahead of the backend's, negative where it was behind; nil where it never
        /// told.
        package var clockAheadMilliseconds: Int64?

        package init(
            id: PeerID, address: String?, status: Status, domain: UInt32, capacityBytes: UInt64,
            freeBytes: UInt64, chunks: Int, lastSeen: String?, clockAheadMilliseconds: Int64?
        ) {
            self.id = id
            self.address = address
            self.status = status
            self.domain = domain
            self.capacityBytes = capacityBytes
            self.freeBytes = freeBytes
            self.chunks = chunks
            self.lastSeen = lastSeen
            self.clockAheadMilliseconds = clockAheadMilliseconds
        }
    }

    package struct Discovery: Hashable, Sendable, Codable {
        package var url: String
        /// Whether it answered the last time that it was asked.
        package var isAnswering: Bool
        /// As of a node.
        package var clockAheadMilliseconds: Int64?

        package init(url: String, isAnswering: Bool, clockAheadMilliseconds: Int64?) {
            self.url = url
            self.isAnswering = isAnswering
            self.clockAheadMilliseconds = clockAheadMilliseconds
        }
    }

    package struct Redundancy: Hashable, Sendable, Codable {
        /// How many replicas each chunk is to have.
        package var target: Int
        /// How many chunks have 0, 1, 2 … live replicas.
        package var chunksByReplicas: [Int]

        package init(target: Int, chunksByReplicas: [Int]) {
            self.target = target
            self.chunksByReplicas = chunksByReplicas
        }
    }

    package struct Repair: Hashable, Sendable, Codable {
        /// Chunks that wait for a transfer.
        package var waiting: Int
        /// Transfers that run.
        package var underWay: Int

        package init(waiting: Int, underWay: Int) {
            self.waiting = waiting
            self.underWay = underWay
        }
    }

    package struct Ledger: Hashable, Sendable, Codable {
        package var blocks: UInt64
        package var records: UInt64

        package init(blocks: UInt64, records: UInt64) {
            self.blocks = blocks
            self.records = records
        }
    }
}
