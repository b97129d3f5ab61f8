package import Hummingbird
import Logging
package import NIOCore

/// What a request carries along while it is served, whoever sent it.
package protocol ConnectionContext: RequestContext {
    /// The connection that it came on.
    var channel: any Channel { get }
    /// How long a body may say nothing.
    var bodyTimeoutSeconds: Int64 { get }
}

extension ConnectionContext {
    /// The client's address without its port.
    package var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}

/// The context of a request whose sender need not be known.
package struct ServerContext: ConnectionContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    package var bodyTimeoutSeconds = ServerSettings.standardBodyTimeoutSeconds
    /// Whose request it is, once that was found out.
    var session: Session?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// A request over HTTP; what roles ask of each other is `Roles.Request`.
package typealias Request = Hummingbird.Request
