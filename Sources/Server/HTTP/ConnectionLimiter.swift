import NIOCore
import Synchronization

/// Bounds how many connections one address holds at once, so that no client takes the room of all.
///
/// This machine itself may hold as many as there are unless the limit was set: a proxy before the
/// server speaks for all of its users, servers of one machine for each other, and whoever is here can
/// do worse than connect.
final class ConnectionLimiter: Sendable {
    /// Connections of one address.
    let limit: Int
    private let holdsForLoopback: Bool
    private let refused: @Sendable () -> Void
    private let counts = Mutex<[String: Int]>([:])

    /// `refused` is told of each connection that was one too many.
    init(_ settings: ServerSettings, refused: @escaping @Sendable () -> Void = {}) {
        limit = settings.connectionsPerAddress ?? max(1, settings.connectionLimit / 4)
        holdsForLoopback = settings.connectionsPerAddress != nil
        self.refused = refused
    }

    /// Counts a connection of an address, unless it has as many as it may. What was admitted is to be
    /// released.
    func admit(_ address: String) -> Bool {
        guard holdsForLoopback || !ClientAddress.isLoopback(address) else { return true }
        let group = ClientAddress.group(of: address)
        let isAdmitted = counts.withLock { counts in
            guard counts[group, default: 0] < limit else { return false }
            counts[group, default: 0] += 1
            return true
        }
        if !isAdmitted { refused() }
        return isAdmitted
    }

    /// A connection that was admitted has ended.
    func release(_ address: String) {
        let group = ClientAddress.group(of: address)
        counts.withLock { counts in
            guard let count = counts[group] else { return }
            counts[group] = count > 1 ? count - 1 : nil
        }
    }

    /// Goes into the pipeline of each connection, and closes what is too many before it is read.
    func handler() -> any RemovableChannelHandler { Handler(limiter: self) }

    private final class Handler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
        typealias InboundIn = NIOAny

        let limiter: ConnectionLimiter

        init(limiter: ConnectionLimiter) { self.limiter = limiter }

        func channelActive(context: ChannelHandlerContext) {
            guard let address = context.channel.remoteAddress?.ipAddress else {
                return context.fireChannelActive()
            }
            guard limiter.admit(address) else { return context.close(promise: nil) }
            let limiter = limiter
            context.channel.closeFuture.whenComplete { _ in limiter.release(address) }
            context.fireChannelActive()
        }
    }
}
