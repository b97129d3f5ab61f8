import Files
import HTTPTypes
import Hummingbird
import Primitives
import Roles
import Storage
import Wire

/// What the routes of a backend share.
struct BackendEnvironment: Sendable {
    let host: Host<Backend>
    let store: StoreService
    let accounts: Accounts
    let keeper: LedgerAccounts
    let ledger: LedgerArchive
    let directory: Directory
    let settings: ServerSettings
    let chunkSize: ChunkSize
    let clock: Clock

    static let cookie = "dsim_session"
}

extension HTTPFailure {
    init(_ error: AccountError) {
        let (status, code) = error.answer
        self.init(status, code, error.description)
        switch error {
        case .tooManyAttempts(let delay): retryAfterSeconds = Int(delay.seconds.rounded(.up))
        case .tooBusy, .storage: retryAfterSeconds = 2
        default: break
        }
    }
}

/// The most bytes of bodies that users send.
package enum RequestLimits {
    /// Of a form.
    package static let form = 64 * 1024
    /// Of a form that lists a file's chunks: some 960,000 of them.
    package static let commit = 64 << 20
}

extension Request {
    /// The body as a form in JSON, of at most so many bytes.
    func form<Form: Decodable>(
        _ type: Form.Type, upTo limit: Int = RequestLimits.form, context: some ConnectionContext
    ) async throws -> Form {
        try requireJSON()
        let bytes = try await collect(upTo: limit, context: context)
        return try WireJSON.read(type, from: bytes)
    }

    /// Throws unless the body is said to be JSON. A page of another site can have a browser send a form
    /// or plain text, but nothing that is said to be JSON.
    func requireJSON() throws(HTTPFailure) {
        let type = headers[.contentType]?.prefix { $0 != ";" && $0 != " " }
        guard type?.lowercased() == "application/json" else {
            throw HTTPFailure(
                .unsupportedMediaType, "not-json", "The body needs Content-Type: application/json.")
        }
    }
}

extension SessionContext {
    /// The file that the route names.
    func fileID() throws -> FileID {
        guard let id = parameters.get("id").flatMap({ FileID(hexadecimal: $0) }) else {
            throw HTTPFailure.badRequest("A file's id has 32 hexadecimal digits.")
        }
        return id
    }

    /// The chunk that the route names.
    func chunkID() throws -> ChunkID {
        guard let id = parameters.get("chunk").flatMap({ ChunkID(hexadecimal: $0) }) else {
            throw HTTPFailure.badRequest("A chunk's name has 64 hexadecimal digits.")
        }
        return id
    }
}
