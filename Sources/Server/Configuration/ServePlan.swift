package import Logging
import Roles

/// What `dsim serve` is to do: what it is told where nobody sets anything, until `init(_:)` reads what
/// somebody set.
package struct ServePlan: Sendable {
    package enum Role: String, Sendable, CaseIterable {
        case discovery, node, backend, all
    }

    package enum LogFormat: String, Sendable, CaseIterable {
        case text, json
    }

    package var role = Role.all
    package var server = ServerSettings()
    package var backend = Launch.BackendOptions()
    /// Nil: random, and kept in the data folder.
    package var joinToken: String?
    package var nodeCount = 5
    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.text
    var port: Int?
    var certificate: String?
    var key: String?

    package init() {}

    /// Reads every setting and checks them as a whole. Throws the first that is wrong.
    package init(_ values: SettingValues) throws(SettingError) {
        self.init()
        for setting in Self.settings { try values.read(setting, into: &self) }
        for rule in Self.rules {
            guard let problem = rule.problem(self, { values.name(of: $0) }) else { continue }
            throw SettingError(problem)
        }
        server.port = port ?? Self.ports[role] ?? 5000
        if let certificate, let key {
            server.tls = ServerSettings.TLSFiles(certificate: certificate, key: key)
        }
    }

    /// How many servers the process is.
    package var serverCount: Int { role == .all ? nodeCount + 2 : 1 }

    private static let ports: [Role: Int] = [.discovery: 4000, .node: 6001, .backend: 5000]
}
