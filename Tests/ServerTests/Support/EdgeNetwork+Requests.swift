import Client
import Cryptography
import Files
import Foundation
import Primitives
import Roles
import Testing

@testable import Server
@testable import Wire

/// What tests ask of a network's servers.
extension EdgeNetwork {
    func request(
        _ role: Role, _ method: String, _ target: String, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> RawAnswer {
        try #require(
            await transport.request(
                of: self, role, method, target, headers: headers, body: body),
            "\(method) on \(role) was not answered")
    }

    /// A request that a peer signed.
    func request(
        _ role: Role, _ method: String, _ target: String, by peer: TestPeer,
        headers: [(String, String)] = [], body: [UInt8]? = nil, bodyHash: Hash256? = nil
    ) async throws -> RawAnswer {
        let signed = peer.headers(
            method, target, to: id(role), body: body ?? [], bodyHash: bodyHash)
        return try await request(role, method, target, headers: signed + headers, body: body)
    }

    /// A request between servers that a peer signed.
    func request<Asked: ServerRequest>(
        _ role: Role, _ asked: Asked, by peer: TestPeer, knowing contacts: [Contact] = []
    ) async throws -> RawAnswer {
        let wire = try peer.wire(asked, knowing: contacts)
        return try await request(
            role, wire.route.method.rawValue, wire.target, by: peer,
            body: wire.body.isEmpty ? nil : wire.body,
            bodyHash: try Asked.bodyHash(wire.parameters))
    }

    /// A user, and the headers of an open and of a sealed session.
    struct User: Sendable {
        var name: String
        var open: [(String, String)]
        var sealed: [(String, String)]
        var openToken: String
        var masterKey: MasterKey
    }

    static let password = "a password of the tests"

    /// Registers and logs in.
    func user(_ name: String) async throws -> User {
        let form = RegisterForm(user: name, password: Self.password)
        let registered = try await request(
            .backend, "POST", "/api/register", body: WireJSON.bytes(form))
        try #require(registered.status == 201, "\(registered.text)")
        let parameters = try WireJSON.decode(
            LogInParametersForm.self,
            from: Data(
                try await request(
                    .backend, "POST", "/api/login/parameters",
                    body: WireJSON.bytes(UserForm(user: name))
                ).body))
        let proof = try parameters.prove(
            #require(Password(Self.password)), user: name,
            at: #require(BackendAddress("http://127.0.0.1:\(port(.backend))")), for: .session)
        let open = try await logIn(LogInForm(user: name, password: Self.password))
        let sealed = try await logIn(LogInForm(user: name, proof: proof))
        let key = try PasswordProtectedKey(decoding: sealed.key?.bytes ?? [])
        return User(
            name: name, open: [("Authorization", "Bearer \(open.token)")],
            sealed: [("Authorization", "Bearer \(sealed.token)")], openToken: open.token,
            masterKey: try key.unlock(password: Array(Self.password.utf8)))
    }

    func logIn(_ form: LogInForm) async throws -> SessionForm {
        let answer = try await request(
            .backend, "POST", "/api/login", body: WireJSON.bytes(form))
        try #require(answer.status == 200, "\(answer.text)")
        return try WireJSON.decode(SessionForm.self, from: Data(answer.body))
    }
}
