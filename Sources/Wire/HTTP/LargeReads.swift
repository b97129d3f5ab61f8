package import NIOCore

/// Has a connection read a chunk in few pieces: each piece costs a turn of everything that handles it,
/// and by default none has more than 64 KiB.
package final class LargeReads: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    package typealias InboundIn = Never

    /// From what most requests need to a chunk of the usual size with all that comes with it.
    private static let allocator = AdaptiveRecvByteBufferAllocator(
        minimum: 2048, initial: 16 * 1024, maximum: 512 * 1024)

    package init() {}

    package static func attach(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.setOption(.recvAllocator, value: allocator)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        Self.attach(to: context.channel).whenComplete { _ in }
    }
}
