import Cryptography
import Files
import Foundation
import Merkle
import Primitives
import Roles
import Synchronization
import Testing

@testable import Server
@testable import Wire

/// Asks for every route and holds the answers against the descriptions.
final class AnswerStory: Sendable {
    let network: EdgeNetwork
    private let descriptions: [EdgeNetwork.Role: APIDescription]
    private let asked = Mutex<Set<String>>([])
    private let user: EdgeNetwork.User

    init(_ network: EdgeNetwork) async throws {
        self.network = network
        var descriptions: [EdgeNetwork.Role: APIDescription] = [:]
        for role in EdgeNetwork.Role.allCases {
            descriptions[role] = try await network.description(of: role)
        }
        self.descriptions = descriptions
        user = try await network.user("ada")
    }

    /// Operations that were not answered with success.
    func missing(_ role: EdgeNetwork.Role) -> Set<String> {
        let all = Set(descriptions[role]!.operations.map(\.name))
        return asked.withLock { all.subtracting($0) }
    }

    /// Checks an answer, and that it has the expected status.
    @discardableResult
    func ask(
        _ role: EdgeNetwork.Role, _ name: String, _ expected: Int, target: String? = nil,
        headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> RawAnswer {
        let operation = try #require(descriptions[role]![name], "\(name) is not described")
        let answer = try await network.request(
            role, operation.method, target ?? operation.path, headers: headers, body: body)
        #expect(answer.status == expected, "\(name): \(answer.status) \(answer.text)")
        let problems = descriptions[role]!.problems(answer, to: operation)
        #expect(problems.isEmpty, "\(problems)")
        if expected < 400 { asked.withLock { _ = $0.insert(name) } }
        return answer
    }

    func form(_ value: some Encodable) -> [UInt8] { WireJSON.bytes(value) }

    /// What every server answers.
    func general() async throws {
        for role in EdgeNetwork.Role.allCases {
            for path in ["/health", "/ready", "/metrics", "/openapi.json"] {
                try await ask(role, "GET \(path)", 200)
            }
        }
    }

    // MARK: Users

    func accounts() async throws {
        try await general()
        let password = EdgeNetwork.password
        let register = form(RegisterForm(user: "bob", password: password))
        try await ask(.backend, "POST /api/register", 201, body: register)
        try await ask(.backend, "POST /api/register", 409, body: register)
        try await ask(.backend, "POST /api/register", 400, body: Array("{".utf8))
        try await ask(
            .backend, "POST /api/register", 413, body: [UInt8](repeating: 0x20, count: 70_000))
        try await ask(
            .backend, "POST /api/login/parameters", 200, body: form(UserForm(user: "nobody")))
        let right = form(LogInForm(user: "bob", password: password, cookie: true))
        let session = try await ask(.backend, "POST /api/login", 200, body: right)
        #expect(session.headers["set-cookie"]?.contains("HttpOnly") == true)
        let wrong = form(LogInForm(user: "bob", password: "another password"))
        try await ask(.backend, "POST /api/login", 401, body: wrong)
        for _ in 0..<5 {
            _ = try await network.request(.backend, "POST", "/api/login", body: wrong)
        }
        let refused = try await ask(.backend, "POST /api/login", 429, body: wrong)
        #expect(refused.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0)

        try await ask(.backend, "GET /api/account", 200, headers: user.open)
        try await ask(.backend, "GET /api/account", 200, headers: user.sealed)
        try await ask(.backend, "GET /api/account", 401)
        let eve = try await network.user("eve")
        try await ask(
            .backend, "POST /api/password", 204, headers: eve.open,
            body: form(PasswordForm(current: password, new: password)))
        let cookie = [("Cookie", "dsim_session=\(eve.openToken)")]
        try await ask(.backend, "POST /api/logout", 403, headers: cookie)
        try await ask(.backend, "GET /api/account", 200, headers: cookie)
        try await ask(
            .backend, "POST /api/logout", 204, headers: cookie + [("X-DecentraStore", "1")])
        try await ask(.backend, "GET /api/account", 401, headers: cookie)
    }

    func files() async throws {
        try await ask(.backend, "GET /api/files", 200, headers: user.open)
        let body = randomBytes(10_000)
        let stored = try await ask(
            .backend, "POST /api/files", 201, target: "/api/files?name=report%20%C3%BC.txt",
            headers: user.open, body: body)
        let id = try #require(stored.json?["id"]?.string)
        try await ask(
            .backend, "POST /api/files", 409, target: "/api/files?name=report%20%C3%BC.txt",
            headers: user.open, body: body)
        try await ask(
            .backend, "POST /api/files", 400, target: "/api/files?name=a%2Fb", headers: user.open,
            body: body)
        try await ask(
            .backend, "POST /api/files", 403, target: "/api/files?name=x", headers: user.sealed,
            body: body)
        for session in [user.open, user.sealed] {
            try await ask(.backend, "GET /api/files", 200, headers: session)
        }
        let path = "/api/files/\(id)"
        try await ask(.backend, "GET /api/files/{id}", 200, target: path, headers: user.open)
        try await ask(.backend, "GET /api/files/{id}", 403, target: path, headers: user.sealed)
        let none = "/api/files/\(FileID(high: 1, low: 2))"
        try await ask(.backend, "GET /api/files/{id}", 404, target: none, headers: user.open)
        let content = "GET /api/files/{id}/content"
        let whole = try await ask(
            .backend, content, 200, target: path + "/content", headers: user.open)
        #expect(whole.body == body)
        let part = try await ask(
            .backend, content, 206, target: path + "/content",
            headers: user.open + [("Range", "bytes=5000-5009")])
        #expect(part.body == Array(body[5000..<5010]))
        let past = [("Range", "bytes=10000-")]
        try await ask(
            .backend, content, 416, target: path + "/content", headers: user.open + past)
        let tag = try #require(whole.headers["etag"])
        try await ask(
            .backend, content, 304, target: path + "/content",
            headers: user.open + [("If-None-Match", tag)])
        try await ask(
            .backend, "HEAD /api/files/{id}/content", 200, target: path + "/content",
            headers: user.open)
        try await ask(
            .backend, "GET /api/files/{id}/record", 200, target: path + "/record",
            headers: user.sealed)
    }

    func sealedFiles() async throws {
        var sealer = FileSealer(
            name: "sealed", fileID: FileID(high: 7, low: 7),
            fileKey: SecretKey(copying: [UInt8](repeating: 3, count: ChunkSealer.keyCount)),
            chunkSize: try ChunkSize(4096))
        let key = SecretKey(copying: [UInt8](repeating: 3, count: ChunkSealer.keyCount))
        var chunks: [SealedChunk] = []
        try randomBytes(9_000).withUnsafeBytes { bytes in
            try sealer.append(bytes) { (chunk) throws(FilesError) in chunks.append(chunk) }
        }
        let (last, manifest) = try sealer.finish()
        chunks.append(last)
        let id = FileID(high: 7, low: 7)
        let commit = try form(
            CommitForm(
                chunks: manifest.chunks,
                sealedManifest: Base64(manifest.sealed(under: key, for: id)),
                wrappedKey: Base64(user.masterKey.wrap(key, for: id))))
        let path = "/api/files/\(id)"
        let unknown = try await ask(
            .backend, "POST /api/files/{id}/commit", 409, target: path + "/commit",
            headers: user.sealed, body: commit)
        #expect(unknown.json?["error"]?["indices"]?.array?.count == chunks.count)
        for chunk in chunks {
            try await ask(
                .backend, "PUT /api/chunks/{chunk}", 204, target: "/api/chunks/\(chunk.id)",
                headers: user.sealed, body: chunk.bytes)
        }
        try await ask(
            .backend, "PUT /api/chunks/{chunk}", 422, target: "/api/chunks/\(chunks[0].id)",
            headers: user.sealed, body: [1, 2, 3])
        try await ask(
            .backend, "POST /api/files/{id}/commit", 201, target: path + "/commit",
            headers: user.sealed, body: commit)
        let implausible = form(
            CommitForm(
                chunks: manifest.chunks,
                sealedManifest: Base64([UInt8](repeating: 1, count: 9_000)),
                wrappedKey: Base64([])))
        try await ask(
            .backend, "POST /api/files/{id}/commit", 422, target: path + "/commit",
            headers: user.sealed, body: implausible)
        let tree = MerkleLog(leafHashes: manifest.chunks.map { MerkleTree.leafHash($0) })
        let proof = tree.inclusionProof(of: 1, size: chunks.count).encoded()
        let encoded = Data(proof).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
        let sealed = try await ask(
            .backend, "GET /api/files/{id}/chunks/{chunk}", 200,
            target: path + "/chunks/\(chunks[1].id)?proof=\(encoded)", headers: user.sealed)
        #expect(sealed.body == chunks[1].bytes)
        try await ask(
            .backend, "GET /api/files/{id}/chunks/{chunk}", 404,
            target: path + "/chunks/\(chunks[0].id)?proof=\(encoded)", headers: user.sealed)
        try await ask(
            .backend, "GET /api/files/{id}/chunks/{chunk}", 400,
            target: path + "/chunks/\(chunks[0].id)", headers: user.sealed)
        let delete = "DELETE /api/files/{id}"
        try await ask(.backend, delete, 403, target: path, headers: user.sealed)
        try await ask(
            .backend, delete, 422, target: path, headers: user.sealed,
            body: form(DeleteForm(chunks: [chunks[0].id])))
        try await ask(
            .backend, delete, 204, target: path, headers: user.sealed,
            body: form(DeleteForm(chunks: manifest.chunks)))
        try await ask(.backend, delete, 404, target: path, headers: user.open)
        try await undelete(path, manifest.chunks)
    }

    private func undelete(_ path: String, _ chunks: [ChunkID]) async throws {
        for session in [user.open, user.sealed] {
            let deleted = try await ask(
                .backend, "GET /api/files", 200, target: "/api/files?deleted=true",
                headers: session)
            #expect(deleted.json?["files"]?.array?.count == 1)
        }
        let undelete = "POST /api/files/{id}/undelete"
        let target = path + "/undelete"
        try await ask(.backend, undelete, 403, target: target, headers: user.sealed)
        try await ask(
            .backend, undelete, 422, target: target, headers: user.sealed,
            body: form(DeleteForm(chunks: [chunks[0]])))
        try await ask(.backend, undelete, 204, target: target, headers: user.open)
        // A second try finds it back.
        try await ask(
            .backend, undelete, 204, target: target, headers: user.sealed,
            body: form(DeleteForm(chunks: chunks)))
        try await ask(.backend, "GET /api/files/{id}", 200, target: path, headers: user.open)
        let other = "/api/files/\(FileID(high: 1, low: 2))/undelete"
        try await ask(.backend, undelete, 404, target: other, headers: user.open)
        try await ask(.backend, undelete, 401, target: target)
    }

    func ledger() async throws {
        let summary = try await ask(.backend, "GET /api/ledger", 200, headers: user.open)
        try await ask(.backend, "GET /api/ledger", 401)
        let count = Int(try #require(summary.json?["blocks"]?.number))
        #expect(count > 2)
        try await ask(.backend, "GET /api/ledger/blocks", 200, headers: user.open)
        try await ask(
            .backend, "GET /api/ledger/blocks", 400, target: "/api/ledger/blocks?limit=x",
            headers: user.open)
        for height in 0..<count {
            for session in [user.open, user.sealed] {
                try await ask(
                    .backend, "GET /api/ledger/blocks/{height}", 200,
                    target: "/api/ledger/blocks/\(height)", headers: session)
            }
        }
        try await ask(
            .backend, "GET /api/ledger/blocks/{height}", 404,
            target: "/api/ledger/blocks/\(UInt64.max)", headers: user.open)
        let headers = try await ask(
            .backend, "GET /api/ledger/headers", 200, headers: user.sealed)
        #expect(headers.body.count.isMultiple(of: 216))
        try await ask(.backend, "GET /api/ledger/export", 200, headers: user.sealed)
        try await ask(
            .backend, "GET /api/ledger/proof", 200, target: "/api/ledger/proof?record=0",
            headers: user.sealed)
        try await ask(
            .backend, "GET /api/ledger/proof", 404,
            target: "/api/ledger/proof?record=4294967295", headers: user.sealed)
        try await ask(.backend, "GET /api/network", 200, headers: user.sealed)
    }

    func page() async throws {
        let pages = descriptions[.backend]!.operations.filter {
            $0.method == "GET" && $0.security.isEmpty && $0.responses[304] != nil
        }
        #expect(pages.count > 10)
        for page in pages {
            let answer = try await ask(.backend, page.name, 200)
            try await ask(
                .backend, page.name, 304,
                headers: [("If-None-Match", answer.headers["etag"] ?? "")])
        }
    }
}
