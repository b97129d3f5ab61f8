/// A setting of `dsim serve`: a flag, a variable of the environment, a key of the configuration file.
package struct Setting: Sendable, Equatable {
    /// The flag without its hyphens, which is also the key in a configuration file.
    package let flag: String
    package let variable: String
    /// What it is where nobody sets it; nil: depends on the role, or there is none.
    package let standard: String?
    package let help: String

    package static let all = [
        role, host, port, address, data, discovery, joinToken, replication, quorum, chunkSize,
        secretKey, database, capacity, domain, nodes, heartbeat, suspect, dead, antiEntropy, audit,
        scrub,
        uploadExpiry, orphanGrace, certificate, key, authority, connections, logLevel, logFormat,
    ]

    package static let role = Setting(
        flag: "role", variable: "ROLE", standard: "all",
        help: "discovery, node, backend, or all: everything in one process, for a first look")
    package static let host = Setting(
        flag: "host", variable: "HOST", standard: "127.0.0.1", help: "the address to listen on")
    package static let port = Setting(
        flag: "port", variable: "PORT", standard: nil,
        help: "the port: 4000 for a discovery, 6001 for a node, 5000 for a backend; "
            + "with all, the backend's, and the others' follow")
    package static let address = Setting(
        flag: "public-url", variable: "PUBLIC_URL", standard: nil,
        help: "how others reach this server, such as https://node7.example:6001")
    package static let data = Setting(
        flag: "data", variable: "DATA_FOLDER", standard: "dsim-data",
        help: "the folder that keeps what must survive a restart")
    package static let discovery = Setting(
        flag: "discovery-url", variable: "DISCOVERY_URL", standard: "http://127.0.0.1:4000",
        help: "the discoveries, with commas between them")
    package static let joinToken = Setting(
        flag: "join-token", variable: "JOIN_TOKEN", standard: nil,
        help: "the secret that admits servers to the network, 16 characters or more; "
            + "with all, random and kept in the data folder")
    package static let replication = Setting(
        flag: "replication", variable: "REPLICATION", standard: "3",
        help: "replicas that each chunk should have")
    package static let quorum = Setting(
        flag: "write-quorum", variable: "WRITE_QUORUM", standard: nil,
        help: "durable replicas that an upload waits for; more than half unless set")
    package static let chunkSize = Setting(
        flag: "chunk-size", variable: "CHUNK_SIZE", standard: "262144",
        help: "bytes of the chunks that files from browsers are cut into")
    package static let secretKey = Setting(
        flag: "secret-key", variable: "SECRET_KEY", standard: nil,
        help: "signs session tokens, 16 characters or more; random and kept in the data folder")
    package static let database = Setting(
        flag: "database-url", variable: "DATABASE_URL", standard: "sqlite:///users.db",
        help: "accounts, ledger and address book; three slashes: within the data folder")
    package static let capacity = Setting(
        flag: "capacity", variable: "CAPACITY", standard: "100GB",
        help: "bytes that a node offers, such as 500GB or 2TiB")
    package static let domain = Setting(
        flag: "domain", variable: "FAILURE_DOMAIN", standard: "0",
        help: "a number that nodes share which fail together: a rack, a house")
    package static let nodes = Setting(
        flag: "nodes", variable: "NODES", standard: "5", help: "with all: how many nodes")
    package static let heartbeat = Setting(
        flag: "heartbeat", variable: "HEARTBEAT", standard: "10s",
        help: "time between two heartbeats of a node")
    package static let suspect = Setting(
        flag: "suspect-after", variable: "SUSPECT_AFTER", standard: "45s",
        help: "silence after which nothing new is placed on a node")
    package static let dead = Setting(
        flag: "dead-after", variable: "DEAD_AFTER", standard: "12h",
        help: "silence after which a node's chunks are copied elsewhere")
    package static let antiEntropy = Setting(
        flag: "compare-every", variable: "COMPARE_EVERY", standard: "6h",
        help: "time between two comparisons of a node's inventory with the ledger")
    package static let audit = Setting(
        flag: "audit-every", variable: "AUDIT_EVERY", standard: "10m",
        help: "time between two challenges to a node to prove that it holds a chunk")
    package static let scrub = Setting(
        flag: "scrub-every", variable: "SCRUB_EVERY", standard: "14d",
        help: "time in which a node re-reads all its chunks once")
    package static let uploadExpiry = Setting(
        flag: "upload-expiry", variable: "UPLOAD_EXPIRY", standard: "1h",
        help: "time that chunks wait for their file to be committed")
    package static let orphanGrace = Setting(
        flag: "orphan-grace", variable: "ORPHAN_GRACE", standard: "2h",
        help: "time after which a chunk that no file names is removed from a node")
    package static let certificate = Setting(
        flag: "tls-certificate", variable: "TLS_CERTIFICATE", standard: nil,
        help: "a PEM file with the certificate and its chain: serves https")
    package static let key = Setting(
        flag: "tls-key", variable: "TLS_KEY", standard: nil,
        help: "a PEM file with the certificate's private key")
    package static let authority = Setting(
        flag: "tls-ca", variable: "TLS_CA", standard: nil,
        help: "a PEM file with an authority to trust besides the system's")
    package static let connections = Setting(
        flag: "connections", variable: "CONNECTIONS", standard: "1024",
        help: "connections that are served at once")
    package static let logLevel = Setting(
        flag: "log-level", variable: "LOG_LEVEL", standard: "info",
        help: "trace, debug, info, notice, warning, error or critical")
    package static let logFormat = Setting(
        flag: "log-format", variable: "LOG_FORMAT", standard: "text",
        help: "text, or json: an object a line")

    /// Never shown, whatever it is.
    package var isSecret: Bool { self == .joinToken || self == .secretKey }
}
