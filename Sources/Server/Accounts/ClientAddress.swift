import Foundation
import Glibc

/// The network addresses that one client can choose among.
enum ClientAddress {
    private static let maximumCount = 64

    /// Whether an address is one that this machine has for itself.
    static func isLoopback(_ text: String) -> Bool {
        text == "::1" || group(of: text).hasPrefix("127.")
    }

    /// What attempts and connections of a client are counted under: an IPv4 address, or the /64 network of an IPv6
    /// address, within which a client picks addresses freely. Other text stands for itself.
    static func group(of text: String) -> String {
        let address = String(text.prefix { $0 != "%" }.prefix(maximumCount))
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { bytes in
            // RFC 4291 §2.5.5.2: an IPv4 address within IPv6.
            if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                return bytes.suffix(4).map(String.init).joined(separator: ".")
            }
            return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
        }
    }
}
