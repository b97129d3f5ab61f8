import Glibc
import NIOCore
import Segments

/// The file descriptors that this process may have, and how each of its servers shares its part of them
/// out: files come before connections, so that nobody keeps a server from its data by opening
/// connections.
package struct Descriptors: Sendable, Equatable {
    /// What the process may have.
    let limit: Int
    /// What each of its servers may have.
    private let share: Int

    /// The most that a server reserves for its files, and for what it asks of others.
    package static let mostReserved = 512
    /// A server with fewer is not started.
    package static let least = 64

    /// Raises the limit of this process as far as it may, for a number of servers.
    init(servers: Int) throws(StartError) {
        try self.init(limit: Self.raiseLimit(), servers: servers, cores: System.coreCount)
    }

    init(limit: Int, servers: Int, cores: Int) throws(StartError) {
        self.limit = limit
        // Event loops have four each; streams, listeners and what the system's libraries open.
        let overhead = 32 + 4 * cores
        share = (limit - overhead) / servers
        guard share >= Self.least else {
            throw .tooFewDescriptors(limit, needed: overhead + servers * Self.least)
        }
    }

    private var reserved: Int { min(Self.mostReserved, share / 2) }

    /// The most connections that a server may accept.
    var connections: Int { share - reserved }

    /// How many files a node's chunks may have open. As many again as index files may be waiting for
    /// a sync; more than half of what is reserved remains for all else.
    var chunkStore: ChunkStoreLimits {
        var limits = ChunkStoreLimits()
        limits.openSegments = min(limits.openSegments, reserved / 4)
        limits.openIndexes = min(limits.openIndexes, reserved / 8)
        return limits
    }

    private static func raiseLimit() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return least }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur)
    }
}
