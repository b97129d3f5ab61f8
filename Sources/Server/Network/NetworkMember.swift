import AsyncHTTPClient
import Logging
import Platform
import Primitives
import Roles
import Storage

/// A node's or a backend's place in its network: who it is to the others, how it asks them, and how it
/// is asked.
struct NetworkMember {
    let shell: ServerShell
    let identity: Identity
    let directory: Directory
    let clock: Clock
    let peerClient: PeerClient

    init(
        _ role: MemberRole, settings: ServerSettings, identity: Identity, token: JoinToken,
        directory: Directory, clock: Clock, client: HTTPClient, logger: Logger
    ) {
        shell = ServerShell(settings: settings, role: role, id: identity.id, logger: logger)
        self.identity = identity
        self.directory = directory
        self.clock = clock
        peerClient = PeerClient(
            identity: identity, own: Contact(role, identity, of: token, at: settings.address),
            directory: directory, discoveries: settings.discoveries, client: client, clock: clock)
    }

    var settings: ServerSettings { shell.settings }
    var discoveries: [PeerID] { settings.discoveries.map { PeerID(ofDiscoveryAt: $0) } }

    /// Drives its role.
    func host<R: Role>(_ role: R, disk: any Disk, with instrumentation: Instrumentation) -> Host<R>
    {
        Host(
            role, id: identity.id, on: settings.loop, clock: clock, random: .system(),
            disk: instrumentation.disk(disk), transport: instrumentation.transport(peerClient),
            observe: instrumentation.observing(
                Observer(logger: shell.logger, metrics: shell.metrics)),
            hangsFor: instrumentation.hangsFor)
    }

    func gate(sessions: GrantedSessions? = nil) -> Gate {
        Gate(own: identity.id, directory: directory, clock: clock, sessions: sessions)
    }
}

extension Contact {
    /// What a server with the network's token is to the others.
    init(_ role: MemberRole, _ identity: Identity, of token: JoinToken, at address: String) {
        self.init(
            role: role, publicKey: identity.publicKey,
            proof: token.proof(of: identity.publicKey, as: role), address: address)
    }
}
