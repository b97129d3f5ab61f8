package import Hummingbird
import Logging
package import NIOCore

/// What a request carries along while it is served.
package struct ServerContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that it came on.
    package let channel: any Channel
    /// How long a body may say nothing.
    package var bodyPatienceSeconds = ServerSettings().bodyPatienceSeconds

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The client's address without its port.
    package var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}

/// A request over HTTP; what roles ask of each other is `Roles.Request`.
package typealias Request = Hummingbird.Request
