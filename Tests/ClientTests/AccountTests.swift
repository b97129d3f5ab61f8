import Cryptography
import Files
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Client
@testable import Wire

@Suite struct AccountTests {
    @Test func `the password never reaches the backend`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, session in
            let new = Password("another password")!
            try await client.changePassword(
                of: session, from: ClientBench.password, to: new,
                parameters: ClientBench.parameters)
            #expect(try await client.account().user == "ada")
        }
        let seen = bench.backend.state.withLock { $0.bodies }
        #expect(seen.count >= 5)
        for body in seen {
            let text = String(decoding: body, as: UTF8.self)
            #expect(!text.contains("correct horse") && !text.contains("another password"))
            #expect(!text.contains(Data("correct horse".utf8).base64EncodedString()))
        }
    }

    @Test func `the same key comes back behind a new password`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, session in
            let new = Password("another password")!
            try await client.changePassword(
                of: session, from: ClientBench.password, to: new,
                parameters: ClientBench.parameters)
            let again = try await client.logIn(user: "ada", password: new)
            #expect(again.masterKey == session.masterKey)
            let old = await clientErrorKind {
                _ = try await client.logIn(user: "ada", password: ClientBench.password)
            }
            #expect(old == .wrongCredentials)
        }
    }

    @Test func `a wrong password and an unknown user look the same`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            for (user, password) in [("ada", "wrong password"), ("bob", "correct horse")] {
                let kind = await clientErrorKind {
                    _ = try await client.logIn(user: user, password: Password(password)!)
                }
                #expect(kind == .wrongCredentials)
            }
        }
    }

    @Test func `a name that is taken is told and not tried again`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            let before = bench.backend.count("POST /api/register")
            let kind = await clientErrorKind {
                try await client.register(
                    user: "ada", password: ClientBench.password,
                    parameters: ClientBench.parameters)
            }
            #expect(kind == .alreadyExists)
            #expect(bench.backend.count("POST /api/register") == before + 1)
        }
    }

    @Test func `a backend that asks for a cheap proof gets none`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            bench.backend.state.withLock {
                $0.parameters = LogInParametersForm(
                    salt: Hex([UInt8](repeating: 0, count: 16)), cost: 2, blockSize: 8,
                    parallelization: 1, challenge: Hex([7]))
            }
            let before = bench.backend.count("POST /api/login")
            let kind = await clientErrorKind {
                _ = try await client.logIn(user: "ada", password: ClientBench.password)
            }
            #expect(kind == .misbehaving)
            #expect(bench.backend.count("POST /api/login") == before + 1, "only the question")
        }
    }

    @Test func `a former account is renewed when one asks for it, and not before`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, session in
            let proof = try bench.backend.state.withLock { state in
                let key = try #require(state.accounts["ada"])
                let proof = try PasswordProtectedKey.formerProof(
                    password: ClientBench.password.bytes, salt: key.salt,
                    parameters: key.parameters)
                state.accounts["ada"] = try PasswordProtectedKey(
                    parameters: key.parameters, salt: key.salt,
                    verifier: .formerProof(proof.withUnsafeBytes { SHA256.hash($0) }),
                    wrapped: key.wrapped)
                return Hex(proof.withUnsafeBytes { Array($0) })
            }
            let before = bench.backend.state.withLock { $0.bodies.count }
            let kind = await clientErrorKind {
                _ = try await client.logIn(user: "ada", password: ClientBench.password)
            }
            #expect(kind == .forbidden)
            let told = bench.backend.state.withLock { $0.bodies.dropFirst(before) }
            for body in told {
                #expect(!String(decoding: body, as: UTF8.self).contains("\(proof)"), "unasked")
            }
            let renewed = try await client.logInToFormerAccount(
                user: "ada", password: ClientBench.password, parameters: ClientBench.parameters)
            #expect(renewed.masterKey == session.masterKey)
            _ = try await client.logIn(user: "ada", password: ClientBench.password)
        }
    }

    @Test func `a log-in is not tried again when there were too many`() async throws {
        let bench = try ClientBench()
        try await bench.run { client, _ in
            bench.backend.add(
                .init(
                    method: .post, path: "/api/login", times: 9,
                    trouble: .status(429, code: "too-many-attempts", retryAfter: 60), after: 1))
            let before = bench.backend.count("POST /api/login")
            let kind = await clientErrorKind {
                _ = try await client.logIn(user: "ada", password: ClientBench.password)
            }
            #expect(kind == .tooManyAttempts)
            #expect(bench.backend.count("POST /api/login") == before + 2)
        }
    }

    @Test func `passwords are compared as text, not as bytes`() {
        #expect(Password("pa\u{308}ssword")?.bytes == Password("p\u{E4}ssword")?.bytes)
        #expect(Password("short") == nil)
        #expect(Password(String(repeating: "x", count: 1_025)) == nil)
        #expect("\(Password("correct horse")!)" == "password")
    }

    @Test func `a session is kept for its owner only`() throws {
        let bench = try ClientBench()
        let file = SessionFile(path: bench.path("config/dsim/session.json"))
        #expect(try file.read() == nil)
        let session = UserSession(
            backend: .standard, user: "ada", token: "t", expires: "2040-01-01T00:00:00.000Z",
            masterKey: try MasterKey(SecretKey(copying: [UInt8](repeating: 3, count: 32))))
        try file.write(session)
        let read = try #require(try file.read())
        #expect(read.masterKey == session.masterKey && read.token == "t" && read.user == "ada")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        file.remove()
        #expect(try file.read() == nil)
    }

    @Test(arguments: ["", "{", #"{"backend":"x"}"#])
    func `a session that is none is an error and no crash`(text: String) throws {
        let bench = try ClientBench()
        try bench.write(Array(text.utf8), to: "session.json")
        #expect(throws: ClientError.self) {
            try SessionFile(path: bench.path("session.json")).read()
        }
    }
}
