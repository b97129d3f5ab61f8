import ArgumentParser
import Client
import Files
import Foundation
import Workbench

/// Which backend to talk to, and how.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: """
            The backend's URL. (default: DSIM_BACKEND, else that of the session, else \
            http://127.0.0.1:5000)
            """)
    var backend: BackendAddress?

    @Option(
        help: "Trust the certificate authorities in this PEM file besides the system's.",
        completion: .file(extensions: ["pem", "crt"]))
    var tlsCa: String?

    /// Where session and state are kept. Throws where the environment does not tell.
    func folders() throws(ClientError) -> ClientFolders {
        guard let folders = ClientFolders(environment: ProcessInfo.processInfo.environment) else {
            throw ClientError(
                .cannotRead, "There is no home folder to keep a session in. Set HOME.")
        }
        return folders
    }

    /// The backend that the user names; nil for none.
    private func named() throws(ClientError) -> BackendAddress? {
        if let backend { return backend }
        guard let text = ProcessInfo.processInfo.environment["DSIM_BACKEND"], !text.isEmpty else {
            return nil
        }
        guard let address = BackendAddress(text) else {
            throw ClientError(
                .refused, "DSIM_BACKEND is no URL of a backend, such as https://store.example:5000."
            )
        }
        return address
    }

    /// The backend to log in to.
    func backendToLogInTo() throws(ClientError) -> BackendAddress {
        if let named = try named() { return named }
        return try folders().sessionFile.read()?.backend ?? .standard
    }

    /// The session of the user, at the backend that they mean.
    func session() throws(ClientError) -> UserSession {
        let folders = try folders()
        guard let session = try folders.sessionFile.read() else {
            throw ClientError(
                .notLoggedIn, "You are not logged in. Log in with: dsim login --user NAME")
        }
        if let named = try named(), named != session.backend {
            throw ClientError(
                .notLoggedIn,
                "You are logged in at \(session.backend), not at \(named). Log in with: dsim login "
                    + "--backend \(named)")
        }
        return session
    }

    /// Talks to a backend for as long as `body` runs.
    func withClient<Result>(
        _ backend: BackendAddress, token: String? = nil,
        _ body: (StoreClient) async throws -> Result
    ) async throws -> Result {
        var options = StoreClient.Options()
        options.certificateAuthorities = tlsCa
        let client = try StoreClient(backend: backend, token: token, options: options)
        return try await closing(client.close) { try await body(client) }
    }

    /// Talks to the backend of the session.
    func withSession<Result>(
        _ body: (StoreClient, UserSession) async throws -> Result
    ) async throws -> Result {
        let session = try session()
        return try await withClient(session.backend, token: session.token) {
            try await body($0, session)
        }
    }
}

extension StoreClient {
    /// The files that a user has stored, opened.
    func files(of session: UserSession, deleted: Bool = false) async throws -> StoredFiles {
        StoredFiles(opening: try await sealedFiles(deleted: deleted), with: session.masterKey)
    }

    /// A file by what its user calls it, with the root that the ledger holds.
    func file(_ name: String, of session: UserSession) async throws -> StoredFile {
        let listed = try await files(of: session).find(name)
        return try StoredFile(opening: try await record(of: listed.id), with: session.masterKey)
    }
}

extension BackendAddress: ExpressibleByArgument {
    /// As `init?(_:)`.
    public init?(argument: String) { self.init(argument) }
}
