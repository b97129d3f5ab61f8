import Client
import Cryptography
import Foundation
import Ledger
import Primitives
import Roles
import Server
import Storage
import Testing

@Suite struct LedgerDatabaseTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "ledger-\(UUID().uuidString)")

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private static func fill(_ database: BackendDatabase, blocks: Int) async throws {
        var writer = LedgerWriter(
            signingKey: try SigningKey(seed: SecretKey(copying: [UInt8](repeating: 1, count: 32))))
        let writes = (0..<blocks).map { height in
            let record = Record.membership(
                MembershipRecord(node: PeerID(UInt64(height)), event: .declaredDead))
            return DiskRequest.append(
                writer.append([record], at: .origin + .seconds(Int64(height))).encoded())
        }
        let store = LedgerStore(database: database) { _ in }
        let synced = AsyncStream<Void>.makeStream()
        store.perform(writes + [.sync(token: 1)]) { _ in synced.continuation.finish() }
        for await _ in synced.stream {}
        await store.close()
    }

    @Test func `a backend's database is read whole by its path or its folder's`() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try BackendDatabase(path: path("backend.db"))
        try await Self.fill(database, blocks: 70)
        for source in [path("backend.db"), folder.path] {
            var check = LedgerCheck(memory: nil)
            try await LedgerDatabase(at: source).blocks { try check.check(encoded: $0) }
            #expect(check.state.blockCount == 70)
        }
        try database.close()
        #expect(throws: ClientError.self) { try LedgerDatabase(at: path("missing")) }
        try Data().write(to: folder.appending(path: "other.db"))
        #expect(throws: ClientError.self) { try LedgerDatabase(at: folder.path) }
    }
}
