import Cryptography
import Files
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ledger
import Merkle
import NIOCore
import Primitives
import Server
import Synchronization

@testable import Client
@testable import Wire

/// A backend that keeps everything in memory and does what it is told to do wrong. Serves the routes
/// that a client with a sealed session uses.
final class FakeBackend: Sendable {
    /// What goes wrong with a request.
    enum Trouble: Sendable {
        /// It is refused unheard.
        case status(Int, code: String, retryAfter: Int? = nil)
        /// The connection breaks before it is carried out.
        case drop
        /// It is carried out, and the connection breaks before the answer is through.
        case dropAnswer
        /// A byte of the answer is another.
        case corrupt
    }

    struct Fault: Sendable {
        var method: HTTPRequest.Method
        var path: String
        var times: Int
        var trouble: Trouble
        /// How many requests pass before.
        var after = 0
    }

    struct State: Sendable {
        var accounts: [String: PasswordProtectedKey] = [:]
        var sessions: [String: String] = [:]
        var staged: [ChunkID: [UInt8]] = [:]
        var chunks: [ChunkID: [UInt8]] = [:]
        var files: [(owner: String, form: SealedFileForm, chunks: [ChunkID])] = []
        var blocks: [Block] = []
        var faults: [Fault] = []
        /// "PUT /api/chunks" and so on, how often.
        var requests: [String: Int] = [:]
        /// All chunks that ever came, by what the fake could read of them: nothing.
        var everPut: [[UInt8]] = []
        var writer: LedgerWriter
        var parameters: LogInParametersForm?
        /// What a body said, to look for what should not be there.
        var bodies: [[UInt8]] = []
    }

    let state: Mutex<State>

    init() throws {
        let seed = SecretKey(copying: [UInt8](repeating: 7, count: 32))
        state = Mutex(State(writer: LedgerWriter(signingKey: try SigningKey(seed: seed))))
    }

    /// Serves on a port of its own while `body` runs.
    func serve<Result: Sendable>(
        _ body: @Sendable (BackendAddress) async throws -> Result
    ) async throws -> Result {
        let router = Router()
        router.middlewares.add(Troubles(backend: self))
        addAccountRoutes(router)
        addFileRoutes(router)
        addLedgerRoutes(router)
        return try await Application(router: router, server: .held()).test(.live) { client in
            guard let address = BackendAddress("http://localhost:\(client.port ?? 0)") else {
                preconditionFailure("the address of a server is an address")
            }
            return try await body(address)
        }
    }

    func add(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

    func count(_ request: String) -> Int { state.withLock { $0.requests[request] ?? 0 } }

    /// Appends records to the ledger as one block.
    func append(_ records: [Record]) {
        state.withLock { state in
            let time = Instant(nanoseconds: 1_900_000_000_123_456_789)
            state.blocks.append(state.writer.append(records, at: time))
        }
    }

    // MARK: Answers

    static func json(
        _ form: some Encodable, _ status: HTTPResponse.Status = .ok
    ) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(form))))
    }

    static func error(_ status: Int, _ code: String, indices: [Int]? = nil) throws -> Response {
        try json(
            ErrorForm(code: code, message: "The fake says \(code).", indices: indices),
            .init(code: status))
    }

    static let nothing = Response(status: .noContent)

    static func octets(_ bytes: [UInt8]) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    func read<Form: Decodable>(_ type: Form.Type, of request: Request) async throws -> Form {
        let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 26))
        state.withLock { $0.bodies.append(bytes) }
        return try WireJSON.decode(type, from: Data(bytes))
    }

    func user(of request: Request) -> String? {
        guard let value = request.headers[.authorization], value.hasPrefix("Bearer ") else {
            return nil
        }
        return state.withLock { $0.sessions[String(value.dropFirst(7))] }
    }

    static let unauthorized: @Sendable () throws -> Response = {
        try FakeBackend.error(401, "no-session")
    }
}

/// Counts requests and does to them what the faults say.
private struct Troubles: RouterMiddleware {
    let backend: FakeBackend

    struct Dropped: Error {}

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let trouble = backend.state.withLock { state -> FakeBackend.Trouble? in
            let folder = request.uri.path.split(separator: "/").prefix(2).joined(separator: "/")
            state.requests["\(request.method) /\(folder)", default: 0] += 1
            let found = state.faults.firstIndex {
                $0.method == request.method && request.uri.path.hasPrefix($0.path) && $0.times > 0
            }
            guard let found else { return nil }
            if state.faults[found].after > 0 {
                state.faults[found].after -= 1
                return nil
            }
            state.faults[found].times -= 1
            return state.faults[found].trouble
        }
        switch trouble {
        case nil:
            return try await next(request, context)
        case .status(let status, let code, let retryAfter):
            _ = try await request.body.collect(upTo: 1 << 26)
            var response = try FakeBackend.error(status, code)
            if let retryAfter { response.headers[.init("Retry-After")!] = "\(retryAfter)" }
            return response
        case .drop:
            _ = try await request.body.collect(upTo: 1 << 26)
            return broken
        case .dropAnswer:
            _ = try await next(request, context)
            return broken
        case .corrupt:
            let response = try await next(request, context)
            let writer = Bytes()
            try await response.body.write(writer)
            var bytes = writer.bytes.withLock { $0 }
            bytes[bytes.count / 2] ^= 1
            return FakeBackend.octets(bytes)
        }
    }

    private var broken: Response {
        Response(
            status: .ok,
            body: ResponseBody(contentLength: 1_000) { writer in
                try await writer.write(ByteBuffer(string: "{"))
                throw Dropped()
            })
    }

    /// Takes in a response's body.
    private final class Bytes: ResponseBodyWriter {
        let bytes = Mutex<[UInt8]>([])

        func write(_ buffer: ByteBuffer) async throws {
            bytes.withLock { $0 += Array(buffer: buffer) }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
