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
        group().add(middleware: SessionMiddleware(backend: backend))
            .group(context: SessionContext.self)
    }
}

/// Finds the session that a request belongs to, by its bearer token or cookie. Throws what is wrong.
private struct SessionMiddleware: RouterMiddleware {
    typealias Context = ServerContext

    let backend: BackendEnvironment

    private static let crossSiteHeader = HTTPField.Name("X-DecentraStore")!

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let token = try Self.token(of: request)
        context.session = try await backend.accounts.authenticate(token, at: backend.clock.now)
        return try await next(request, context)
    }

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
            request.method == .get || request.method == .head
                || request.headers[crossSiteHeader] == "1"
        else {
            throw HTTPFailure(
                .forbidden, "cross-site",
                "A request with a cookie needs the header X-DecentraStore: 1.")
        }
        return cookie.value
    }
}
