import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import Metrics
import NIOCore
import NIOSSL
import Primitives
import Roles
import ServiceLifecycle
import Synchronization
import Wire

/// What all servers have in common: the listener and its limits, TLS, health, readiness and metrics.
struct ServerShell: Sendable {
    let settings: ServerSettings
    let role: MemberRole
    let id: PeerID
    let logger: Logger
    let metrics = MetricsRegistry()

    init(_ base: ServerBase, role: MemberRole) {
        (settings, id, logger) = (base.settings, base.identity.id, base.logger)
        self.role = role
    }

    /// The most bytes of a request's head.
    static let headLimit = 16 * 1024
    /// The most fields of a request's head.
    static let fieldLimit = 64

    /// Why a server is not ready; nil when it is.
    typealias Readiness = @Sendable () async -> String?

    /// A router with what every server answers.
    func router(
        readiness: @escaping Readiness, description: [UInt8],
        gauges: @escaping @Sendable (MetricsRegistry) async -> Void
    ) -> Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: EdgeMiddleware(
                metrics: metrics, logLevel: logger.logLevel,
                bodyTimeoutSeconds: settings.bodyTimeoutSeconds))
        let health = HealthForm(
            status: "ok", role: role.rawValue, id: id.hexadecimal, version: Version.current)
        let openToAll = router.group()
        openToAll.get("health") { _, _ in Response.json(health) }
        openToAll.get("ready") { _, _ in
            let reason = await readiness()
            return Response.json(
                ReadyForm(ready: reason == nil, reason: reason ?? ""),
                status: reason == nil ? .ok : .serviceUnavailable)
        }
        let metrics = metrics
        openToAll.get("metrics") { _, _ in
            // Anew each time, so that a series goes with what it was of.
            let moment = MetricsRegistry()
            await gauges(moment)
            return Response.bytes(
                (metrics.text + moment.text).utf8, as: "text/plain; version=0.0.4")
        }
        openToAll.get("openapi.json") { _, _ in
            Response.bytes(description, as: "application/json")
        }
        return router
    }

    /// The listener. `running` is called once it accepts connections.
    func application(
        _ responder: RouterResponder<ServerContext>, running: @escaping @Sendable () async -> Void
    ) throws -> any Service {
        let refused = metrics.counter(.connectionsRefused)
        let connections = ConnectionLimiter(settings) { refused.increment() }
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [connections.handler(), LargeReads()],
            idleTimeout: .seconds(settings.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Self.headLimit, maxHeaderListSize: Self.headLimit,
                maxHeaderFieldCount: Self.fieldLimit))
        let http1 = HTTPServerBuilder.held(configuration)
        let builder: HTTPServerBuilder =
            if let tls = settings.tls {
                try .tls(http1, tlsConfiguration: TLS.server(tls))
            } else {
                http1
            }
        // The library takes what ends a server for errors of its own, and tells of them besides.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: responder, server: builder,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.connectionLimit)),
            onServerRunning: { [logger] _ in
                logger.info("listening")
                await running()
            }, eventLoopGroupProvider: .shared(settings.loop), logger: quiet)
        return Listener(application: application, settings: settings)
    }
}

/// Says in words why it cannot listen.
private struct Listener: Service, CustomStringConvertible {
    let application: any Service
    let settings: ServerSettings

    var description: String { "listener on port \(settings.port)" }

    func run() async throws {
        do { try await application.run() } catch { throw StartError(error, settings) }
    }
}

extension Router<ServerContext> {
    /// The routes that were added: "GET /files/{id}", sorted. Every GET is a HEAD too.
    var names: [String] {
        routes.map { route in
            let path = route.path.description.split(separator: "/").map { part in
                part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
            }
            return "\(route.method.rawValue) /\(path.joined(separator: "/"))"
        }.sorted()
    }
}

/// The version of the program.
package enum Version {
    package static let current = "0.2.0"
}

/// Stops something when the group of services stops.
struct Stopping: Service {
    let stop: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }
}
