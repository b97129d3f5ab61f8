package import AsyncHTTPClient
import Cryptography
package import Files
package import Logging
package import NIOCore
import NIOPosix
import Platform
package import Primitives
import Roles
import Segments
package import ServiceLifecycle
import Storage
import Wire

/// Puts a server together from its settings and its data folder.
package struct Launch: Sendable {
    package let token: JoinToken
    package let client: HTTPClient
    package let logger: Logger
    package let clock: Clock
    /// Where all of its servers do their work.
    package let loop: any EventLoop
    private let descriptors: Descriptors

    /// For this many servers in one process. `meter` counts what their requests to each other and the
    /// answers take on the wire.
    package init(
        token: JoinToken, servers: Int, tlsAuthority: String?, logger: Logger,
        clock: Clock = Clock(), meter: WireMeter? = nil
    ) throws {
        descriptors = try Descriptors(servers: servers)
        logger.info("file descriptors", metadata: ["limit": "\(descriptors.limit)"])
        self.token = token
        self.logger = logger
        self.clock = clock
        loop = MultiThreadedEventLoopGroup.singleton.any()
        var configuration = HTTPClient.Configuration.strict(
            tls: try TLS.client(authority: tlsAuthority),
            timeout: .init(connect: .seconds(5), read: .seconds(180)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        configuration.connectionPool.preWarmedHTTP1ConnectionCount = 0
        configuration.http1_1ConnectionDebugInitializer = { channel in
            LargeReads.attach(to: channel).flatMap {
                meter?.attach(to: channel) ?? channel.eventLoop.makeSucceededVoidFuture()
            }
        }
        client = HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
    }

    /// Lets go of connections once all servers have stopped.
    package var cleanUp: any Service {
        let launch = self
        return Stopping { await launch.close() }
    }

    /// Lets go of connections where no server ran. May be called more than once.
    package func close() async { try? await client.shutdown() }

    package func discovery(
        _ settings: ServerSettings, in instrumentation: Instrumentation = Instrumentation()
    ) throws -> DiscoveryServer {
        let folder = try DataFolder(path: settings.dataFolder, purpose: .discovery)
        return try DiscoveryServer(base(in: folder, settings, instrumentation))
    }

    package func node(
        _ settings: ServerSettings, in instrumentation: Instrumentation = Instrumentation()
    ) throws -> NodeServer {
        let folder = try DataFolder(
            path: settings.dataFolder, purpose: .node, files: instrumentation.files)
        let base = try base(in: folder, settings, instrumentation)
        let logger = base.logger
        guard try folder.contents(of: Self.leftFile) == nil else {
            throw SettingError(
                "The node in \(folder.path) has left the network for good. Start it with a new data "
                    + "folder; this one can be deleted")
        }
        let own = Contact(.node, base.identity, of: token, at: settings.address)
        noteAddress(
            ServerNote(url: settings.ownersAddress, introduction: Introduction.text(of: own)),
            in: folder, logger)
        let store = try ChunkStore(in: folder, limits: descriptors.chunkStore)
        return try NodeServer(
            base, disk: store, status: { [weak store] in store?.status ?? ChunkStoreStatus() },
            left: {
                do {
                    try folder.replace(Self.leftFile, with: [])
                    logger.notice(
                        "left the network for good; stop the server and delete its folder")
                } catch {
                    logger.error(
                        "cannot note that the node has left", metadata: ["error": "\(error)"])
                }
            })
    }

    /// Leaves word in a node's folder for its operator.
    private func noteAddress(_ note: ServerNote, in folder: DataFolder, _ logger: Logger) {
        let bytes = WireJSON.bytes(note)
        do {
            if try folder.contents(of: ServerNote.file) != bytes {
                try folder.replace(ServerNote.file, with: bytes)
            }
        } catch {
            // A full disk must not keep a node from serving what it holds.
            logger.warning("cannot note where the server is", metadata: ["error": "\(error)"])
        }
    }

    /// What only a backend is told.
    package struct BackendOptions: Sendable {
        package var databaseURL = "sqlite:///users.db"
        /// Nil: random, and kept in the data folder.
        package var secretKey: String?
        package var chunkSize = ChunkSize.standard
        /// Where its ledger is gone, a backend that ran before begins an empty one, as another backend.
        package var beginsLedger = false
        /// Where its ledger is gone, it gets it back from the nodes that keep it.
        package var recoversLedger = false
        package var accounts = Accounts.Settings()
        /// The domains of nodes whose own word on that is not taken; nil: of none.
        package var assignedDomains: [PeerID: UInt32]?

        package init() {}
    }

    package func backend(
        _ settings: ServerSettings, _ options: BackendOptions,
        in instrumentation: Instrumentation = Instrumentation()
    ) async throws -> BackendServer {
        let folder = try DataFolder(path: settings.dataFolder, purpose: .backend)
        let database = try database(options, of: folder)
        let base = try base(in: folder, settings, instrumentation)
        let logger = base.logger
        let secret = try ServerSecret(
            options.secretKey
                ?? Hexadecimal.encode(
                    folder.secret(named: "secret.key", byteCount: 32)))
        let tagKey = SecretKey(
            copying: try folder.secret(named: "tags.key", byteCount: 32))
        let ledger = LedgerStore(database: database) { incident in
            switch incident {
            case .failed(let error, let delay):
                logger.error(
                    "the ledger cannot be written",
                    metadata: ["error": "\(error)", "retryAfterSeconds": "\(delay.seconds)"])
            case .recovered: logger.notice("the ledger can be written again")
            case .abandoned(let blocks, let error):
                logger.error(
                    "blocks were not written, and nobody was told that they were",
                    metadata: ["blocks": "\(blocks)", "error": "\(error)"])
            }
        }
        let parts = BackendServer.Parts(
            database: database, disk: ledger, secret: secret,
            tagKey: tagKey, chunkSize: options.chunkSize, accounts: options.accounts,
            assignedDomains: options.assignedDomains ?? [:], isLost: options.recoversLedger)
        return try await BackendServer(base, parts)
    }

    /// Opens the database of a backend's data folder. One that ran before, which its identity shows,
    /// has to find its ledger: with an empty one it would count on no chunk that its nodes hold.
    private func database(
        _ options: BackendOptions, of folder: DataFolder
    ) throws -> BackendDatabase {
        let path = try DatabaseURL(options.databaseURL).path(inDataFolder: folder.path)
        let ranBefore = try folder.contents(of: Self.identityFile) != nil
        // What comes back makes it one that has a ledger.
        guard !options.recoversLedger else { return try BackendDatabase(path: path) }
        guard options.beginsLedger || !ranBefore else {
            return try BackendDatabase(withLedgerAt: path)
        }
        let database = try BackendDatabase(path: path)
        // Else it would begin another one unasked the next time that the ledger is gone.
        if options.beginsLedger, try database.nextHeight() > 0 {
            throw SettingError(
                "--new-ledger or NEW_LEDGER is set, but the database \(path) holds a ledger: take "
                    + "the setting away")
        }
        if ranBefore {
            // Nodes know the old ledger by it, and would refuse the new one.
            try folder.files.rename(
                folder.path(of: Self.identityFile), to: folder.path(of: Self.formerIdentityFile))
        }
        // Before there is an identity, so that a start that was cut short can be repeated.
        try database.beginLedger()
        return database
    }

    private static let identityFile = "identity.key"
    private static let formerIdentityFile = "identity.key.former"
    private static let addressFile = "address.json"

    /// The address that a server had at its last start, and the number of its word on that.
    private struct AddressNote: Codable {
        var address: String
        @Word var sequence: UInt64
    }

    /// The same number for the same address, else one that is larger than all before: later in seconds
    /// since 1970 where what was before is not known any more.
    private func addressSequence(
        of settings: ServerSettings, in folder: DataFolder, _ logger: Logger
    ) -> UInt64 {
        let bytes = try? folder.contents(of: Self.addressFile)
        let last = bytes.flatMap { try? WireJSON.read(AddressNote.self, from: $0) }
        if let last, last.address == settings.address { return last.sequence }
        let seconds = UInt64(max(0, Clock.systemTime().seconds))
        let note = AddressNote(
            address: settings.address, sequence: max(seconds, (last?.sequence ?? 0) + 1))
        do {
            try folder.replace(Self.addressFile, with: WireJSON.bytes(note))
        } catch {
            // A full disk must not keep a node from serving what it holds.
            logger.warning("cannot note the address", metadata: ["error": "\(error)"])
        }
        return note.sequence
    }

    /// Stands in the folder of a node that has left.
    private static let leftFile = "left"

    /// Whether the node of this folder has left for good.
    static func hasLeft(dataFolder: String) -> Bool {
        FileSystem().exists("\(dataFolder)/\(leftFile)")
    }

    /// The settings with what this process has to give.
    private func fitted(_ settings: ServerSettings) -> ServerSettings {
        var settings = settings
        settings.loop = loop
        if descriptors.connections < settings.connectionLimit {
            logger.notice(
                "fewer connections than set: the others' descriptors are reserved for files",
                metadata: [
                    "port": "\(settings.port)", "connections": "\(descriptors.connections)",
                ])
            settings.connectionLimit = descriptors.connections
        }
        return settings
    }

    /// What the server of a folder is given. From here on it has an identity there.
    private func base(
        in folder: DataFolder, _ settings: ServerSettings, _ instrumentation: Instrumentation
    ) throws -> ServerBase {
        var seed = try folder.secret(named: Self.identityFile, byteCount: SigningKey.seedCount)
        var logger = logger
        logger[metadataKey: "role"] = "\(folder.purpose.rawValue)"
        logger[metadataKey: "port"] = "\(settings.port)"
        return ServerBase(
            settings: fitted(settings),
            identity: Identity(key: try SigningKey(seed: SecretKey(wiping: &seed))), token: token,
            addressSequence: addressSequence(of: settings, in: folder, logger),
            clock: instrumentation.clock(clock), client: client, logger: logger, folder: folder,
            instrumentation: instrumentation)
    }
}
