import Foundation
import Synchronization

/// Ports for servers that must know theirs before they listen: below those that the system hands out,
/// and each given once.
enum FreePorts {
    private static let next = Mutex(20_000 + Int(getpid()) % 1_000 * 10)

    static func take() -> Int {
        next.withLock { next in
            while true {
                next = next >= 31_000 ? 20_000 : next + 1
                if isFree(next) { return next }
            }
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        return withAddress(port) { bind(handle, $0, $1) } == 0
    }

    /// Lends the address of a port on this machine.
    static func withAddress<Result>(
        _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
