import Files
package import Logging
import Primitives
import Roles

/// What `dsim serve` is to do, read from all settings and checked as a whole.
package struct ServePlan: Sendable {
    package enum Role: String, Sendable, CaseIterable {
        case discovery, node, backend, all
    }

    package var role: Role
    package var server: ServerSettings
    package var backend: Launch.BackendOptions
    /// Nil: random, and kept in the data folder.
    package var joinToken: String?
    package var nodeCount: Int
    package var logLevel: Logger.Level
    package var logsJSON: Bool

    private static let ports: [Role: Int] = [.discovery: 4000, .node: 6001, .backend: 5000]

    /// Throws the first setting that is wrong.
    package init(_ values: SettingValues) throws(SettingError) {
        func need<Value>(
            _ setting: Setting, _ expected: String, _ parse: (String) -> Value?
        ) throws(SettingError) -> Value {
            guard let value = try values.read(setting, expected, parse) else {
                throw SettingError(description: "--\(setting.flag) is needed: \(setting.help).")
            }
            return value
        }
        role = try need(.role, "discovery, node, backend or all") { Role(rawValue: $0) }
        server = ServerSettings()
        server.host = try need(.host, "an address") { $0.isEmpty ? nil : $0 }
        server.port =
            try values.read(.port, "a port from 1 to 65535") { Self.integer($0, in: 1...65_535) }
            ?? Self.ports[role] ?? 5000
        server.publicAddress = try values.read(.address, "the base of an http or https URL") {
            Member.isPlausible(address: $0) ? $0 : nil
        }
        server.dataFolder = try need(.data, "a path") { $0.isEmpty ? nil : $0 }
        server.discoveries = try need(.discovery, "a list of http or https URLs") { text in
            let urls = text.split(separator: ",").map(String.init)
            return urls.isEmpty || !urls.allSatisfy({ Member.isPlausible(address: $0) })
                ? nil : urls
        }
        server.capacityBytes = try need(
            .capacity, "a number of bytes", SettingQuantity.bytes)
        server.domain = try need(.domain, "a number from 0 to 4294967295") { UInt32($0) }
        server.connectionLimit = try need(.connections, "a number from 1 to 100000") {
            Self.integer($0, in: 1...100_000)
        }
        server.tlsAuthority = values.text(.authority)
        switch (values.text(.certificate), values.text(.key)) {
        case (let certificate?, let key?):
            server.tls = ServerSettings.TLSFiles(certificate: certificate, key: key)
        case (nil, nil): break
        default:
            throw SettingError(
                description: "--tls-certificate and --tls-key belong together: give both.")
        }
        server.protocolSettings = try Self.protocolSettings(values)
        backend = Launch.BackendOptions()
        backend.databaseURL = try need(.database, "a URL") { $0 }
        backend.secretKey = values.text(.secretKey)
        backend.chunkSize = try need(.chunkSize, "a chunk size from 4096 to 16777216 bytes") {
            Int($0).flatMap { try? ChunkSize($0) }
        }
        joinToken = try values.read(.joinToken, "16 characters or more") {
            JoinToken($0) == nil ? nil : $0
        }
        guard joinToken != nil || role == .all else {
            throw SettingError(
                description: "--join-token or JOIN_TOKEN is needed: the same secret, of 16 "
                    + "characters or more, on every server of the network.")
        }
        nodeCount = try need(.nodes, "a number from 1 to 100") { Self.integer($0, in: 1...100) }
        logLevel = try need(.logLevel, "a log level") { Logger.Level(rawValue: $0) }
        logsJSON = try need(.logFormat, "text or json") {
            ["text": false, "json": true][$0]
        }
    }

    private static func integer(_ text: String, in range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func protocolSettings(
        _ values: SettingValues
    ) throws(SettingError) -> ProtocolSettings {
        var settings = ProtocolSettings()
        func duration(_ setting: Setting) throws(SettingError) -> Primitives.Duration {
            try values.read(setting, "a time such as 500ms, 10s, 5m, 12h or 14d") {
                SettingQuantity.duration($0)
            } ?? .seconds(1)
        }
        settings.replicas =
            try values.read(.replication, "a number from 1 to 16") { integer($0, in: 1...16) } ?? 3
        settings.writeQuorum =
            try values.read(.quorum, "a number from 1 to 16") { integer($0, in: 1...16) }
            ?? settings.replicas / 2 + 1
        guard settings.writeQuorum <= settings.replicas else {
            throw SettingError(
                description: "--write-quorum is \(settings.writeQuorum), more than the "
                    + "\(settings.replicas) replicas that there are to be.")
        }
        settings.heartbeatInterval = try duration(.heartbeat)
        settings.suspectAfter = try duration(.suspect)
        settings.deadAfter = try duration(.dead)
        guard settings.heartbeatInterval < settings.suspectAfter,
            settings.suspectAfter < settings.deadAfter
        else {
            throw SettingError(
                description: "--heartbeat must be shorter than --suspect-after, and that shorter "
                    + "than --dead-after.")
        }
        settings.antiEntropyInterval = try duration(.antiEntropy)
        settings.auditInterval = try duration(.audit)
        settings.scrubInterval = try duration(.scrub)
        settings.uploadExpiry = try duration(.uploadExpiry)
        settings.orphanGrace = try duration(.orphanGrace)
        guard settings.uploadExpiry < settings.orphanGrace else {
            throw SettingError(
                description: "--upload-expiry must be shorter than --orphan-grace: chunks of an "
                    + "upload under way would be removed.")
        }
        // Backends look as often as nodes beat, but for the first look not slower than people wait.
        settings.peersInterval = min(settings.heartbeatInterval / 2, .seconds(5))
        settings.ledgerInterval = .seconds(15)
        return settings
    }
}
