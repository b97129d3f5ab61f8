import HTTPTypes
import Roles

/// Everything that is to be said of a metric. One entry each, below, from which all else derives.
struct MetricEntry {
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
enum ServerCounter {
    case events(Note.Kind)
    case unreachable
    case connectionsRefused

    var entry: MetricEntry {
        switch self {
        case .events(let kind):
            MetricEntry("dsim_events_total", "What happened, by kind.", ("kind", kind.rawValue))
        case .unreachable:
            MetricEntry("dsim_unreachable_total", "Requests to other servers without an answer.")
        case .connectionsRefused:
            MetricEntry("dsim_connections_refused_total", "Connections beyond an address's share.")
        }
    }
}

/// What a server takes the time of, in seconds.
enum ServerTimer {
    case request(route: String, HTTPRequest.Method, HTTPResponse.Status)

    var entry: MetricEntry {
        switch self {
        case .request(let route, let method, let status):
            MetricEntry(
                "dsim_http_request_duration_seconds", "From a request's head to its answer's.",
                ("route", route), ("method", method.rawValue), ("status", "\(status.code)"))
        }
    }
}

/// What a server reads off itself when it is asked.
enum ServerGauge {
    case members
    case files, chunks, repairsWaiting, repairsUnderWay
    case chunksByReplicas(Int)
    case nodes(PeerStatus)
    case nodeChunks, nodeUsedBytes, nodeTrashBytes, nodeCapacityBytes
    case diskChunks, diskChunkBytes, diskSegments, diskCompactions, diskQuarantined
    case diskSyncs, diskFailedSyncs, diskFailedWrites, diskFailedReads
    case diskFailing, diskFull

    var entry: MetricEntry {
        switch self {
        case .members: MetricEntry("dsim_members", "Nodes that the discovery has heard of.")
        case .files: MetricEntry("dsim_files", "Files that the ledger holds.")
        case .chunks: MetricEntry("dsim_chunks", "Chunks that the ledger counts on.")
        case .repairsWaiting: MetricEntry("dsim_repairs_waiting", "Chunks that wait for a repair.")
        case .repairsUnderWay: MetricEntry("dsim_repairs_under_way", "Copies that are being made.")
        case .chunksByReplicas(let count):
            MetricEntry(
                "dsim_chunks_by_replicas", "Chunks that have so many replicas on nodes that live.",
                ("replicas", "\(count)"))
        case .nodes(let status):
            MetricEntry("dsim_nodes", "Nodes, by how they are.", ("status", "\(status)"))
        case .nodeChunks: MetricEntry("dsim_node_chunks", "Chunks that the node holds.")
        case .nodeUsedBytes: MetricEntry("dsim_node_used_bytes", "Bytes of these.")
        case .nodeTrashBytes:
            MetricEntry(
                "dsim_node_trash_bytes", "Bytes of what was deleted and is kept for a while.")
        case .nodeCapacityBytes: MetricEntry("dsim_node_capacity_bytes", "Bytes that it may hold.")
        case .diskChunks: MetricEntry("dsim_disk_chunks", "Chunks that the disk holds.")
        case .diskChunkBytes: MetricEntry("dsim_disk_chunk_bytes", "Bytes of these.")
        case .diskSegments: MetricEntry("dsim_disk_segments", "Files that they stand in.")
        case .diskCompactions: MetricEntry("dsim_disk_compactions", "Segments written anew.")
        case .diskQuarantined: MetricEntry("dsim_disk_quarantined", "Damaged chunks set aside.")
        case .diskSyncs: MetricEntry("dsim_disk_syncs", "Syncs of the disk.")
        case .diskFailedSyncs: MetricEntry("dsim_disk_failed_syncs", "Syncs that it refused.")
        case .diskFailedWrites: MetricEntry("dsim_disk_failed_writes", "Writes that it refused.")
        case .diskFailedReads: MetricEntry("dsim_disk_failed_reads", "Reads that it refused.")
        case .diskFailing: MetricEntry("dsim_disk_failing", "1 while it keeps nothing new.")
        case .diskFull: MetricEntry("dsim_disk_full", "1 while it has no room.")
        }
    }
}
