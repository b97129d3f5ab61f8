import Cryptography
import Files
import Foundation
import Primitives
import Synchronization

@testable import Client

/// A user with folders of their own, before a fake backend.
final class ClientBench: Sendable {
    let folder: URL
    let backend: FakeBackend

    static let password = Password("correct horse")!
    /// Cheap, as nobody tries these passwords.
    static let parameters = try! ScryptParameters(cost: 16, blockSize: 8, parallelization: 1)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        backend = try FakeBackend()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var folders: ClientFolders {
        ClientFolders(configuration: path("config"), state: path("state"))
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    static var options: StoreClient.Options {
        var options = StoreClient.Options()
        options.retries = RetryPolicy(
            tries: 4, firstDelaySeconds: 0.001, longestDelaySeconds: 0.002,
            longestAskedSeconds: 0.01)
        options.leastWork = 128
        return options
    }

    /// Registers and logs in, and runs `body`.
    func run(_ body: @Sendable (StoreClient, UserSession) async throws -> Void) async throws {
        try await backend.serve { address in
            try await Self.with(address) { client in
                try await client.register(
                    user: "ada", password: Self.password, parameters: Self.parameters)
                let session = try await client.logIn(user: "ada", password: Self.password)
                var client = client
                client.token = session.token
                try await body(client, session)
            }
        }
    }

    /// A client that is closed after `body`.
    static func with(
        _ address: BackendAddress, _ body: (StoreClient) async throws -> Void
    ) async throws {
        let client = try StoreClient(backend: address, options: options)
        do {
            try await body(client)
            await client.close()
        } catch {
            await client.close()
            throw error
        }
    }

    /// Bytes that nobody could compress, the same for the same seed.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = RandomSource(seed: seed, who: 0, purpose: 0)
        return random.bytes(count)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: folder.appending(path: name))
        return path(name)
    }

    func read(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: name))).map { Array($0) }
    }

    /// All that lies in the folder, but for what the client remembers.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter {
            $0 != "state" && $0 != "config"
        }.sorted()
    }

    func upload(
        _ client: StoreClient, _ session: UserSession, _ path: String, as name: String = "file",
        progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> StoredUpload {
        try await Upload(
            client: client, session: session, name: name, source: .file(path), folders: folders,
            progress: progress
        ).run()
    }

    func file(_ client: StoreClient, _ session: UserSession, _ id: FileID) async throws
        -> StoredFile
    {
        try StoredFile(opening: try await client.record(of: id), with: session.masterKey)
    }

    func download(
        _ client: StoreClient, _ file: StoredFile, to name: String, replacing: Bool = false
    ) async throws -> UInt64 {
        try await Download(
            client: client, file: file, target: .file(path(name), replacing: replacing)
        ).run()
    }
}

/// The kind of the `ClientError` that `body` throws; nil for none or another.
func clientErrorKind(_ body: () async throws -> Void) async -> ClientError.Kind? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ClientError)?.kind
    }
}
