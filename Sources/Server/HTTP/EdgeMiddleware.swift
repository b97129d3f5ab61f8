import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import Platform
import Primitives
import Roles
import Storage

/// What stands before every route: a request id, errors as JSON, and a line in the log.
struct EdgeMiddleware: RouterMiddleware {
    typealias Context = ServerContext

    let metrics: MetricsRegistry
    let logLevel: Logger.Level
    let bodyTimeoutSeconds: Int64

    private static let idHeader = HTTPField.Name("X-Request-Id")!

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let id = Self.id(of: request)
        var context = context
        context.logger.logLevel = logLevel
        context.bodyTimeoutSeconds = bodyTimeoutSeconds
        context.logger[metadataKey: "request"] = .string(id)
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await RequestID.$current.withValue(id) {
                try await next(request, context)
            }
        } catch {
            response = failure(error, context).response
            // What the client still sends is not read.
            response.headers[.connection] = "close"
            _ = context.channel.cutOff(after: 2)
        }
        response.headers[Self.idHeader] = id
        let route = context.endpointPath ?? "none"
        let duration = started.duration(to: .now)
        // Not by Hummingbird's `MetricsMiddleware`: its time ends with the body, which takes as long as
        // the client takes to read it, and its names and factory are the process's.
        metrics.timer(.request(route: route, request.method, response.status))
            .record(duration: duration)
        context.logger.debug(
            "served",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(route)",
                "status": "\(response.status.code)",
                "milliseconds": "\((duration / .seconds(1) * 1e5).rounded() / 100)",
            ])
        return response
    }

    private func failure(_ error: any Error, _ context: ServerContext) -> HTTPFailure {
        switch error {
        case let failure as HTTPFailure: return failure
        case let error as AccountError: return HTTPFailure(error)
        case WireError.malformed(let what): return .badRequest("Malformed request: \(what).")
        case WireError.forbidden(let code, let sentence):
            return HTTPFailure(.forbidden, code, sentence)
        case let error as HTTPError where error.status == .notFound:
            return HTTPFailure(.notFound, "no-such-route", "There is nothing at this address.")
        case let error as HTTPError:
            return HTTPFailure(error.status, "refused", error.body ?? error.status.reasonPhrase)
        case is CancellationError:
            return HTTPFailure(
                .serviceUnavailable, "stopping", "The server is stopping. Try again.",
                retryAfterSeconds: 5)
        case is ChannelError, is IOError:
            return .badRequest("The request broke off.")
        case is HTTPParserError:
            return .badRequest("The body is not framed as HTTP/1.1 has it.")
        case let error as BackendDatabaseError: return HTTPFailure(.storage(error))
        default:
            context.logger.error("unexpected error", metadata: ["error": "\(type(of: error))"])
            return HTTPFailure(
                .internalServerError, "internal", "The server made a mistake; its log says more.")
        }
    }

    /// The caller's id, if it is short and plain, else a new one.
    private static func id(of request: Request) -> String {
        if let given = request.headers[idHeader], 1...64 ~= given.utf8.count,
            given.isAlphanumeric(besides: "-_")
        {
            return given
        }
        return Word(SystemRandom.word()).hexadecimal
    }
}
