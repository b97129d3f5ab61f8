import AsyncHTTPClient
import Logging
import Platform
import Primitives
import Roles
import Storage

/// A node's or a backend's place in its network: who it is to the others, how it asks them, and how it
/// is asked.
struct NetworkMember {
    let base: ServerBase
    let shell: ServerShell
    let directory: Directory
    let peerClient: PeerClient

    init(_ role: MemberRole, _ base: ServerBase, directory: Directory) {
        self.base = base
        shell = ServerShell(base, role: role)
        self.directory = directory
        peerClient = PeerClient(
            identity: base.identity,
            own: Contact(role, base.identity, of: base.token, at: base.settings.address)
                .signed(base.addressSequence, by: base.identity.key),
            directory: directory, discoveries: base.settings.discoveries, client: base.client,
            clock: base.clock)
    }

    var settings: ServerSettings { base.settings }
    var discoveries: [PeerID] { settings.discoveries.map { PeerID(ofDiscoveryAt: $0) } }

    /// Drives its role.
    func host<R: Role>(_ role: R, disk: any Disk) -> Host<R> {
        let instrumentation = base.instrumentation
        return Host(
            role, id: base.identity.id, on: settings.loop, clock: base.clock, random: .system(),
            disk: instrumentation.disk(disk), transport: instrumentation.transport(peerClient),
            observe: instrumentation.observing(
                Observer(logger: shell.logger, metrics: shell.metrics)),
            hangsFor: instrumentation.hangsFor)
    }

    func gate(sessions: GrantedSessions? = nil) -> Gate {
        Gate(own: base.identity.id, directory: directory, clock: base.clock, sessions: sessions)
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
