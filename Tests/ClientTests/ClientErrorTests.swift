import Foundation
import HTTPTypes
import NIOCore
import Testing
import Wire

@testable import Client

@Suite struct ClientErrorTests {
    @Test func `the server's words reach the user`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            bench.backend.add(
                .init(
                    method: .get, path: "/api/network", times: 1,
                    trouble: .status(403, code: "sealed-session")))
            do {
                _ = try await client.network()
                Issue.record("it was refused")
            } catch let error as ClientError {
                #expect(error.kind == .forbidden && error.code == "sealed-session")
                #expect(error.message == "The fake says sealed-session.")
            }
            #expect(try await client.network().nodes.count == 1)
        }
    }

    @Test func `an ended session says how to go on`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            try await client.logOut()
            do {
                _ = try await client.account()
                Issue.record("the session has ended")
            } catch let error as ClientError {
                #expect(
                    error.kind == .notLoggedIn && error.message.hasSuffix("dsim login --user NAME"))
            }
        }
    }

    @Test func `a backend that is not there is unreachable`() async throws {
        // Nothing listens on the port of the echo service.
        let address = try #require(BackendAddress("http://127.0.0.1:7"))
        try await ClientBench.with(address) { client in
            let kind = await clientErrorKind { _ = try await client.network() }
            #expect(kind == .unreachable)
        }
    }

    @Test func `an answer that is none is told as such`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            bench.backend.add(
                .init(method: .get, path: "/api/network", times: 1, trouble: .corrupt))
            // One byte in the middle of the JSON.
            let kind = await clientErrorKind { _ = try await client.network() }
            #expect(kind == .misbehaving || kind == nil)
        }
        let error = ClientError(
            status: 502, body: ByteBuffer(string: "<html>"), retryAfter: "-5", backend: .standard)
        #expect(error.kind == .unavailable && error.retryAfterSeconds == nil)
        #expect(error.message.contains("status 502"))
    }

    @Test func `certificate authorities that are none are told before any connection`() throws {
        let bench = try ClientBench()
        var options = StoreClient.Options()
        options.certificateAuthorities = try bench.write([1, 2], to: "ca.pem")
        #expect(throws: ClientError.self) {
            try StoreClient(backend: .standard, options: options)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:5000", true), ("https://store.example/", true),
        ("https://store.example/base", true), ("ftp://x", false), ("store.example", false),
        ("http://", false), ("http://a:b@c", false), ("http://x?y", false), ("", false),
    ])
    func `only URLs of backends are addresses`(text: String, isOne: Bool) {
        #expect((BackendAddress(text) != nil) == isOne)
        #expect(BackendAddress(text)?.text.hasSuffix("/") != true)
    }

    @Test func `waiting grows to a bound and ends`() {
        let policy = RetryPolicy(
            tries: 5, firstDelaySeconds: 1, longestDelaySeconds: 3, longestAskedSeconds: 10)
        func delays(chance: Double, asked: Double? = nil) -> [Double?] {
            (1...5).map { policy.delay(afterTry: $0, asked: asked, chance: chance) }
        }
        #expect(delays(chance: 1) == [1, 2, 3, 3, nil])
        #expect(delays(chance: 0) == [0.5, 1, 1.5, 1.5, nil])
        #expect(delays(chance: 0, asked: 4) == [4, 4, 4, 4, nil])
        #expect(policy.delay(afterTry: 1, asked: 11, chance: 0) == nil)
    }

    @Test func `folders follow the environment`() throws {
        let home = try #require(ClientFolders(environment: ["HOME": "/h"]))
        #expect(home.configuration == "/h/.config/dsim" && home.state == "/h/.local/state/dsim")
        let set = try #require(
            ClientFolders(environment: ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"]))
        #expect(set.configuration == "/c/dsim" && set.state == "/s/dsim")
        #expect(ClientFolders(environment: ["XDG_CONFIG_HOME": "relative"]) == nil)
    }
}
