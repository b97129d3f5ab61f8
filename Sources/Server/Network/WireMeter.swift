import NIOCore
import Synchronization

/// Counts the bytes that requests and their answers take on the wire: HTTP heads, bodies and, with
/// TLS, its framing, but nothing below TCP.
package final class WireMeter: Sendable {
    private let counted = Atomic<UInt64>(0)

    package init() {}

    package var bytes: UInt64 { counted.load(ordering: .relaxed) }

    /// Counts what passes a connection from now on.
    func attach(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Handler(meter: self), position: .first)
        }
    }

    private func count(_ bytes: Int) {
        counted.add(UInt64(bytes), ordering: .relaxed)
    }

    private final class Handler: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let meter: WireMeter

        init(meter: WireMeter) { self.meter = meter }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            meter.count(unwrapInboundIn(data).readableBytes)
            context.fireChannelRead(data)
        }

        func write(
            context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
        ) {
            meter.count(unwrapOutboundIn(data).readableBytes)
            context.write(data, promise: promise)
        }
    }
}
