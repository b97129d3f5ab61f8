package import Observation
package import Primitives

/// One declared fault. Each counts what it did; one that did nothing fails the run.
package struct FaultSettings: Equatable, Sendable {
    /// Unique within a world; names the fault in reports.
    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// What a fault does, to whom and when.
    package enum Kind: Equatable, Sendable {
        /// No message passes between the chosen participants and the others: all the rest where nil.
        case partition(
            at: Duration, lasting: Duration, of: Selection, from: Selection? = nil,
            direction: Direction)
        /// The chosen participants are down; their disks keep what was synced.
        case outage(at: Duration, lasting: Duration, of: Selection)
        /// The chosen participants crash and start again after `downtime`, over and over.
        case crashes(every: Distribution, downtime: Duration, of: Selection)
        /// Extra loss and duplication (probabilities), and latencies multiplied, on every link of
        /// the chosen participants.
        case degradation(
            at: Duration, lasting: Duration, of: Selection, loss: Double, duplication: Double,
            latencyFactor: Double)
        /// One random stored replica has a byte flipped, on average this often over all nodes.
        case bitRot(every: Distribution)
        /// The same, of each stored byte so often a year (365.25 days).
        case byteRot(perByteYear: Double)
        /// One random stored replica vanishes from the disk of a node that is down, this often; from
        /// one that is up, which then does not know of it, if none is down.
        case lostChunks(every: Distribution)
        /// The chosen nodes leave gracefully, handing over what they hold first.
        case departure(at: Duration, of: Selection)
        /// The chosen participants are gone for ever, and with them what they kept.
        case destroyed(at: Duration, of: Selection)
        /// The chosen nodes restart with an empty disk in the place of theirs; after `lasting`, where
        /// given, with their own. The chosen backends refuse to run until they have theirs back.
        case emptied(at: Duration, lasting: Duration? = nil, of: Selection)
        /// The chosen nodes or backends are stopped for a copy of their disk, and later started from it.
        case restored(from: Duration, at: Duration, of: Selection)
        /// The folders of the chosen nodes are empty ones from now on, while they run.
        case replaced(at: Duration, of: Selection)
        /// The chosen participants are in some condition; until the run's end where `lasting` is nil.
        case condition(Condition, at: Duration, lasting: Duration?, of: Selection)
    }

    /// Which way a partition cuts.
    package enum Direction: String, Equatable, Sendable, CaseIterable {
        case both
        /// What the chosen participants send is lost.
        case outgoing
        /// What is sent to them is lost.
        case incoming
    }

    /// Which participants a fault concerns.
    package enum Selection: Equatable, Sendable {
        case domain(Int)
        case region(String)
        /// This many nodes, chosen at random.
        case nodes(Int)
        case backends
        /// One of them.
        case backend(Int)
        case discoveries
        /// One of them.
        case discovery(Int)
        case users

        /// Backends alone.
        package var isOfBackends: Bool { kind == .backend }

        /// Of what kind those are that it chooses; nil where they may be of any.
        package var kind: ParticipantKind? {
            switch self {
            case .domain, .nodes: .node
            case .backends, .backend: .backend
            case .discoveries, .discovery: .discovery
            case .users: .user
            case .region: nil
            }
        }
    }
}

extension FaultSettings.Kind {
    /// What a fault of this kind counts.
    package var unit: String {
        switch self {
        case .partition: "messages cut"
        case .outage, .crashes: "participants stopped"
        case .degradation: "messages disturbed"
        case .bitRot, .byteRot: "replicas rotted"
        case .lostChunks: "replicas lost"
        case .departure: "nodes left"
        case .destroyed: "participants destroyed"
        case .emptied: "disks emptied"
        case .restored: "older disks put back"
        case .replaced: "folders replaced"
        case .condition(let condition, _, _, _): condition.unit
        }
    }

