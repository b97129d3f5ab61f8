import Cryptography
import Files
import Foundation
import HTTPTypes
import Hummingbird
import Primitives
import Synchronization

@testable import Client
@testable import Wire

extension FakeBackend {
    func addAccountRoutes(_ router: Router<BasicRequestContext>) {
        router.post("/api/register") { request, _ in
            let form = try await self.read(RegisterForm.self, of: request)
            guard let bytes = form.key?.bytes,
                let key = try? PasswordProtectedKey(decoding: bytes)
            else { return try Self.error(400, "bad-key") }
            let isNew = self.state.withLock { state in
                guard state.accounts[form.user] == nil else { return false }
                state.accounts[form.user] = key
                return true
            }
            guard isNew else { return try Self.error(409, "name-taken") }
            return try Self.json(UserForm(user: form.user), .created)
        }
        router.post("/api/login/parameters") { request, _ in
            let form = try await self.read(UserForm.self, of: request)
            let (key, told) = self.state.withLock { ($0.accounts[form.user], $0.parameters) }
            if let told { return try Self.json(told) }
            let parameters = key?.parameters ?? .standard
            return try Self.json(
                LogInParametersForm(
                    salt: Hex(key?.salt ?? [UInt8](repeating: 1, count: 16)),
                    cost: parameters.cost, blockSize: parameters.blockSize,
                    parallelization: parameters.parallelization, challenge: Hex([7])))
        }
        router.post("/api/login") { request, _ in
            let form = try await self.read(LogInForm.self, of: request)
            let key = self.state.withLock { $0.accounts[form.user] }
            guard let key else { return try Self.error(401, "wrong-credentials") }
            if case .formerProof = key.verifier, form.proof != nil {
                return try Self.error(409, "former-account")
            }
            guard key.accepts(form.proof, form.formerProof, of: form.user, for: .session) else {
                return try Self.error(401, "wrong-credentials")
            }
            let token = UUID().uuidString
            self.state.withLock { $0.sessions[token] = form.user }
            return try Self.json(
                SessionForm(
                    token: token, expires: "2040-01-01T00:00:00.000Z", user: form.user,
                    key: Base64(key.encoded)))
        }
        router.post("/api/logout") { request, _ in
            guard self.user(of: request) != nil else { return try Self.unauthorized() }
            let token = String(request.headers[.authorization]!.dropFirst(7))
            self.state.withLock { $0.sessions[token] = nil }
            return Self.nothing
        }
        router.post("/api/password") { request, _ in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            let form = try await self.read(PasswordForm.self, of: request)
            guard let bytes = form.key?.bytes else { return try Self.error(400, "bad-key") }
            let isRight = try self.state.withLock { state in
                guard
                    state.accounts[user]?.accepts(
                        form.proof, form.formerProof, of: user,
                        for: .newKey(SHA256.hash(bytes))) == true
                else { return false }
                state.accounts[user] = try PasswordProtectedKey(decoding: bytes)
                return true
            }
            return isRight ? Self.nothing : try Self.error(401, "wrong-credentials")
        }
        router.get("/api/account") { request, _ in
            guard let user = self.user(of: request) else { return try Self.unauthorized() }
            return try Self.json(
                AccountForm(user: user, session: .sealed, expires: "2040-01-01T00:00:00.000Z"))
        }
    }
}

extension PasswordProtectedKey {
    /// As a backend that listens on some port of this machine does.
    fileprivate func accepts(
        _ proof: LogInProofForm?, _ former: Hex?, of user: String,
        for purpose: LogInStatement.Purpose
    ) -> Bool {
        if let former { return accepts(formerProof: SecretKey(copying: former.bytes)) }
        guard let proof, proof.address.hasPrefix("http://localhost:"), proof.challenge == Hex([7]),
            let signature = Signature(bytes: proof.signature.bytes)
        else { return false }
        return accepts(
            signature,
            of: LogInStatement(
                user: user, address: proof.address, challenge: [7], purpose: purpose))
    }
}
