import HTTPTypes
import Hummingbird
import NIOCore

/// The context of a request of a user who is logged in. There is none without a session, so that no route
/// that asks for one is open.
struct SessionContext: ChildRequestContext, ConnectionContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    let bodyTimeoutSeconds: Int64
    let session: Session

    init(context: ServerContext) throws {
        guard let session = context.session else {
            throw HTTPFailure(.unauthorized, "no-token", "Log in first.")
        }
        coreContext = context.coreContext
        channel = context.channel
        bodyTimeoutSeconds = context.bodyTimeoutSeconds
        self.session = session
    }
}

extension RouterGroup<ServerContext> {
    /// For routes of users who are logged in; whoever is not is refused.
    func loggedIn(at backend: BackendEnvironment) -> RouterGroup<SessionContext> {
        group().add(
            middleware: Check { request, context in
                context.session = try await backend.accounts.authenticate(
                    try Self.token(of: request), at: backend.clock.now)
            }
        ).group(context: SessionContext.self)
    }

    /// The bearer token or cookie by which a request finds its session. Throws what is wrong with it.
    private static func token(of request: Request) throws(HTTPFailure) -> String {
        if let authorization = request.headers[.authorization] {
            guard authorization.hasPrefix("Bearer ") else {
                throw HTTPFailure(
                    .unauthorized, "no-token", "Log in, and send Authorization: Bearer TOKEN.")
            }
            return String(authorization.dropFirst("Bearer ".count))
        }
        guard let cookie = request.cookies[BackendEnvironment.cookie] else {
            throw HTTPFailure(.unauthorized, "no-token", "Log in first.")
        }
        // A page of another site can make a browser send the cookie, but not this header.
        guard
            request.method == .get || request.method == .head || request.headers[.crossSite] == "1"
        else {
            throw HTTPFailure(
                .forbidden, "cross-site",
                "A request with a cookie needs the header X-DecentraStore: 1.")
        }
        return cookie.value
    }
}

extension HTTPField.Name {
    fileprivate static let crossSite = HTTPField.Name("X-DecentraStore")!
}
