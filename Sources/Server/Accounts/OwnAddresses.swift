import Foundation
import NIOCore

/// The addresses that a backend goes by: it takes no log-in that was signed for another.
package struct OwnAddresses: Sendable {
    /// How others reach it.
    package let told: String
    private let isSecure: Bool
    private let port: Int

    package init(_ settings: ServerSettings) {
        told = settings.address
        isSecure = settings.tls != nil
        port = settings.port
    }

    /// Whether the URL is the one that others are told, or names this machine by a number of its own, or as
    /// localhost, and the port that is listened on. Other names could be anybody's.
    func contains(_ address: String) -> Bool {
        guard let address = Endpoint(address) else { return false }
        if address == Endpoint(told) { return true }
        return address.isSecure == isSecure && address.port == port && isThisMachine(address.host)
    }

    private func isThisMachine(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let number = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        let devices = (try? System.enumerateDevices()) ?? []
        return ClientAddress.isLoopback(host)
            || devices.contains { $0.address?.ipAddress == number.ipAddress }
    }
}

/// What of a URL says whom it reaches.
private struct Endpoint: Equatable {
    var isSecure: Bool
    var host: String
    var port: Int

    init?(_ url: String) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            parts.user == nil, let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme)
        else { return nil }
        isSecure = scheme == "https"
        self.host = host.lowercased().trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (isSecure ? 443 : 80)
    }
}
