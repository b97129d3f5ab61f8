import ArgumentParser
import Foundation
import Logging
import Server
import ServiceLifecycle
import Workbench

struct ServeCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Run a discovery, a storage node, a backend, or a whole network for a first look.",
        usage: "dsim serve [--config FILE] [--SETTING VALUE ...]", discussion: discussion)

    /// Made when it is asked for: it shows the present value of every setting.
    private static var discussion: String {
        let arguments = CommandLine.arguments.drop { $0 != "serve" }.dropFirst()
            .filter { $0 != "--help" && $0 != "-h" }
        let settings: String
        do {
            settings = try values(arguments).reference
        } catch {
            settings = "  (the settings cannot be shown: \(error))"
        }
        return """
            Flags count before the environment, the environment before --config FILE, and that before \
            what is standard. SIGTERM or Ctrl-C lets what is under way finish, for 20 seconds at most; \
            once more stops at once.

            SETTINGS:
              --config  FILE
                  a file with lines such as "replicas = 3"; an environment file will do
            \(settings)
            """
    }

    /// Flags of settings, which are known to `ServePlan.settings` alone.
    @Argument(parsing: .allUnrecognized, help: .hidden)
    var arguments: [String] = []

    func report() async throws -> ExitStatus {
        let plan = try ServePlan(Self.values(arguments))
        try await Server(plan: plan).run()
        return .fine
    }

    private static func values(_ arguments: [String]) throws -> SettingValues {
        try SettingValues(arguments: arguments, environment: ProcessInfo.processInfo.environment)
    }
}

/// Runs what a plan says until a signal comes.
private struct Server {
    let plan: ServePlan

    /// How long what is under way may take once the server is to stop.
    private static let shutdownTimeout = Swift.Duration.seconds(20)

    func run() async throws {
        do { try await launch() } catch { throw StartError(error, plan.server) }
    }

    private func launch() async throws {
        let logger = makeLogger()
        let token = try plan.joinToken ?? LocalNetwork.joinToken(in: plan.server.dataFolder)
        guard let joinToken = JoinToken(token) else {
            throw SettingError("\(plan.server.dataFolder)/join.token is damaged")
        }
        let launch = try Launch(
            token: joinToken, servers: plan.serverCount, tlsAuthority: plan.server.tlsAuthority,
            logger: logger)
        do {
            try await serve(launch, logger)
        } catch {
            await launch.close()
            throw error
        }
    }

    private func serve(_ launch: Launch, _ logger: Logger) async throws {
        var services: [any Service]
        var local: LocalNetwork?
        switch plan.role {
        case .discovery: services = try launch.discovery(plan.server).services
        case .node: services = try launch.node(plan.server).services
        case .backend: services = try await launch.backend(plan.server, plan.backend).services
        case .all:
            let network = try await LocalNetwork(plan, launch)
            services = network.services
            local = network
        }
        if plan.role != .all { services.insert(launch.cleanUp, at: 0) }
        if let local { services.append(Greeting(network: local)) }
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownTimeout
        let group = ServiceGroup(configuration: configuration)
        _ = CancelFlag.whenInterrupted { Task { await group.triggerGracefulShutdown() } }
        logger.info(
            "starting",
            metadata: ["role": "\(plan.role.rawValue)", "url": "\(plan.server.address)"])
        try await withTaskExecutorPreference(LoopExecutor(launch.loop)) { try await group.run() }
        logger.info("stopped")
    }

    private func makeLogger() -> Logger {
        let isJSON = plan.logFormat == .json
        var logger = Logger(label: "dsim") { label in
            if isJSON { return JSONLogHandler() }
            return StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = plan.logLevel
        return logger
    }
}

/// Says where to look once everything is ready.
private struct Greeting: Service {
    let network: LocalNetwork

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while await !network.isReady {
                try await Task.sleep(for: .milliseconds(100))
            }
            Output.standard("DecentraStore is running: \(network.address)\n")
        }
        try? await gracefulShutdown()
    }
}
