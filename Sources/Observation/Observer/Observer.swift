package import Merkle
package import Primitives
package import Roles

/// Stands outside the roles and looks at everything: a census of all replicas, meters, oracles, and a
/// model of every disk, kept of the events that it is told of.
///
/// Whoever drives the roles tells it: a simulated world of what it simulates, or hosts on sockets of
/// what they do, so that both are measured and judged by the same. No role can see it. Participants
/// stand by their index, in the order in which they joined.
package struct Observer: Sendable {
    let settings: ProtocolSettings
    package internal(set) var oracles = Oracles()
    package internal(set) var census: Census
    package var meters: Meters
    package internal(set) var samples: [Sample] = []
    /// How many inputs led roles to each mark, by its raw value.
    package private(set) var marks = Array(repeating: 0 as UInt64, count: Mark.allCases.count)
    /// Acknowledged files by ordinal.
    package internal(set) var files: [Int: AcknowledgedFile] = [:]
    package internal(set) var nodes: [ObservedNode] = []
    var participants: [Participant] = []
    var backends: [ObservedBackend] = []
    var faults: [FaultOutcome]
    var liars: [UInt32: Liar] = [:]
    /// Whose a file is, and a chunk: for the oracle that knows who may see what.
    var fileOwners: [FileID: UInt32] = [:]
    var chunkOwners: [ChunkID: UInt32] = [:]
    /// The meters when the measured time ended.
    var measured: Meters?
    /// Faults in force that disturb links, clocks or what participants do, and when the last one ended.
    var disturbances = 0
    var calmSince = Instant.origin
    /// The participants that go by another name than their index.
    private var named: [PeerID: UInt32] = [:]

    /// `faults`: those that were declared, none of which has had an effect yet.
    package init(settings: ProtocolSettings, faults: [FaultOutcome]) {
        self.settings = settings
        self.faults = faults
        census = Census(target: settings.replicas)
        meters = Meters(target: settings.replicas)
    }

    struct Participant: Sendable {
        let kind: ParticipantKind
        /// Index among its kind.
        let slot: Int
        let domain: UInt32
        var peer: PeerID
        var isUp = true
        /// When it last joined, went down, came up or was destroyed.
        var since: Instant
        /// It will never run again; its data is gone.
        var isGone = false
        /// Nothing can be stored there until it starts anew.
        var isUnfit = false
        /// It was told to leave.
        var isLeaving = false
        /// What it deviates by, so that what it says may be untrue.
        var lie: String?
        var isLiar: Bool { lie != nil }
        /// Nodes that lie likewise keep one replica between them, of which each proves that it has it.
        var sharesReplicas = false
        /// Nothing on its disk counts.
        var keepsNothing = false
    }

    /// A role took rare ways.
    package mutating func reached(_ marks: Marks) {
        for mark in marks.all { self.marks[Int(mark.rawValue)] += 1 }
    }

    subscript(actor: UInt32) -> Participant {
        _read { yield participants[Int(actor)] }
        _modify { yield &participants[Int(actor)] }
    }

    // MARK: Names

    /// A server goes by this name from now on.
    package mutating func introduce(_ actor: UInt32, as peer: PeerID) {
        self[actor].peer = peer
        named[peer] = actor
    }

    /// The name that a participant goes by among servers.
    package func peer(of actor: UInt32) -> PeerID { self[actor].peer }

    /// The participant that goes by a name, if there is one.
    package func actor(_ peer: PeerID) -> UInt32? {
        if let actor = named[peer] { return actor }
        return peer.raw < UInt64(participants.count) ? UInt32(peer.raw) : nil
    }

    /// Where a participant stands among its kind.
    func slot(_ actor: UInt32) -> Int { self[actor].slot }
}

/// What a participant is.
package enum ParticipantKind: UInt8, Sendable {
    case discovery, backend, user, node
}

/// What is known of a node from outside.
package struct ObservedNode: Sendable {
    package let actor: UInt32
    /// A model of its disk.
    package internal(set) var disk: DiskContents
    /// The intact replicas that would survive a crash.
    package internal(set) var replicas = InventoryTree()
    /// By token: what it is writing.
    var writes: [UInt64: DiskContents.Replica] = [:]
    /// When faults took replicas that it has not had again since.
    var struck: [ChunkID: Instant] = [:]
}

/// What is known of a backend from outside.
struct ObservedBackend: Sendable {
    /// A model of its disk.
    var log = LogContents()
    /// What it held before it was exchanged for another, which may come back from nodes.
    var former: [[UInt8]] = []
    /// Nil until it is known who signs it.
    var ledger: LedgerReplay?
    /// When its disk last made something durable, and when before that.
    var durable = (last: Instant.origin, before: Instant.origin)
    /// Repairs that wait.
    var repairsQueued = 0
    /// Whom it has declared dead.
    var dead: Set<PeerID> = []
    /// Chunks that it knew to lack replicas when that was last looked at.
    var shortages: [ChunkID: Shortage] = [:]
}

/// A file that was acknowledged.
package struct AcknowledgedFile: Sendable {
    package let plan: FilePlan
    /// Its owner asked for its deletion.
    var isDeleted = false
}
