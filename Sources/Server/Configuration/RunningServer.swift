import Logging
import Platform
import Primitives
package import ServiceLifecycle

/// A server that runs beside others in this process, started and stopped at any time.
package struct RunningServer: Sendable {
    private let task: Task<Void, any Error>
    private let group: ServiceGroup

    /// Runs a server's services. They tell of nothing.
    package init(_ services: [any Service]) {
        var configuration = ServiceGroupConfiguration(services: services, logger: .silent)
        configuration.maximumGracefulShutdownDuration = Self.shutdownTimeout
        let group = ServiceGroup(configuration: configuration)
        self.group = group
        task = Task { try await group.run() }
    }

    /// How long requests under way may take to end once the server stops. Their roles have stopped
    /// answering by then.
    private static let shutdownTimeout = Swift.Duration.seconds(2)

    /// Closes every connection, and returns once nothing runs any more. A host that shall not close
    /// its disk in order must have been abandoned before.
    package func stop() async {
        // Not cancelled: connections that were accepted and not served yet must be closed in order.
        await group.triggerGracefulShutdown()
        _ = await task.result
    }

    /// Lets go of everything once the server has ended, for whatever reason. Throws why it could not
    /// run.
    package func ended() async throws { try await task.value }
}

extension Logger {
    /// Says nothing.
    static let silent = Logger(label: "dsim.silent") { _ in SwiftLogNoOpLogHandler() }
}

extension Launch {
    /// For servers that share this process and its clock, and log nothing.
    package init(acting clock: Clock, servers: Int, meter: WireMeter) throws {
        guard let token = JoinToken(Hexadecimal.encode(SystemRandom.bytes(32))) else {
            preconditionFailure("the token is long enough")
        }
        try self.init(
            token: token, servers: servers, tlsAuthority: nil, logger: .silent, clock: clock,
            meter: meter)
    }
}
