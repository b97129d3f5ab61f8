import Foundation
import Platform
import Primitives

/// Why a network of servers cannot run here.
package struct ServerFailure: Error, CustomStringConvertible {
    package var description: String
}

/// Finds ports of the loopback address that nobody listens on.
///
/// They lie below those that the system gives to outgoing connections, so that a server that was
/// stopped finds its port free again.
struct FreePorts {
    private static let range = 15_000..<32_000
    private var taken: Set<Int> = []
    private var random = RandomSource.system()

    mutating func next() throws(ServerFailure) -> Int {
        for _ in 0..<1_000 {
            let port = Self.range.lowerBound + random.below(Self.range.count)
            if !taken.contains(port), Self.isFree(port) {
                taken.insert(port)
                return port
            }
        }
        throw ServerFailure(description: "no free port was found between 15000 and 32000")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
