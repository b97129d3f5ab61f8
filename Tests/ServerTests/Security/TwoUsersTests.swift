import Cryptography
import Files
import Foundation
import Merkle
import Primitives
import Testing

@testable import Client
@testable import Server
@testable import Wire

/// What one user can learn of another's files, and do to them: nothing.
@Suite struct TwoUsersTests {
    private static let name = "plans-of-ada.txt"
    private static let bytes = randomBytes(10_007, seed: 41)

    /// A question about a file of Ada's, put by Bob.
    private struct Question {
        var method: String
        /// The path of a file's route behind its id.
        var rest = ""
        var headers: [(String, String)]
        var body: [UInt8]?
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `a file of somebody else is none at all`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(over: transport) { network in
            let ada = try await network.user("ada")
            let bob = try await network.user("bob")
            let id = try await Self.store(network, ada)
            for question in try await Self.questions(network, id, ada, bob) {
                func ask(_ id: FileID) async throws -> RawAnswer {
                    try await network.request(
                        .backend, question.method, "/api/files/\(id)" + question.rest,
                        headers: question.headers, body: question.body)
                }
                // The same as of a file that nobody has.
                let answer = try await ask(id)
                let nothing = try await ask(FileID(high: 1, low: 2))
                #expect(answer.status == 404, "\(question.method) \(question.rest)")
                #expect(answer.status == nothing.status && answer.text == nothing.text)
                #expect(Set(answer.headers.keys) == Set(nothing.headers.keys))
            }
            for session in [bob.open, bob.sealed] {
                let list = try await network.request(
                    .backend, "GET", "/api/files", headers: session)
                #expect(list.json?["files"]?.array?.isEmpty == true, "\(list.text)")
            }
            // Nor can he put one of his in its place.
            let commit = CommitForm(
                chunks: [ChunkID(.zero)], sealedManifest: Base64([1]),
                wrappedKey: Base64([UInt8](repeating: 1, count: MasterKey.wrappedCount)))
            let taken = try await network.request(
                .backend, "POST", "/api/files/\(id)/commit", headers: bob.sealed,
                body: WireJSON.bytes(commit))
            #expect(taken.status == 409 && taken.code == "conflict", "\(taken.text)")
            let content = try await network.request(
                .backend, "GET", "/api/files/\(id)/content", headers: ada.open)
            #expect(content.status == 200 && content.body == Self.bytes)
        }
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `the ledger tells only the owner what a file is`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(over: transport) { network in
            let ada = try await network.user("ada")
            let bob = try await network.user("bob")
            let id = try await Self.store(network, ada)
            let removed = try await Self.store(network, ada, as: "removed-by-ada.txt")
            let removal = try await network.request(
                .backend, "DELETE", "/api/files/\(removed)", headers: ada.open)
            #expect(removal.status == 204, "\(removal.text)")

            let open = try await Self.entries(network, ada.open, id)
            #expect(open.file.own == true && open.file.name == Self.name)
            #expect(open.file.size == UInt64(Self.bytes.count))
            // The backend has no key to show it by.
            let sealed = try await Self.entries(network, ada.sealed, id)
            #expect(sealed.file.own == true && sealed.file.name == nil && sealed.file.size == nil)
            for session in [bob.open, bob.sealed] {
                let seen = try await Self.entries(network, session, id)
                #expect(seen.file.own == nil && seen.file.name == nil && seen.file.size == nil)
                #expect(seen.file.leaf == open.file.leaf, "it is the same record all the same")
                #expect(seen.all.allSatisfy { $0.own == nil && $0.name == nil })
                let removals = seen.all.filter { $0.kind == .fileRemoval }
                #expect(removals.map(\.file) == [removed])
                #expect(!seen.text.contains("of-ada") && !seen.text.contains("by-ada"))
                let export = try await network.request(
                    .backend, "GET", "/api/ledger/export", headers: session)
                #expect(export.status == 200 && export.body.count > 1_000)
                #expect(export.body.firstRange(of: Array("-ada.txt".utf8)) == nil)
            }
        }
    }

    // MARK: Ada

    private static func store(
        _ network: EdgeNetwork, _ user: EdgeNetwork.User, as name: String = name
    ) async throws -> FileID {
        let stored = try await network.request(
            .backend, "POST", "/api/files?name=\(name)", headers: user.open, body: bytes)
        try #require(stored.status == 201, "\(stored.text)")
        return try WireJSON.decode(FileForm.self, from: Data(stored.body)).id
    }

    // MARK: Bob

    /// All that can be asked of a file, by somebody who has been told everything but the password.
    private static func questions(
        _ network: EdgeNetwork, _ id: FileID, _ owner: EdgeNetwork.User, _ asker: EdgeNetwork.User
    ) async throws -> [Question] {
        let record = try await network.request(
            .backend, "GET", "/api/files/\(id)/record", headers: owner.sealed)
        let form = try WireJSON.decode(SealedFileForm.self, from: Data(record.body))
        let chunks = try StoredFile(opening: form, with: owner.masterKey).manifest.chunks
        try #require(chunks.count == 3)
        let tree = MerkleLog(leafHashes: chunks.map { MerkleTree.leafHash($0) })
        let proof = Data(tree.inclusionProof(of: 1, size: chunks.count).encoded())
            .base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let chunk = "/chunks/\(chunks[1])?proof=\(proof)"
        // The owner gets it for the same words.
        let own = try await network.request(
            .backend, "GET", "/api/files/\(id)" + chunk, headers: owner.sealed)
        try #require(own.status == 200, "\(own.text)")

        let (open, sealed) = (asker.open, asker.sealed)
        let deletion = WireJSON.bytes(DeleteForm(chunks: chunks))
        return [
            Question(method: "GET", headers: open),
            Question(method: "GET", rest: "/content", headers: open),
            Question(method: "HEAD", rest: "/content", headers: open),
            Question(
                method: "GET", rest: "/content", headers: open + [("Range", "bytes=0-9")]),
            Question(method: "GET", rest: "/record", headers: open),
            Question(method: "GET", rest: "/record", headers: sealed),
            Question(method: "GET", rest: chunk, headers: open),
            Question(method: "GET", rest: chunk, headers: sealed),
            Question(method: "DELETE", headers: open),
            Question(method: "DELETE", headers: open, body: deletion),
            Question(method: "DELETE", headers: sealed, body: deletion),
            Question(method: "POST", rest: "/undelete", headers: open),
            Question(method: "POST", rest: "/undelete", headers: sealed, body: deletion),
        ]
    }

    // MARK: The ledger

    /// All entries of the ledger as a session sees them, their JSON, and the one of a file.
    private static func entries(
        _ network: EdgeNetwork, _ session: [(String, String)], _ id: FileID
    ) async throws -> (all: [RecordEntryForm], text: String, file: RecordEntryForm) {
        let summary = try await network.request(.backend, "GET", "/api/ledger", headers: session)
        let count = try WireJSON.decode(LedgerForm.self, from: Data(summary.body)).blocks
        var all: [RecordEntryForm] = []
        var text = ""
        for height in 0..<count {
            let answer = try await network.request(
                .backend, "GET", "/api/ledger/blocks/\(height)", headers: session)
            try #require(answer.status == 200, "\(answer.text)")
            all += try WireJSON.decode(BlockForm.self, from: Data(answer.body)).entries
            text += answer.text
        }
        let file = try #require(all.first { $0.kind == .file && $0.file == id })
        return (all, text, file)
    }
}
