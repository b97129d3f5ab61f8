import AsyncHTTPClient
import CoreMetrics
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import Platform
import Primitives
package import Roles
import Segments
package import ServiceLifecycle
import Storage
import Synchronization
import Wire

/// A storage node on a socket.
package struct NodeServer: Sendable {
    package let services: [any Service]
    package let host: Host<StorageNode>
    let sessions: GrantedSessions
    /// What it answers to: "GET /retrieve/{chunk}".
    package let routes: [String]
    /// What answers a request, however it came.
    let responder: RouterResponder<ServerContext>
    /// The OpenAPI document of these.
    package static var description: [UInt8] { PackageResources.node_json }

    /// `status` tells how the disk is.
    init(
        _ base: ServerBase, disk: any Disk, status: @escaping @Sendable () -> ChunkStoreStatus,
        left: @escaping @Sendable () -> Void
    ) throws {
        let (settings, identity) = (base.settings, base.identity)
        let introductions = Inbox<PeerID>()
        let directory = Directory(token: base.token) { member in
            if member.role == .backend { introductions.add(member.id) }
        }
        let member = NetworkMember(.node, base, directory: directory)
        let role = StorageNode(
            identity: NodeIdentity(
                id: identity.id, publicKey: identity.publicKey, domain: settings.domain,
                capacityBytes: settings.capacityBytes),
            settings: settings.protocolSettings, discoveries: member.discoveries, backends: [])
        let host = member.host(role, disk: disk)
        sessions = GrantedSessions(identity: identity)
        let peers = PeerRoutes(
            host: host, gate: member.gate(sessions: sessions), edge: member.peerClient.edge,
            isReady: { $0.isServing },
            met: { if $0.role == .backend { await host.meet(backend: $0.id) } })
        let router = Self.router(member, peers, status: status)
        Self.addOperations(identity, host, peers, to: router, left: left)
        self.host = host
        routes = router.names
        responder = router.buildResponder()
        services = [
            Stopping { await host.stop() }, introductions.service { await host.meet(backend: $0) },
            DiskWatch(status: status, logger: base.logger),
            try member.shell.application(responder) { await host.start() },
        ]
    }

    /// Routes for other servers and whoever watches over this one.
    private static func router(
        _ member: NetworkMember, _ peers: PeerRoutes<StorageNode>,
        status: @escaping @Sendable () -> ChunkStoreStatus
    ) -> Router<ServerContext> {
        let host = peers.host
        let router = member.shell.router(
            readiness: { await readiness(host, status()) }, description: description
        ) { metrics in
            await read(host, into: metrics)
            read(status(), into: metrics)
        }
        peers.add(NodeRequest.all, to: router)
        router.post("session") { try await peers.openSession($0, $1) }
        return router
    }

    private static func readiness(
        _ host: Host<StorageNode>, _ disk: ChunkStoreStatus
    ) async -> String? {
        guard await host.read({ $0.isServing }) else {
            return disk.failure.map { "the index cannot be read back: \($0.reason)" }
                ?? "reading the index back"
        }
        return disk.failure.map { "the disk keeps nothing new: \($0.reason)" }
    }

    /// What its operator asks of it.
    private static func addOperations(
        _ identity: Identity, _ host: Host<StorageNode>, _ peers: PeerRoutes<StorageNode>,
        to router: Router<ServerContext>, left: @escaping @Sendable () -> Void
    ) {
        let openToAll = router.group()
        openToAll.get("status") { _, _ in Response.json(await status(host)) }
        // What it shows is signed, and tells nobody what is in a ledger.
        openToAll.get("heads") { _, _ in
            let heads = await host.read { $0.ledgerHeads }
            return Response.json(LedgerHeadsForm(heads: heads.map { Hex($0.encoded()) }))
        }
        // Whoever can read the node's own key is its operator: nobody else can sign as the node.
        @Sendable func admit(_ request: Request, to what: String) throws {
            let caller = try peers.caller(
                request, bodyHash: RequestSignature.emptyBodyHash, mustSign: true
            ).member
            guard caller.id == identity.id else {
                throw HTTPFailure(
                    .forbidden, "not-the-operator",
                    "Only who holds this node's own key may do this: dsim node \(what) --data.")
            }
        }
        router.post("undelete") { request, _ in
            try admit(request, to: "undelete")
            await host.undelete(since: try time(in: request))
            return Response.json(await status(host), status: .accepted)
        }
        router.post("drain") { request, _ in
            try admit(request, to: "drain")
            let gone = try forgotten(in: request)
            Task {
                for backend in gone { await host.forget(backend: backend) }
                await host.leave()
                if await host.read({ $0.phase == .left }) { left() }
            }
            return Response.json(await status(host), status: .accepted)
        }
    }

    /// The backends that are no more, as the operator says.
    private static func forgotten(in request: Request) throws(WireError) -> [PeerID] {
        let texts = request.uri.queryParameters[NodeOperator.forgets[...]]?.split(separator: ",")
        return try (texts ?? []).map { text throws(WireError) in
            guard let id = PeerID(hexadecimal: String(text)) else {
                throw .malformed("\(NodeOperator.forgets) is not 16 hexadecimal digits for each")
            }
            return id
        }
    }

    /// Since when deletions are to be undone.
    private static func time(in request: Request) throws(WireError) -> Instant {
        guard let text = request.uri.queryParameters[NodeOperator.since[...]],
            let nanoseconds = Int64(text)
        else { throw .malformed("\(NodeOperator.since) is no number of nanoseconds since 1970") }
        return Instant(nanoseconds: nanoseconds)
    }

    private static func status(_ host: Host<StorageNode>) async -> NodeStatusForm {
        await host.read { node in
            NodeStatusForm(
                id: node.identity.id,
                phase: NodeStatusForm.Phase(rawValue: node.phase.rawValue) ?? .recovering,
                chunks: node.chunkCount, usedBytes: UInt64(node.usedBytes),
                trashBytes: UInt64(node.trashByteCount),
                capacityBytes: node.identity.capacityBytes, backends: node.backends,
                awaiting: node.leaveAwaits)
        }
    }

    private static func read(_ disk: ChunkStoreStatus, into metrics: MetricsRegistry) {
        metrics.gauge(.diskChunks).record(disk.chunks)
        metrics.gauge(.diskChunkBytes).record(disk.chunkBytes)
        metrics.gauge(.diskSegments).record(disk.segments)
        metrics.gauge(.diskSyncs).record(disk.syncs)
        metrics.gauge(.diskFailedSyncs).record(disk.failedSyncs)
        metrics.gauge(.diskFailedWrites).record(disk.failedWrites)
        metrics.gauge(.diskFailedReads).record(disk.failedReads)
        metrics.gauge(.diskQuarantined).record(disk.quarantined)
        metrics.gauge(.diskCompactions).record(disk.compactions)
        metrics.gauge(.diskFailing).record(disk.failure == nil ? 0 : 1)
        metrics.gauge(.diskFull).record(disk.isFull ? 1 : 0)
    }

    private static func read(_ host: Host<StorageNode>, into metrics: MetricsRegistry) async {
        await host.read { node in
            metrics.gauge(.clockDifference).record(node.clocks.largestDifference.seconds)
            metrics.gauge(.nodeChunks).record(node.chunkCount)
            metrics.gauge(.nodeLedgerBlocks).record(node.ledgerBlockCount)
            metrics.gauge(.nodeUsedBytes).record(node.usedBytes)
            metrics.gauge(.nodeTrashBytes).record(node.trashByteCount)
            metrics.gauge(.nodeCapacityBytes).record(node.identity.capacityBytes)
        }
    }
}

