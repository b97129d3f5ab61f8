package import Hummingbird
import NIOCore

/// Reading bodies within bounds of size and time.
extension Request {
    /// The slowest body that is waited for, bytes a second, after the context's timeout.
    package static var slowestBytesPerSecond: Int { 16 * 1024 }

    /// The whole body. Throws `too-large` beyond `limit` bytes; a client that is too slow is cut off.
    package func collect(upTo limit: Int, context: some ConnectionContext) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }) {
            guard length <= limit else { throw HTTPFailure.tooLarge(limit) }
            if length == 0 { return [] }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, headers[.contentLength].flatMap { Int($0) } ?? 4096))
        try await forEachPart(context: context) { part in
            guard bytes.count + part.readableBytes <= limit else {
                throw HTTPFailure.tooLarge(limit)
            }
            part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Gives each part of the body as it comes. A client that says nothing for a while, or too little
    /// for long, is cut off; what `take` takes is not its fault.
    package func forEachPart(
        context: some ConnectionContext, _ take: (ByteBuffer) async throws -> Void
    ) async throws {
        let timeout = Double(context.bodyTimeoutSeconds)
        // How long the client may still keep the server waiting: bytes give it more.
        var left = timeout
        var since = ContinuousClock.now
        var cutOff = context.channel.cutOff(after: left)
        defer { cutOff.cancel() }
        for try await part in body {
            cutOff.cancel()
            left -= since.duration(to: .now) / .seconds(1)
            left += Double(part.readableBytes) / Double(Self.slowestBytesPerSecond)
            try await take(part)
            left = min(left, timeout)
            since = .now
            cutOff = context.channel.cutOff(after: max(0, left))
        }
    }
}

extension HTTPFailure {
    static func tooLarge(_ limit: Int) -> HTTPFailure {
        HTTPFailure(
            .contentTooLarge, "too-large", "The body is longer than the \(limit) bytes allowed.")
    }
}

extension Channel {
    /// Closes the connection after a while, unless it is cancelled.
    func cutOff(after seconds: Double) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) {
            self.close(promise: nil)
        }
    }
}