    /// When it begins; faults that strike again and again have no such time.
    package var begins: Duration? {
        switch self {
        case .partition(let at, _, _, _, _), .outage(let at, _, _),
            .degradation(let at, _, _, _, _, _), .departure(let at, _), .destroyed(let at, _),
            .emptied(let at, _, _), .restored(let at, _, _), .replaced(let at, _),
            .condition(_, let at, _, _):
            at
        case .crashes, .bitRot, .byteRot, .lostChunks: nil
        }
    }

    /// The law of the time between two strikes.
    package var interval: Distribution? {
        switch self {
        case .crashes(let every, _, _), .bitRot(let every), .lostChunks(let every): every
        case .partition, .outage, .degradation, .byteRot, .departure, .destroyed, .emptied,
            .restored, .replaced, .condition:
            nil
        }
    }

    /// When it ends, from its beginning.
    package var lasting: Duration? {
        switch self {
        case .partition(_, let lasting, _, _, _), .outage(_, let lasting, _),
            .degradation(_, let lasting, _, _, _, _):
            lasting
        case .condition(_, _, let lasting, _), .emptied(_, let lasting, _): lasting
        case .crashes, .bitRot, .byteRot, .lostChunks, .departure, .destroyed, .restored, .replaced:
            nil
        }
    }

    /// Whom it concerns.
    package var selection: FaultSettings.Selection? {
        switch self {
        case .partition(_, _, let selection, _, _), .outage(_, _, let selection),
            .crashes(_, _, let selection), .degradation(_, _, let selection, _, _, _),
            .departure(_, let selection), .destroyed(_, let selection),
            .emptied(_, _, let selection), .restored(_, _, let selection),
            .replaced(_, let selection), .condition(_, _, _, let selection):
            selection
        case .bitRot, .byteRot, .lostChunks: nil
        }
    }

    /// What it has participants be in for a while.
    package var condition: Condition? {
        if case .condition(let condition, _, _, _) = self { condition } else { nil }
    }

    /// From whom it parts those, where not from all.
    package var others: FaultSettings.Selection? {
        if case .partition(_, _, _, let others, _) = self { others } else { nil }
    }

    /// Whether it can only befall storage nodes.
    package var isOfNodes: Bool {
        switch self {
        case .departure, .replaced: true
        case .condition(let condition, _, _, _): condition.isOfNodes
        case .partition, .outage, .crashes, .degradation, .destroyed, .emptied, .restored, .bitRot,
            .byteRot, .lostChunks:
            false
        }
    }

    /// Whether it can only befall disks: those of nodes or of backends.
    package var isOfDisks: Bool {
        switch self {
        case .emptied, .restored: true
        case .condition(let condition, _, _, _): condition.isOfDisks
        case .partition, .outage, .crashes, .degradation, .departure, .destroyed, .bitRot,
            .byteRot, .lostChunks, .replaced:
            false
        }
    }

    /// Who tells such lies, where it has somebody lie.
    package var teller: Lie.Teller? { condition?.teller }

    /// Whether servers on sockets and real disks can be treated so as well.
    package var canBeReal: Bool {
        switch self {
        case .partition, .outage, .crashes, .degradation, .departure, .destroyed, .emptied,
            .restored:
            true
        case .bitRot, .byteRot, .lostChunks, .replaced: false
        case .condition(let condition, _, _, let selection): condition.canBeReal(of: selection)
        }
    }

    /// Whether it tells participants to leave.
    package var sendsAway: Bool { if case .departure = self { true } else { false } }

    /// Whether nodes run on beside a folder that is another's.
    package var replacesFolders: Bool { if case .replaced = self { true } else { false } }

    /// Whether only reading a replica shows what it did.
    package var hidesDamage: Bool {
        switch self {
        case .bitRot, .byteRot, .lostChunks, .replaced: true
        case .condition(let condition, _, _, _): condition.hidesDamage
        case .partition, .outage, .crashes, .degradation, .departure, .destroyed, .emptied,
            .restored:
            false
        }
    }
}
