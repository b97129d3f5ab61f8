package import Cryptography
import Files
import Foundation
import NIOHTTP1
import Platform
package import Wire

extension StoreClient {
    /// Opens an account. The master key is made here, and leaves only behind the password.
    package func register(
        user: String, password: Password, parameters: ScryptParameters = .standard
    ) async throws {
        let key = try protect(MasterKey(SystemRandom.key()), with: password, parameters: parameters)
        var request = try ClientRequest(
            .POST, "/api/register", RegisterForm(user: user, key: Base64(key.encoded)))
        // A second try would find its own account in the way.
        request.retrying = .onlyWhenRefused
        _ = try await send(request)
    }

    /// Logs in with a proof of the password, which itself stays here.
    package func logIn(user: String, password: Password) async throws -> UserSession {
        let proof = try await logInProof(user: user, password: password)
        var request = try ClientRequest(.POST, "/api/login", LogInForm(user: user, proof: proof))
        request.retrying = .onlyWhenRefused
        let answer = try await ask(request, for: SessionForm.self)
        guard let key = answer.key else {
            throw ClientError.unreadable("a session without its key", from: backend)
        }
        do throws(FilesError) {
            let masterKey = try PasswordProtectedKey(decoding: key.bytes)
                .unlock(password: password.bytes)
            return UserSession(
                backend: backend, user: answer.user, token: answer.token,
                expires: answer.expires, masterKey: masterKey)
        } catch {
            throw ClientError(
                .misbehaving,
                "The backend at \(backend) keeps a key for this account that does not open with "
                    + "its password: it was changed. Do not register anew; ask its operator.")
        }
    }

    /// Ends the session at the backend.
    package func logOut() async throws { _ = try await send(ClientRequest(.POST, "/api/logout")) }

    /// Puts the master key behind another password. Other sessions of the user end.
    package func changePassword(
        of session: UserSession, from present: Password, to new: Password,
        parameters: ScryptParameters = .standard
    ) async throws {
        let proof = try await logInProof(user: session.user, password: present)
        let key = try protect(session.masterKey, with: new, parameters: parameters)
        var request = try ClientRequest(
            .POST, "/api/password", PasswordForm(proof: proof, key: Base64(key.encoded)))
        request.retrying = .onlyWhenRefused
        _ = try await send(request)
    }

    /// Who the session belongs to.
    package func account() async throws -> AccountForm {
        try await ask(ClientRequest(.GET, "/api/account"), for: AccountForm.self)
    }

    private func logInProof(user: String, password: Password) async throws -> Hex {
        let request = try ClientRequest(.POST, "/api/login/parameters", UserForm(user: user))
        let form = try await ask(request, for: LogInParametersForm.self)
        guard form.salt.bytes.count >= PasswordProtectedKey.saltCounts.lowerBound,
            let parameters = try? ScryptParameters(
                cost: form.cost, blockSize: form.blockSize, parallelization: form.parallelization),
            form.cost * UInt64(form.blockSize) * UInt64(form.parallelization) >= options.leastWork
        else {
            throw ClientError(
                .misbehaving,
                "The backend at \(backend) asks for a log-in that would give the password away. "
                    + "Do not log in there.")
        }
        let proof = try PasswordProtectedKey.logInProof(
            password: password.bytes, salt: form.salt.bytes, parameters: parameters)
        return Hex(proof.withUnsafeBytes { Array($0) })
    }

    private func protect(
        _ masterKey: MasterKey, with password: Password, parameters: ScryptParameters
    ) throws -> PasswordProtectedKey {
        try PasswordProtectedKey(
            protecting: masterKey, password: password.bytes, salt: SystemRandom.bytes(16),
            parameters: parameters)
    }
}
