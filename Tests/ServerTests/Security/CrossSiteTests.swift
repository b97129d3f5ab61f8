import HTTPTypes
import Primitives
import Testing

@testable import Server
@testable import Wire

/// What a page of another site can have a browser send.
@Suite struct CrossSiteTests {
    private typealias Headers = [(String, String)]

    private static func form(_ user: String) -> [UInt8] {
        WireJSON.bytes(LogInForm(user: user, password: EdgeNetwork.password, cookie: true))
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `a body that is not said to be JSON is not read`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            let user = try await network.user("ada")
            // Those that a page can have sent to another site without asking there first.
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
                "text/plain; application/json", "application/jsonp", "text/plain, application/json",
            ] {
                for path in ["/api/login", "/api/login/parameters", "/api/register"] {
                    let answer = try await network.request(
                        .backend, "POST", path, headers: [("Content-Type", type)],
                        body: Self.form("ada"))
                    #expect(answer.status == 415 && answer.code == "not-json", "\(path) \(type)")
                    #expect(answer.headers["set-cookie"] == nil)
                }
                for (method, path) in [
                    ("POST", "/api/password"), ("DELETE", "/api/files/\(FileID(high: 1, low: 2))"),
                    ("POST", "/api/files/\(FileID(high: 1, low: 2))/commit"),
                    ("POST", "/api/files/\(FileID(high: 1, low: 2))/undelete"),
                ] {
                    let answer = try await network.request(
                        .backend, method, path, headers: user.sealed + [("Content-Type", type)],
                        body: [UInt8]("{}".utf8))
                    #expect(answer.status == 415 && answer.code == "not-json", "\(path) \(type)")
                }
            }
            for type in ["application/json", "Application/JSON ; charset=utf-8"] {
                let answer = try await network.request(
                    .backend, "POST", "/api/login", headers: [("Content-Type", type)],
                    body: Self.form("ada"))
                #expect(answer.status == 200, "\(type): \(answer.text)")
            }
        }
    }

    @Test(arguments: EdgeNetwork.Transport.allCases)
    func `a page of another site may change nothing`(
        over transport: EdgeNetwork.Transport
    ) async throws {
        try await EdgeNetwork.run(nodes: 1, over: transport) { network in
            let user = try await network.user("ada")
            // What requests of these tests are addressed to.
            let host = "localhost"
            let address = "http://127.0.0.1:\(network.port(.backend))"
            let foreign: [Headers] = [
                [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
                [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://\(host)")],
                [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "")],
                [("Origin", "http://\(host):1")], [("Origin", "http://\(host).evil.example")],
            ]
            for headers in foreign {
                for path in ["/api/login", "/api/register", "/api/login/parameters"] {
                    let answer = try await network.request(
                        .backend, "POST", path, headers: headers, body: Self.form("ada"))
                    #expect(
                        answer.status == 403 && answer.code == "cross-site", "\(path) \(headers)")
                }
                let logOut = try await network.request(
                    .backend, "POST", "/api/logout", headers: user.open + headers)
                #expect(logOut.status == 403 && logOut.code == "cross-site", "\(headers)")
                let reading = try await network.request(
                    .backend, "GET", "/api/account", headers: user.open + headers)
                #expect(reading.status == 200)
            }
            let own: [Headers] = [
                [], [("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "none")],
                [("Origin", "http://\(host)")], [("Origin", "https://\(host)")],
                [("Origin", address)],
                // A proxy may have changed the host; the browser knows better.
                [("Sec-Fetch-Site", "same-origin"), ("Origin", "https://elsewhere.example")],
            ]
            for headers in own {
                let answer = try await network.request(
                    .backend, "POST", "/api/login", headers: headers, body: Self.form("ada"))
                #expect(answer.status == 200, "\(headers): \(answer.text)")
            }
        }
    }
}
