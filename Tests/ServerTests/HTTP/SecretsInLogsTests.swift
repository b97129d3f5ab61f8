import Cryptography
import Foundation
import Primitives
import Testing

@testable import Server
@testable import Wire

@Suite struct SecretsInLogsTests {
    /// At trace level, from log-in to deletion, with what goes wrong in between.
    @Test func `logs tell no secrets`() async throws {
        try await EdgeNetwork.run { network in
            let user = try await network.user("grace-hopper")
            let name = "my-very-private-file-name.txt"
            let content = Array("the plaintext of a private file".utf8)
            let stored = try await network.request(
                .backend, "POST", "/api/files?name=\(name)", headers: user.open, body: content)
            let id = try #require(stored.json?["id"]?.string)
            for _ in 0..<2 {
                _ = try await network.request(
                    .backend, "POST", "/api/files?name=\(name)", headers: user.open, body: content)
            }
            let wrong = LogInForm(user: "grace-hopper", password: "another-secret-password")
            for body in [WireJSON.bytes(wrong), Array("{\"password\":\"another-secret".utf8)] {
                for path in ["/api/login", "/api/register"] {
                    _ = try await network.request(.backend, "POST", path, body: body)
                }
            }
            for target in ["/api/files", "/api/files/\(id)", "/api/files/\(id)/content"] {
                for headers in [
                    user.open, user.sealed, [], [("Authorization", "Bearer forged-token")],
                ] {
                    _ = try await network.request(.backend, "GET", target, headers: headers)
                }
            }
            _ = try await network.request(
                .backend, "POST", "/api/password", headers: user.open,
                body: WireJSON.bytes(
                    PasswordForm(
                        current: EdgeNetwork.password, new: "the-newest-secret-password")))
            _ = try await network.request(
                .backend, "DELETE", "/api/files/\(id)", headers: user.open)
            _ = try await network.request(.backend, "POST", "/api/logout", headers: user.open)

            let lines = network.logs.lines
            #expect(lines.contains { $0.contains("route=/api/files") }, "the log is there")
            var secrets = [
                EdgeNetwork.password, "another-secret", "the-newest-secret", network.tokenText,
                "hopper", name, "private-file", "the plaintext", user.openToken, "forged-token",
                String(user.sealed[0].1.dropFirst(7)), "Bearer", "DecentraStore ",
            ]
            for key in ["identity.key", "secret.key", "tags.key"] {
                let bytes = try Data(
                    contentsOf: network.folder.appending(path: "backend").appending(path: key))
                secrets += [Hexadecimal.encode(bytes), bytes.base64EncodedString()]
            }
            for secret in secrets {
                let telling = lines.filter { $0.contains(secret) }
                #expect(telling.isEmpty, "\(secret): \(telling.first ?? "")")
            }
        }
    }
}