/// Tells the operator when the disk takes nothing new, and when it does again.
private struct DiskWatch: Service {
    let status: @Sendable () -> ChunkStoreStatus
    let logger: Logger

    private static let interval = Swift.Duration.seconds(2)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var trouble: String?
            while true {
                try await Task.sleep(for: Self.interval)
                let status = status()
                let now =
                    status.failure.map { "the disk fails: \($0)" }
                    ?? (status.isFull ? "the disk is full" : nil)
                guard now != trouble else { continue }
                trouble = now
                if let now {
                    logger.error("chunks are refused", metadata: ["reason": "\(now)"])
                } else {
                    logger.notice("the disk takes chunks again")
                }
            }
        }
    }
}

/// Turns what happens to a role into log lines and counts.
struct Observer: Sendable {
    let logger: Logger
    private let events: [Note.Kind: Counter]
    /// Requests to other servers that were not answered.
    private let unreachable: Counter
    /// Everybody may refuse everything.
    private let seldom = OnceAMinute()

    init(logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        // All at once: of a counter that first shows at one, no rule sees that it grew.
        events = Dictionary(
            uniqueKeysWithValues: Note.Kind.allCases.map { ($0, metrics.counter(.events($0))) })
        unreachable = metrics.counter(.unreachable)
    }

    func observe(_ observation: HostObservation) {
        switch observation {
        case .note(let note):
            events[note.kind]?.increment()
            logger.log(level: note.level, "\(note.kind.name)", metadata: note.metadata)
        case .unreachable(let peer, let error):
            unreachable.increment()
            if let warning = (error as? PeerClient.Failure)?.warning, seldom.isTime() {
                logger.warning(warning, metadata: ["peer": "\(peer.hexadecimal)"])
            }
            logger.debug(
                "unreachable",
                metadata: ["peer": "\(peer.hexadecimal)", "error": "\(type(of: error))"])
        case .sent: break
        }
    }
}

/// When to say again what would be said too often.
private final class OnceAMinute: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func isTime() -> Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < .seconds(60) { return false }
            last = now
            return true
        }
    }
}

extension PeerClient.Failure {
    /// What an operator should know.
    fileprivate var warning: Logger.Message? {
        switch self {
        case .clocksDiffer:
            "another server refuses requests since its clock and this one's differ by a minute or more"
        case .unproven:
            "another server's answer is not proven to be its own: it is of an older version, or somebody answers in its place"
        case .unknownPeer, .notForServers: nil
        }
    }
}
