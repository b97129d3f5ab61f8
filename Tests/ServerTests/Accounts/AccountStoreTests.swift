import Foundation
import Primitives
import Server
import Testing

@testable import Storage

/// What every account store does, in memory or in SQLite.
@Suite struct AccountStoreTests {
    enum Kind: CaseIterable { case memory, database }

    private func withStore(
        _ kind: Kind, _ body: (any AccountStore) async throws -> Void
    ) async throws {
        guard kind == .database else { return try await body(MemoryAccountStore()) }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "decentrastore-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try BackendDatabase(path: folder.appending(path: "users.db").path)
        try await body(database)
        try database.close()
    }

    private let ada = StoredAccount(
        id: PeerID(.max), name: "Ada", key: [1, 2], created: Instant(nanoseconds: 5))

    @Test(arguments: Kind.allCases)
    func `A name is found, and unique, whatever its case`(kind: Kind) async throws {
        try await withStore(kind) { (store: any AccountStore) async throws in
            #expect(try await store.add(ada))
            #expect(try await store.account(named: "aDA") == ada)
            #expect(try await store.account(named: "Ad") == nil)
            let other = StoredAccount(
                id: PeerID(1), name: "ADA", key: [3], created: .origin)
            #expect(try await store.add(other) == false)
            #expect(try await store.account(named: "ada") == ada)
        }
    }

    @Test(arguments: Kind.allCases)
    func `A key is replaced only where it is the present one`(kind: Kind) async throws {
        let token = TokenID(high: 1, low: 2)
        try await withStore(kind) { (store: any AccountStore) async throws in
            #expect(try await store.add(ada))
            #expect(
                try await store.replaceKey(of: ada.id, present: [9], new: [3], keeping: token)
                    == false)
            #expect(try await store.account(named: "ada") == ada)
            #expect(
                try await store.replaceKey(of: ada.id, present: [1, 2], new: [3], keeping: token))
            let changed = try await store.account(named: "ada")
            #expect(changed?.key == [3])
            #expect(changed?.generation == 1)
            #expect(changed?.keptToken == token)
        }
    }

    @Test(arguments: Kind.allCases)
    func `A revoked token stays so until it expires`(kind: Kind) async throws {
        let token = TokenID(high: 1, low: 2)
        let expires = Instant.origin + .seconds(10)
        try await withStore(kind) { (store: any AccountStore) async throws in
            #expect(try await store.add(ada))
            let standing = { try await store.standing(of: token, account: ada.id) }
            #expect(try await standing() == TokenStanding(account: ada, isRevoked: false))
            try await store.revoke(token, expires: expires)
            try await store.revoke(token, expires: expires)
            try await store.forgetRevoked(before: expires - .seconds(1))
            #expect(try await standing() == TokenStanding(account: ada, isRevoked: true))
            try await store.forgetRevoked(before: expires)
            #expect(try await standing() == TokenStanding(account: ada, isRevoked: false))
        }
    }
}
