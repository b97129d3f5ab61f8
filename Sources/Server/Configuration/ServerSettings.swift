package import NIOCore
import NIOPosix
package import Roles

/// What one server is told at its start.
package struct ServerSettings: Sendable {
    /// The address that it listens on.
    package var host = "127.0.0.1"
    package var port = 0
    /// The base of its URLs as others reach it; nil: made of host and port.
    package var publicAddress: String?
    /// Certificate chain and key, PEM files; nil: plain HTTP.
    package var tls: TLSFiles?
    /// A CA that is trusted besides the system's, a PEM file.
    package var tlsAuthority: String?
    /// Where it keeps what must survive a restart.
    package var dataFolder = "dsim-data"
    /// Addresses of all discoveries.
    package var discoveries = ["http://127.0.0.1:4000"]
    package var protocolSettings = ProtocolSettings()
    /// Bytes that a node offers.
    package var capacityBytes: UInt64 = 100_000_000_000
    /// What a node shares its fate with: a rack, a house, a provider.
    package var domain: UInt32 = 0
    /// Connections at once.
    package var connectionLimit = 1024
    /// Connections of one address at once; nil: a quarter of all, and no limit for this machine.
    package var connectionsPerAddress: Int?
    /// Where it does its work.
    package var loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()
    /// How long a connection may say nothing between two requests.
    package var idleSeconds: Int64 = 60
    /// How long a request's body may say nothing before its connection is cut off.
    package var bodyTimeoutSeconds = standardBodyTimeoutSeconds
    package static let standardBodyTimeoutSeconds: Int64 = 20

    package init() {}

    package struct TLSFiles: Sendable {
        package var certificate: String
        package var key: String
    }

    /// How others reach it.
    package var address: String { publicAddress ?? localAddress }

    /// How its owner reaches it from this machine: with TLS by the name that its certificate has.
    var ownersAddress: String { tls == nil ? localAddress : address }

    /// How this machine reaches it.
    package var localAddress: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(tls == nil ? "http" : "https")://\(name):\(port)"
    }
}
