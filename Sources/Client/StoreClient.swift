import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Platform
import Primitives
import Wire

/// Talks to a backend over HTTP: connections, retries, and what its answers mean.
///
/// Everything is sealed before it gets here; see `Upload` and `Download`. Methods throw
/// `ClientError`, or `CancellationError` where the task was cancelled.
package struct StoreClient: Sendable {
    /// How to talk to a backend.
    package struct Options: Sendable {
        /// A PEM file of the certificate authorities to trust besides the system's.
        package var certificateAuthorities: String?
        package var retries = RetryPolicy()
        /// How many chunks may be under way at once.
        package var window = 8
        /// The least N·r·p of scrypt that a log-in agrees to: a backend that asks for less could try
        /// passwords on the proof that it gets.
        package var leastWork = LogInParametersForm.leastWork

        package init() {}
    }

    package let backend: BackendAddress
    package let options: Options
    /// Proves the session; nil before log-in.
    package var token: String?
    private let http: HTTPClient

    /// Connects to nothing yet. End with `close`. Throws `cannotRead` for certificate authorities
    /// that cannot be read.
    package init(
        backend: BackendAddress, token: String? = nil, options: Options = Options()
    ) throws(ClientError) {
        self.backend = backend
        self.options = options
        self.token = token
        let tls = try translating(try TLS.client(authority: options.certificateAuthorities)) {
            (error: TLS.Failure) in ClientError(.cannotRead, "\(error) Check --tls-ca.")
        }
        var configuration = HTTPClient.Configuration.strict(
            tls: tls, timeout: .init(connect: .seconds(5), read: .seconds(60)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.window
        configuration.http1_1ConnectionDebugInitializer = { LargeReads.attach(to: $0) }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections. No request may follow.
    package func close() async { try? await http.shutdown() }
}

/// A request of a client.
struct ClientRequest {
    var method: HTTPMethod
    /// Path and query, escaped.
    var target: String
    var body: ByteBuffer?
    var contentType = "application/json"
    /// The most bytes that an answer may have.
    var answerLimit = 1 << 28
    /// How long one try may take.
    var deadlineSeconds: Int64 = 120
    /// Which failures are worth another try.
    var retrying = Retrying.always

    /// Whether to wait for a backend that is away for a while: in the middle of a transfer, where
    /// much would be lost, but not where somebody waits for a first answer.
    var waitsForBackend = false

    /// The most tries of a request that does not.
    static let fewTries = 4

    enum Retrying {
        /// It does not matter whether the backend has carried out an earlier try.
        case always
        /// Also where the backend says that what was asked for is not there, as that may change.
        case evenWhenNotFound
        /// Only where the backend cannot have carried it out.
        case onlyWhenRefused
    }

    init(_ method: HTTPMethod, _ target: String) {
        self.method = method
        self.target = target
    }

    /// With a JSON body.
    init(_ method: HTTPMethod, _ target: String, _ form: some Encodable) throws {
        self.init(method, target)
        body = ByteBuffer(bytes: try WireJSON.encode(form))
    }
}

extension StoreClient {
    /// Sends a request until it is answered or no try is left; the answer's body.
    func send(_ request: ClientRequest) async throws -> ByteBuffer {
        var tried = 1
        while true {
            do {
                return try await sendOnce(request)
            } catch let error as ClientError {
                // An earlier try may have deleted it, and its answer been lost.
                if error.kind == .notFound, tried > 1, request.method == .DELETE {
                    return ByteBuffer()
                }
                var random = RandomSource.system()
                guard isWorthRetrying(error, request),
                    request.waitsForBackend || tried < ClientRequest.fewTries,
                    let seconds = options.retries.delay(
                        afterTry: tried, asked: error.retryAfterSeconds, chance: random.unit())
                else { throw error }
                try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
                tried += 1
            }
        }
    }

    /// Sends a request and reads the JSON of the answer.
    func ask<Form: Decodable>(_ request: ClientRequest, for type: Form.Type) async throws -> Form {
        let body = try await send(request)
        return try translating(
            try WireJSON.decode(type, from: Data(body.readableBytesView)),
            to: ClientError.unreadable("an answer", from: backend))
    }

    /// Sends a request once and hands over the answer's bytes as they come.
    func stream(_ request: ClientRequest, _ body: (ByteBuffer) async throws -> Void) async throws {
        let answer = try await execute(request)
        do {
            for try await buffer in answer.body { try await body(buffer) }
        } catch let error as HTTPClientError {
            try Task.checkCancellation()
            throw ClientError(transport: error, backend: backend)
        }
    }

    private func sendOnce(_ request: ClientRequest) async throws -> ByteBuffer {
        let answer = try await execute(request)
        do {
            return try await answer.body.collect(upTo: request.answerLimit)
        } catch {
            try Task.checkCancellation()
            throw ClientError(transport: error, backend: backend)
        }
    }

    /// The answer, once it is known to be a good one.
    private func execute(_ request: ClientRequest) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: backend.text + request.target)
        message.method = request.method
        if let token { message.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: request.contentType)
            message.body = .bytes(body)
        }
        do {
            let answer = try await http.execute(message, timeout: .seconds(request.deadlineSeconds))
            guard !(200..<300).contains(answer.status.code) else { return answer }
            let body = try await answer.body.collect(upTo: 1 << 26)
            throw ClientError(
                status: Int(answer.status.code), body: body,
                retryAfter: answer.headers.first(name: "Retry-After"), backend: backend)
        } catch {
            try Task.checkCancellation()
            throw ClientError(transport: error, backend: backend)
        }
    }

    /// Asks somebody else than the backend, once, and shows them no session.
    func get(_ url: String, limit: Int) async throws -> ByteBuffer {
        let answer = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
        guard answer.status == .ok else {
            throw ClientError(.misbehaving, "\(url) answered with status \(answer.status.code).")
        }
        return try await answer.body.collect(upTo: limit)
    }

    private func isWorthRetrying(_ error: ClientError, _ request: ClientRequest) -> Bool {
        switch error.kind {
        case .unavailable: true
        case .unreachable, .tooManyAttempts: request.retrying != .onlyWhenRefused
        case .notFound: request.retrying == .evenWhenNotFound
        default: false
        }
    }
}
