import ArgumentParser
import Foundation
import Live
import Logging
import ServiceLifecycle
import Workbench

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Run a discovery, a storage node, a backend, or a whole network for a first look.",
        usage: "dsim serve [--config FILE] [--SETTING VALUE ...]",
        discussion: discussion)

    /// Made when it is asked for: it shows the present value of every setting.
    private static var discussion: String {
        let flags = SettingValues.flags(in: CommandLine.arguments)
        let settings: String
        do {
            settings = try ServeOptions.values(flags: flags, config: flags["config"]).table
        } catch {
            settings = "  (the settings cannot be shown: \(error))"
        }
        return """
            Flags count before the environment, the environment before --config FILE, and that before \
            what is standard. SIGTERM or Ctrl-C lets what is under way finish, for 20 seconds at most; \
            once more stops at once.

            SETTINGS:
              --config  FILE
                  a file with lines such as "replication = 3"; an environment file will do
            \(settings)
            """
    }

    @OptionGroup(title: "Settings", visibility: .hidden)
    var options: ServeOptions

    func run() async throws {
        try await reporting {
            let plan = try ServePlan(options.values())
            try await Server(plan).run()
            return .fine
        }
    }
}

/// Every setting as a flag.
struct ServeOptions: ParsableArguments {
    @Option var config: String?
    @Option var role: String?
    @Option var host: String?
    @Option var port: String?
    @Option var publicUrl: String?
    @Option var data: String?
    @Option var discoveryUrl: String?
    @Option var joinToken: String?
    @Option var replication: String?
    @Option var writeQuorum: String?
    @Option var chunkSize: String?
    @Option var secretKey: String?
    @Option var databaseUrl: String?
    @Option var capacity: String?
    @Option var domain: String?
    @Option var nodes: String?
    @Option var heartbeat: String?
    @Option var suspectAfter: String?
    @Option var deadAfter: String?
    @Option var compareEvery: String?
    @Option var auditEvery: String?
    @Option var scrubEvery: String?
    @Option var uploadExpiry: String?
    @Option var orphanGrace: String?
    @Option var tlsCertificate: String?
    @Option var tlsKey: String?
    @Option var tlsCa: String?
    @Option var connections: String?
    @Option var logLevel: String?
    @Option var logFormat: String?

    private var flags: [String: String] {
        let pairs: [(Setting, String?)] = [
            (.role, role), (.host, host), (.port, port), (.address, publicUrl), (.data, data),
            (.discovery, discoveryUrl), (.joinToken, joinToken), (.replication, replication),
            (.quorum, writeQuorum), (.chunkSize, chunkSize), (.secretKey, secretKey),
            (.database, databaseUrl), (.capacity, capacity), (.domain, domain), (.nodes, nodes),
            (.heartbeat, heartbeat), (.suspect, suspectAfter), (.dead, deadAfter),
            (.antiEntropy, compareEvery), (.audit, auditEvery), (.scrub, scrubEvery),
            (.uploadExpiry, uploadExpiry), (.orphanGrace, orphanGrace),
            (.certificate, tlsCertificate),
            (.key, tlsKey), (.authority, tlsCa), (.connections, connections),
            (.logLevel, logLevel), (.logFormat, logFormat),
        ]
        return Dictionary(
            uniqueKeysWithValues: pairs.compactMap { setting, text in
                text.map { (setting.flag, $0) }
            })
    }

    func values() throws -> SettingValues { try Self.values(flags: flags, config: config) }

    static func values(flags: [String: String], config: String?) throws -> SettingValues {
        var file: (path: String, values: [String: String])?
        if let config {
            guard let content = try? String(contentsOfFile: config, encoding: .utf8) else {
                throw ClientError(
                    .cannotRead, "\(config) cannot be read, or is not text. Check --config.")
            }
            file = (config, try SettingValues.parse(file: config, content))
        }
        return SettingValues(
            flags: flags, environment: ProcessInfo.processInfo.environment, file: file)
    }
}

/// Runs what a plan says until a signal comes.
private struct Server {
    let plan: ServePlan

    init(_ plan: ServePlan) { self.plan = plan }

    /// How long what is under way may take once the server is to stop.
    private static let patience = Swift.Duration.seconds(20)

    func run() async throws {
        do { try await launch() } catch { throw StartError(error, plan.server) }
    }

    private func launch() async throws {
        let logger = makeLogger()
        let token = try plan.joinToken ?? LocalNetwork.joinToken(in: plan.server.dataFolder)
        guard let joinToken = JoinToken(token) else {
            throw SettingError(description: "\(plan.server.dataFolder)/join.token is damaged.")
        }
        let launch = try Launch(
            token: joinToken, tlsAuthority: plan.server.tlsAuthority, logger: logger)
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
        configuration.maximumGracefulShutdownDuration = Self.patience
        let group = ServiceGroup(configuration: configuration)
        let interruptions = Interruptions(CancelFlag()) {
            Task { await group.triggerGracefulShutdown() }
        }
        defer { withExtendedLifetime(interruptions) {} }
        logger.info(
            "starting",
            metadata: ["role": "\(plan.role.rawValue)", "url": "\(plan.server.address)"])
        try await withTaskExecutorPreference(LoopExecutor(launch.loop)) { try await group.run() }
        logger.info("stopped")
    }

    private func makeLogger() -> Logger {
        let isJSON = plan.logsJSON
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
