package import HummingbirdCore
import Logging
import NIOCore

/// Keeps each connection's asynchronous channel until the connection is closed.
///
/// A server that is stopped may let go of a connection that it has just accepted before anybody serves
/// it, and a channel that is let go of while it is open ends the whole program.
struct HeldChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).map { value in
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 over connections that no stopped server lets go of.
    package static func held(_ configuration: HTTP1Channel.Configuration = .init())
        -> HTTPServerBuilder
    {
        HTTPServerBuilder { responder in
            HeldChannel(base: HTTP1Channel(responder: responder, configuration: configuration))
        }
    }
}
