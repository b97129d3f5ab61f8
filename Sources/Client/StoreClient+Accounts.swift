package import Cryptography
package import Files
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

    /// Logs in with a signature that only who knows the password can make, for this backend alone. The
    /// password itself stays here.
    package func logIn(user: String, password: Password) async throws -> UserSession {
        let form = try await logInParameters(user: user)
        let proof = try form.prove(password, user: user, at: backend, for: .session)
        return try await logIn(LogInForm(user: user, proof: proof), password)
    }

    /// Logs in to an account that was made before log-ins were signed, and renews its key. A backend
    /// that lies can use at another what it is shown here.
    package func logInToFormerAccount(
        user: String, password: Password, parameters: ScryptParameters = .standard
    ) async throws -> UserSession {
        let form = try await logInParameters(user: user)
        let key = try PasswordProtectedKey.formerProof(
            password: password.bytes, salt: form.salt.bytes, parameters: form.scrypt)
        let proof = Hex(key.withUnsafeBytes { Array($0) })
        let session = try await logIn(LogInForm(user: user, formerProof: proof), password)
        var client = self
        client.token = session.token
        let renewed = try protect(session.masterKey, with: password, parameters: parameters)
        try await client.replaceKey(
            PasswordForm(formerProof: proof, key: Base64(renewed.encoded)))
        return session
    }

    private func logIn(_ form: LogInForm, _ password: Password) async throws -> UserSession {
        var request = try ClientRequest(.POST, "/api/login", form)
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
        let key = Base64(try protect(session.masterKey, with: new, parameters: parameters).encoded)
        let form = try await logInParameters(user: session.user)
        let proof = try form.prove(
            present, user: session.user, at: backend, for: .newKey(SHA256.hash(key.bytes)))
        try await replaceKey(PasswordForm(proof: proof, key: key))
    }

    private func replaceKey(_ form: PasswordForm) async throws {
        var request = try ClientRequest(.POST, "/api/password", form)
        request.retrying = .onlyWhenRefused
        _ = try await send(request)
    }

    /// Who the session belongs to.
    package func account() async throws -> AccountForm {
        try await ask(ClientRequest(.GET, "/api/account"), for: AccountForm.self)
    }

    /// What the backend asks of who logs in, unless the answer would give the password away.
    private func logInParameters(
        user: String
    ) async throws -> LogInParametersForm {
        let request = try ClientRequest(.POST, "/api/login/parameters", UserForm(user: user))
        let form = try await ask(request, for: LogInParametersForm.self)
        guard form.salt.bytes.count >= PasswordProtectedKey.saltCounts.lowerBound,
            (try? form.scrypt) != nil,
            form.cost * UInt64(form.blockSize) * UInt64(form.parallelization) >= options.leastWork
        else {
            throw ClientError(
                .misbehaving,
                "The backend at \(backend) asks for a log-in that would give the password away. "
                    + "Do not log in there.")
        }
        return form
    }

    private func protect(
        _ masterKey: MasterKey, with password: Password, parameters: ScryptParameters
    ) throws -> PasswordProtectedKey {
        try PasswordProtectedKey(
            protecting: masterKey, password: password.bytes, salt: SystemRandom.bytes(16),
            parameters: parameters)
    }
}

extension LogInParametersForm {
    package var scrypt: ScryptParameters {
        get throws(CryptographyError) {
            try ScryptParameters(
                cost: cost, blockSize: blockSize, parallelization: parallelization)
        }
    }

    /// Signs that the user knows the password, for the backend at an address alone.
    package func prove(
        _ password: Password, user: String, at backend: BackendAddress,
        for purpose: LogInStatement.Purpose
    ) throws -> LogInProofForm {
        let key = try PasswordProtectedKey.logInKey(
            password: password.bytes, salt: salt.bytes, parameters: scrypt)
        let statement = LogInStatement(
            user: user, address: backend.text, challenge: challenge.bytes, purpose: purpose)
        return LogInProofForm(
            address: statement.address, challenge: challenge,
            signature: Hex(key.sign(statement.message).bytes))
    }
}
