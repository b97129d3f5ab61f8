import Hummingbird

/// Looks at each request before its route does, and may refuse it, or note something in its context.
struct Check<Context: RequestContext>: RouterMiddleware {
    let check: @Sendable (Request, inout Context) async throws -> Void

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        try await check(request, &context)
        return try await next(request, context)
    }
}
