import AsyncHTTPClient
package import Cryptography
import Files
import Hummingbird
import Logging
import Metrics
import NIOCore
import NIOPosix
import Platform
import Primitives
package import Roles
package import ServiceLifecycle
import Storage

/// A backend on a socket.
package struct BackendServer: Sendable {
    package let services: [any Service]
    package let host: Host<Backend>
    let accounts: LedgerAccounts
    /// Signs the ledger.
    package let writer: PublicKey
    /// What it answers to: "GET /api/files/{id}".
    package let routes: [String]
    /// What answers a request, however it came.
    let responder: RouterResponder<ServerContext>
    /// The OpenAPI document of these.
    package static var description: [UInt8] { PackageResources.backend_json }

    /// What a backend needs besides the settings of any server.
    struct Parts: Sendable {
        let database: BackendDatabase
        let disk: any Disk
        let secret: ServerSecret
        /// Makes the tags under which the ledger knows users; as lasting as the ledger.
        let tagKey: SecretKey
        let chunkSize: ChunkSize
        let accounts: Accounts.Settings
        let assignedDomains: [PeerID: UInt32]
        /// Its database is gone: what it had comes back from the nodes.
        let isLost: Bool
    }

    init(_ base: ServerBase, _ parts: Parts) async throws {
        let (settings, identity, logger) = (base.settings, base.identity, base.logger)
        // So that the backend knows where its nodes are before any discovery answers.
        let addresses = Inbox<Contact>()
        let directory = Directory(token: base.token) { addresses.add($0) }
        for member in try await parts.database.peers() {
            directory.learn(member, from: .own)
        }
        let member = NetworkMember(.backend, base, directory: directory)
        let role = Backend(
            id: identity.id, settings: settings.protocolSettings, discoveries: member.discoveries,
            tagKey: parts.tagKey, signingKey: identity.key, assignedDomains: parts.assignedDomains,
            isLost: parts.isLost)
        let host = member.host(role, disk: parts.disk)
        let keeper = try LedgerAccounts(
            database: parts.database, host: host, key: parts.tagKey, logger: logger)
        let environment = await BackendEnvironment(member, host, keeper, parts)
        let router = Self.router(member, environment)
        self.host = host
        accounts = keeper
        writer = identity.publicKey
        routes = router.names
        responder = router.buildResponder()
        services = [
            addresses.service { await Self.keep($0, in: parts.database, logger) },
            Stopping {
                await host.stop()
                Self.close(parts.database, logger)
                base.folder.release()
            },
            AccountSweep(accounts: environment.accounts, clock: base.clock),
            AccountKeeping(accounts: keeper, host: host, logger: logger),
            try member.shell.application(responder) { await host.start() },
        ]
    }

    private static func keep(
        _ member: Contact, in database: BackendDatabase, _ logger: Logger
    ) async {
        do {
            try await database.put(member)
        } catch {
            logger.warning("cannot keep an address", metadata: ["error": "\(error)"])
        }
    }

    private static func close(_ database: BackendDatabase, _ logger: Logger) {
        do {
            try database.close()
        } catch {
            logger.error("cannot close the database", metadata: ["error": "\(error)"])
        }
    }

    private static func router(
        _ member: NetworkMember, _ environment: BackendEnvironment
    ) -> Router<ServerContext> {
        let host = environment.host
        let router = member.shell.router(
            readiness: { await readiness(host, environment.keeper) }, description: description
        ) { await read(host, into: $0) }
        PeerRoutes(
            host: host, gate: member.gate(), edge: member.peerClient.edge, isReady: { $0.isReady }
        ).add(BackendRequest.all, to: router)
        addAPI(environment, to: router)
        PageRoutes().add(openToAll: router.group())
        return router
    }

    private static func addAPI(
        _ environment: BackendEnvironment, to router: Router<ServerContext>
    ) {
        let origin = SameOrigin(address: environment.settings.address)
        let api = router.group("api")
            .add(middleware: Check { request, _ in try origin.check(request) })
        let loggedIn = api.loggedIn(at: environment)
        let open = api.group().add(
            middleware: Check { _, _ in
                guard environment.keeper.isReady else { throw HTTPFailure.starting }
            })
        AccountRoutes(backend: environment).add(openToAll: open, loggedIn: loggedIn)
        let host = environment.host
        // While the ledger is read back, the backend would say that nobody has any files.
        let files = loggedIn.group().add(
            middleware: Check { _, _ in
                guard await host.read({ $0.isReady }) else { throw HTTPFailure.starting }
            })
        FileRoutes(backend: environment).add(to: files)
        SealedRoutes(backend: environment).add(to: files)
        LedgerRoutes(backend: environment).add(to: loggedIn)
        NetworkRoutes(backend: environment).add(to: loggedIn)
    }

    private static func readiness(
        _ host: Host<Backend>, _ accounts: LedgerAccounts
    ) async -> String? {
        await host.read { role in
            guard !role.isSearching else { return "waiting for nodes that may keep its ledger" }
            guard role.isReady, accounts.isReady else { return "reading the ledger back" }
            return role.openMembers >= role.writeQuorum ? nil : "too few nodes answer"
        }
    }

    private static func read(_ host: Host<Backend>, into metrics: MetricsRegistry) async {
        await host.read { role in
            metrics.gauge(.clockDifference).record(role.largestClockDifference.seconds)
            metrics.gauge(.files).record(role.files.count)
            metrics.gauge(.chunks).record(role.chunks.count)
            metrics.gauge(.repairsWaiting).record(role.repairs.count)
            metrics.gauge(.repairsUnderWay).record(role.repairs.underWay)
            for (replicas, count) in role.chunksByReplicas().enumerated() {
                metrics.gauge(.chunksByReplicas(replicas)).record(count)
            }
            for status in [PeerStatus.alive, .suspect, .dead] {
                let count = role.members.all.count { $0.standing.status == status }
                metrics.gauge(.nodes(status)).record(count)
            }
        }
    }
}

extension BackendEnvironment {
    fileprivate init(
        _ member: NetworkMember, _ host: Host<Backend>, _ keeper: LedgerAccounts,
        _ parts: BackendServer.Parts
    ) async {
        let settings = member.settings
        self.init(
            host: host, store: StoreService(host: host, settings: settings.protocolSettings),
            accounts: await Accounts(
                store: keeper, secret: parts.secret, addresses: OwnAddresses(settings),
                settings: parts.accounts),
            keeper: keeper,
            ledger: LedgerArchive(database: parts.database), directory: member.directory,
            settings: settings, chunkSize: parts.chunkSize, clock: member.base.clock)
    }
}

/// Keeps accounts and ledger alike, once the ledger is there.
private struct AccountKeeping: Service {
    let accounts: LedgerAccounts
    let host: Host<Backend>
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !(await host.read { $0.isReady }) { try await Task.sleep(for: .milliseconds(50)) }
            do {
                try await accounts.reconcile()
            } catch {
                logger.critical("accounts do not come back", metadata: ["error": "\(error)"])
                return try await gracefulShutdown()
            }
            while true {
                try await Task.sleep(for: .seconds(60))
                try? await accounts.catchUp()
            }
        }
    }
}

/// Forgets sessions that have expired, every few minutes.
private struct AccountSweep: Service {
    let accounts: Accounts
    let clock: Clock

    func run() async throws {
        let accounts = accounts
        let clock = clock
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await accounts.sweep(at: clock.now)
                try await Task.sleep(for: .seconds(300))
            }
        }
    }
}
