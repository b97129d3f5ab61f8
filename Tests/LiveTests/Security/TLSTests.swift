import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Primitives
import Testing

@testable import Live

@Suite struct TLSTests {
    /// An authority, a certificate of 127.0.0.1 that it signed, and a key of somebody else.
    private struct Files: Sendable {
        let folder: URL

        init() throws {
            folder = EdgeNetwork.temporaryFolder()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let key = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            try openssl(
                key + [
                    "-x509", "-keyout", path("ca.key"), "-out", path("ca.pem"), "-days", "2",
                    "-subj", "/CN=An authority for tests",
                ])
            try openssl(
                key + [
                    "-keyout", path("key.pem"), "-out", path("request.pem"), "-subj",
                    "/CN=127.0.0.1",
                ])
            try Data("subjectAltName=IP:127.0.0.1\n".utf8).write(
                to: folder.appending(path: "names"))
            try openssl([
                "x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"), "-CAkey",
                path("ca.key"), "-CAcreateserial", "-out", path("certificate.pem"), "-days", "2",
                "-extfile", path("names"),
            ])
            try openssl([
                "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("other.pem"),
            ])
            try Data("no PEM at all\n".utf8).write(to: folder.appending(path: "text.pem"))
        }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        func remove() { try? FileManager.default.removeItem(at: folder) }

        private func openssl(_ arguments: [String]) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = arguments
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "openssl \(arguments)")
        }

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

    @Test func aNetworkSpeaksTLSThroughout() async throws {
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
                        BackendAddress("https://127.0.0.1:\(network.port(.backend))")),
                    options: ClientBench.options)
                await #expect(throws: ClientError.self) {
                    try await client.register(
                        user: "ada", password: ClientBench.password,
                        parameters: ClientBench.parameters)
                }
                await client.close()
            }
        }
    }

    @Test func filesThatAreNotWhatTheyShouldBeAreNamed() async throws {
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
