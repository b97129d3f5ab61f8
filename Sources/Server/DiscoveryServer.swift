import CoreMetrics
import Hummingbird
import NIOCore
import Platform
import Primitives
package import Roles
package import ServiceLifecycle
import Storage

/// A discovery on a socket.
package struct DiscoveryServer: Sendable {
    package let services: [any Service]
    package let host: Host<Discovery>
    /// What it answers to: "POST /register".
    package let routes: [String]
    /// What answers a request, however it came.
    let responder: RouterResponder<ServerContext>
    /// The OpenAPI document of these.
    package static var description: [UInt8] { PackageResources.discovery_json }

    init(_ base: ServerBase) throws {
        let (settings, identity, clock) = (base.settings, base.identity, base.clock)
        let directory = Directory(token: base.token)
        let shell = ServerShell(base, role: .discovery)
        let host = Host(
            Discovery(settings: settings.protocolSettings), id: identity.id,
            on: settings.loop, clock: clock, random: .system(),
            disk: nil, transport: NoTransport(), observe: base.instrumentation.observe,
            hangsFor: base.instrumentation.hangsFor)
        let peers = PeerRoutes(
            host: host, gate: Gate(own: PeerID(0), directory: directory, clock: clock),
            edge: ServerEdge(identity: identity, directory: directory, clock: clock))
        let router = shell.router(
            readiness: { nil }, description: Self.description
        ) { gauges in
            gauges.gauge(.members).record(directory.all(.node).count)
        }
        peers.add(DiscoveryRequest.all, to: router)
        self.host = host
        routes = router.names
        responder = router.buildResponder()
        services = [
            Stopping {
                await host.stop()
                base.folder.release()
            },
            try shell.application(responder) { await host.start() },
        ]
    }
}

/// For roles that only answer.
struct NoTransport: Transport {
    func send(_ request: Roles.Request, to peer: PeerID) async throws -> Answer? {
        throw PeerClient.Failure.notForServers
    }
}
