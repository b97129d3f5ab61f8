import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Primitives
import Testing

@testable import Client
@testable import Server
@testable import Wire

@Suite struct TLSTests {
    /// An authority, a certificate of 127.0.0.1 that it signed, and a key of somebody else.
    private struct Files: Sendable {
        let folder: URL
        private let authority: TestAuthority

        init() throws {
            folder = EdgeNetwork.temporaryFolder()
            authority = try TestAuthority(in: folder, certifying: "IP:127.0.0.1")
            try authority.openssl([
                "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("other.pem"),
            ])
            try Data("no PEM at all\n".utf8).write(to: folder.appending(path: "text.pem"))
        }

        func path(_ name: String) -> String { authority.path(name) }

        func remove() { try? FileManager.default.removeItem(at: folder) }

        var server: ServerSettings.TLSFiles {
            .init(certificate: path("certificate.pem"), key: path("key.pem"))
        }
    }

    private func withFiles(_ body: (Files) async throws -> Void) async throws {
        let files = try Files()
        defer { files.remove() }
        try await body(files)
    }

    /// The status of a health check over TLS, by a client that trusts an authority or none.
    private func health(_ port: Int, trusting authority: String?) async throws -> Int {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(
                tlsConfiguration: try TLS.client(authority: authority),
                timeout: .init(connect: .seconds(2))))
        do {
            let answer = try await client.execute(
                HTTPClientRequest(url: "https://127.0.0.1:\(port)/health"), timeout: .seconds(20))
            try await client.shutdown()
            return Int(answer.status.code)
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test func `a network speaks TLS throughout`() async throws {
        try await withFiles { files in
            // It becomes ready only once all servers have reached each other.
            try await EdgeNetwork.run { settings in
                settings.tls = files.server
                settings.tlsAuthority = files.path("ca.pem")
            } _: { network in
                for role in EdgeNetwork.Role.allCases {
                    let port = network.port(role)
                    #expect(try await health(port, trusting: files.path("ca.pem")) == 200)
                    await #expect(throws: (any Error).self, "the authority is not known") {
                        try await health(port, trusting: nil)
                    }
                    // Whoever speaks plain HTTP to it learns nothing, and breaks nothing.
                    let plain = try await RawConnection.request(port, "GET", "/health")
                    #expect(plain == nil || plain?.status == 400)
                    #expect(try await health(port, trusting: files.path("ca.pem")) == 200)
                }
                let client = try StoreClient(
                    backend: try #require(
                        BackendAddress("https://127.0.0.1:\(network.port(.backend))")))
                await #expect(throws: ClientError.self) { try await client.network() }
                await client.close()
            }
        }
    }

    @Test func `files that are not what they should be are named`() async throws {
        try await withFiles { files in
            func problem(_ certificate: String, _ key: String) -> String? {
                do {
                    _ = try TLS.server(
                        .init(certificate: files.path(certificate), key: files.path(key)))
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            #expect(problem("certificate.pem", "key.pem") == nil)
            let certificate = "is not a readable PEM file of certificates."
            let key = "is not a readable PEM file of a private key."
            for wrong in ["missing.pem", "text.pem", "key.pem", "."] {
                #expect(problem(wrong, "key.pem") == "\(files.path(wrong)) \(certificate)")
            }
            for wrong in ["missing.pem", "text.pem", "certificate.pem"] {
                #expect(problem("certificate.pem", wrong) == "\(files.path(wrong)) \(key)")
            }
            #expect(
                problem("certificate.pem", "other.pem")
                    == "\(files.path("other.pem")) is not the key of \(files.path("certificate.pem"))."
            )
            #expect(throws: TLS.Failure.self) { try TLS.client(authority: files.path("text.pem")) }
            #expect(throws: TLS.Failure.self) { try TLS.client(authority: files.path("gone.pem")) }
        }
    }
}
