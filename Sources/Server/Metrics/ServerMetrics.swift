import HTTPTypes
import Metrics
import Roles

/// Everything that is to be said of a metric which a `Handle` keeps. One entry each, below, from which all
/// else derives.
struct ServerMetric<Handle> {
    let name: String
    /// A sentence for whoever reads it.
    let help: String
    /// Names and values, in the order in which they are written. All are words of this program: none
    /// needs to be escaped.
    let dimensions: [(String, String)]

    init(_ name: String, _ help: String, _ dimensions: (String, String)...) {
        self.name = name
        self.help = help
        self.dimensions = dimensions
    }
}

/// What a server counts.
typealias ServerCounter = ServerMetric<Counter>

extension ServerCounter {
    static func events(_ kind: Note.Kind) -> Self {
        Self("dsim_events_total", "What happened, by kind.", ("kind", kind.name))
    }
    static var unreachable: Self {
        Self("dsim_unreachable_total", "Requests to other servers without an answer.")
    }
    static var connectionsRefused: Self {
        Self("dsim_connections_refused_total", "Connections beyond an address's share.")
    }
}

/// What a server takes the time of, in seconds.
typealias ServerTimer = ServerMetric<MetricTimer>

extension ServerTimer {
    static func request(
        route: String, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status
    ) -> Self {
        Self(
            "dsim_http_request_duration_seconds", "From a request's head to its answer's.",
            ("route", route), ("method", method.rawValue), ("status", "\(status.code)"))
    }
}

/// What a server reads off itself when it is asked.
typealias ServerGauge = ServerMetric<Gauge>

extension ServerGauge {
    static var members: Self { Self("dsim_members", "Nodes that the discovery has heard of.") }
    static var clockDifference: Self {
        Self(
            "dsim_clock_difference_seconds",
            "How far the clock of another server is from this one's, of the one that is furthest.")
    }
    static var files: Self { Self("dsim_files", "Files that the ledger holds.") }
    static var chunks: Self { Self("dsim_chunks", "Chunks that the ledger counts on.") }
    static var repairsWaiting: Self {
        Self("dsim_repairs_waiting", "Chunks that wait for a repair.")
    }
    static var repairsUnderWay: Self {
        Self("dsim_repairs_under_way", "Copies that are being made.")
    }
    static func chunksByReplicas(_ count: Int) -> Self {
        Self(
            "dsim_chunks_by_replicas", "Chunks that have so many replicas on nodes that live.",
            ("replicas", "\(count)"))
    }
    static func nodes(_ status: PeerStatus) -> Self {
        Self("dsim_nodes", "Nodes, by how they are.", ("status", "\(status)"))
    }
    static var nodeChunks: Self { Self("dsim_node_chunks", "Chunks that the node holds.") }
    static var nodeLedgerBlocks: Self {
        Self("dsim_node_ledger_blocks", "Blocks of backends' ledgers that the node keeps.")
    }
    static var nodeUsedBytes: Self { Self("dsim_node_used_bytes", "Bytes of these.") }
    static var nodeTrashBytes: Self {
        Self("dsim_node_trash_bytes", "Bytes of what was deleted and is kept for a while.")
    }
    static var nodeCapacityBytes: Self {
        Self("dsim_node_capacity_bytes", "Bytes that it may hold.")
    }
    static var diskChunks: Self { Self("dsim_disk_chunks", "Chunks that the disk holds.") }
    static var diskChunkBytes: Self { Self("dsim_disk_chunk_bytes", "Bytes of these.") }
    static var diskSegments: Self { Self("dsim_disk_segments", "Files that they stand in.") }
    static var diskCompactions: Self { Self("dsim_disk_compactions", "Segments written anew.") }
    static var diskQuarantined: Self { Self("dsim_disk_quarantined", "Damaged chunks set aside.") }
    static var diskSyncs: Self { Self("dsim_disk_syncs", "Syncs of the disk.") }
    static var diskFailedSyncs: Self { Self("dsim_disk_failed_syncs", "Syncs that it refused.") }
    static var diskFailedWrites: Self { Self("dsim_disk_failed_writes", "Writes that it refused.") }
    static var diskFailedReads: Self { Self("dsim_disk_failed_reads", "Reads that it refused.") }
    static var diskFailing: Self { Self("dsim_disk_failing", "1 while it keeps nothing new.") }
    static var diskFull: Self { Self("dsim_disk_full", "1 while it has no room.") }
}
