import Foundation
import Synchronization

/// Ports for servers that must know theirs before they listen: below those that the system hands out,
/// and each given once, whichever test asks.
enum FreePorts {
    private static let range = 10_000..<30_000
    private static let given = Mutex<Set<Int>>([])

    /// The first of `count` ports in a row.
    static func take(_ count: Int = 1) throws -> Int {
        for _ in 0..<1_000 {
            let first = Int.random(in: range)
            let ports = first..<first + count
            let areNew = given.withLock { given in
                guard given.isDisjoint(with: ports) else { return false }
                given.formUnion(ports)
                return true
            }
            if areNew, ports.allSatisfy(isFree) { return first }
        }
        throw Problem(description: "there is no free port")
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
