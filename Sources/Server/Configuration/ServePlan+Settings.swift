import Files
import Primitives
package import Roles

extension ServePlan {
    /// Every setting of a server, in the order of `--help`: flags, variables of the environment and keys of
    /// the configuration file derive from these, and from those of the protocol.
    package static let settings: [Setting<ServePlan>] =
        servers + backends
        + ProtocolSettings.all.map { $0.within(\.server.protocolSettings) } + operators

    /// What must hold between them.
    static let rules: [SettingRule<ServePlan>] =
        [
            SettingRule("tlsCertificate", "tlsKey") { plan, called in
                (plan.certificate == nil) == (plan.key == nil)
                    ? nil
                    : "\(called("tlsCertificate")) and \(called("tlsKey")) belong together; allowed: both or neither"
            },
            SettingRule("joinToken", "role") { plan, _ in
                plan.joinToken != nil || plan.role == .all
                    ? nil
                    : "--join-token or JOIN_TOKEN is needed: the same secret, of 16 characters or more, on every server of the network"
            },
        ] + ProtocolSettings.rules.map { $0.within(\ServePlan.server.protocolSettings) }

    private static let path = TextForm.text("a path")
    private static let address = TextForm.text("the base of an http or https URL") {
        Contact.isReachable(address: $0)
    }

    private static let servers: [Setting<ServePlan>] = [
        Setting(
            "role", \.role, .choice,
            "What it is; \"all\" is everything in one process, for a first look."),
        Setting("host", \.server.host, .text("an address"), "The address to listen on."),
        Setting(
            "port", \.port, .count(1...65_535),
            absent: "4000 for a discovery, 6001 for a node, 5000 for a backend",
            "The port to listen on; with role all, the backend's, and the others' follow."),
        Setting(
            "publicUrl", \.server.publicAddress, address, absent: "made of host and port",
            "How others reach this server, such as https://node7.example:6001."),
        Setting(
            "data", \.server.dataFolder, path, variable: "DATA_FOLDER",
            "The folder that keeps what must survive a restart."),
        Setting(
            "discoveryUrl", \.server.discoveries, addresses,
            "The discoveries, with commas between them."),
        Setting(
            "joinToken", \.joinToken,
            .text("\(JoinToken.minimumLength) characters or more") { JoinToken($0) != nil },
            absent: "with role all, random and kept in the data folder", isSecret: true,
            "The secret that admits servers to the network, the same on all of them."),
        Setting(
            "capacity", \.server.capacityBytes, .bytes(1...1 << 60), "Bytes that a node offers."),
        Setting(
            "domain", \.server.domain, .count(0...UInt32.max), variable: "FAILURE_DOMAIN",
            "A number that nodes share which fail together: a machine, a rack, a house."),
    ]

    private static let backends: [Setting<ServePlan>] = [
        Setting("nodes", \.nodeCount, .count(1...100), "With role all: how many nodes."),
        Setting(
            "chunkSize", \.backend.chunkSize, chunkSize,
            "Size of the chunks that files from browsers are cut into."),
        Setting(
            "assignDomains", \.backend.assignedDomains, domains,
            absent: "as the nodes claim",
            "The failure domains of nodes, by their ids, whatever they claim: 0123456789abcdef=7 and more, with commas between them."
        ),
        Setting(
            "secretKey", \.backend.secretKey,
            .text("\(ServerSecret.minimumLength) characters or more") {
                $0.utf8.count >= ServerSecret.minimumLength
            },
            absent: "random and kept in the data folder", isSecret: true,
            "What session tokens are signed with."),
        Setting(
            "databaseUrl", \.backend.databaseURL, .text("a URL"),
            "Accounts, ledger and address book; three slashes: within the data folder."),
        Setting(
            "recover", \.backend.recoversLedger, .yesOrNo,
            "A backend whose database is gone gets its ledger and accounts back from the nodes that keep them, and serves nobody before."
        ),
        Setting(
            "newLedger", \.backend.beginsLedger, .yesOrNo,
            "A backend whose ledger is gone begins an empty one under a new identity. Refused where there is a ledger, so take it away after the start."
        ),
    ]

    private static let operators: [Setting<ServePlan>] = [
        Setting(
            "tlsCertificate", \.certificate, path, absent: "plain http",
            "A PEM file with the certificate and its chain: serves https."),
        Setting(
            "tlsKey", \.key, path, absent: "plain http",
            "A PEM file with the certificate's private key."),
        Setting(
            "tlsCa", \.server.tlsAuthority, path, absent: "the system's authorities only",
            "A PEM file with an authority to trust besides the system's."),
        Setting(
            "connections", \.server.connectionLimit, .count(1...100_000),
            "Connections that are served at once."),
        Setting(
            "connectionsPerAddress", \.server.connectionsPerAddress, .count(1...100_000),
            absent: "a quarter of them, and no limit for this machine and a proxy on it",
            "Connections of one address that are served at once."),
        Setting("logLevel", \.logLevel, .choice, "The least that is logged."),
        Setting("logFormat", \.logFormat, .choice, "How it is logged; json is an object a line."),
    ]

    private static let addresses = TextForm<[String]>(
        allowed: "http or https URLs with commas between them",
        read: { text in
            let urls = text.split(separator: ",").map(String.init)
            return urls.isEmpty || !urls.allSatisfy(Contact.isReachable(address:)) ? nil : urls
        },
        write: { $0.joined(separator: ",") })

    private static let domains = TextForm<[PeerID: UInt32]>(
        allowed: "a node's id of 16 digits, = and a number for each, with commas between them",
        read: { text in
            var domains: [PeerID: UInt32] = [:]
            for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
                guard parts.count == 2, let node = PeerID(hexadecimal: String(parts[0])),
                    let domain = UInt32(parts[1]), domains.updateValue(domain, forKey: node) == nil
                else { return nil }
            }
            return domains
        },
        write: { domains in
            domains.sorted { $0.key < $1.key }.map { "\($0.key.hexadecimal)=\($0.value)" }
                .joined(separator: ",")
        })

    private static var chunkSize: TextForm<ChunkSize> {
        let bytes = TextForm.bytes(ChunkSize.allowed)
        return TextForm(
            allowed: bytes.allowed, read: { bytes.read($0).flatMap { try? ChunkSize($0) } },
            write: { bytes.write($0.count) })
    }
}
