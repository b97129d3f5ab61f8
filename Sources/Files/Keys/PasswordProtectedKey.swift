package import Cryptography
package import Primitives

/// A master key behind a password: what an account keeps.
///
/// The password goes through scrypt with a random salt. Two keys grow from the result: one wraps the
/// master key; the other signs log-ins (`LogInStatement`), and only its public half is kept. So who
/// reads an account can neither open its files nor log in, and a new password rewraps one key.
package struct PasswordProtectedKey: Hashable, Sendable {
    /// How hard the password is to try.
    package let parameters: ScryptParameters
    /// Random bytes of this account, which make equal passwords differ.
    package let salt: [UInt8]
    /// What log-ins are checked by.
    package let verifier: Verifier
    /// The sealed master key.
    package let wrapped: [UInt8]

    /// What tells that somebody knows the password.
    package enum Verifier: Hashable, Sendable {
        /// The public half of the key that signs log-ins.
        case publicKey(PublicKey)
        /// The SHA-256 of a proof that was the same at each log-in and for each backend: of accounts that
        /// were made before log-ins were signed.
        case formerProof(Hash256)
    }

    /// How many bytes a salt may have.
    package static let saltCounts = 16...64
    /// The number of bytes of a wrapped master key.
    package static let wrappedCount = MasterKey.count + SyntheticNonceSeal.overheadCount

    /// From its stored parts. Throws `malformedKey` for a salt or a wrapped key of a wrong length.
    package init(
        parameters: ScryptParameters, salt: [UInt8], verifier: Verifier, wrapped: [UInt8]
    ) throws(FilesError) {
        guard Self.saltCounts ~= salt.count else { throw .malformedKey(.saltLength(salt.count)) }
        guard wrapped.count == Self.wrappedCount else {
            throw .malformedKey(.keyLength(wrapped.count))
        }
        self.parameters = parameters
        self.salt = salt
        self.verifier = verifier
        self.wrapped = wrapped
    }

    /// Protects a master key. The password's bytes are used as they come: normalize text before, so
    /// that it can be typed on another keyboard. Throws `malformedKey` for a salt whose length is
    /// outside `saltCounts`, and `cryptography` when memory runs out.
    package init(
        protecting masterKey: MasterKey, password: [UInt8], salt: [UInt8],
        parameters: ScryptParameters
    ) throws(FilesError) {
        let keys = try PasswordKeys(password: password, salt: salt, parameters: parameters)
        let wrapped = try FilesError.translating(
            try keys.masterKeySeal().seal(
                masterKey.secret,
                associatedData: Self.associatedData(parameters: parameters, salt: salt)))
        try self.init(
            parameters: parameters, salt: salt,
            verifier: .publicKey(keys.logInKey.publicKey), wrapped: wrapped)
    }

    /// The master key. Throws `wrongPassword` for another password, and `corruptedKey` where the
    /// password is right but what is stored was changed.
    package func unlock(password: [UInt8]) throws(FilesError) -> MasterKey {
        let keys = try PasswordKeys(password: password, salt: salt, parameters: parameters)
        let isRight = keys.opens(verifier)
        // The seal opens under the right password even if the verifier was changed.
        let refusal = isRight ? FilesError.corruptedKey : .wrongPassword
        var bytes = try FilesError.translating(
            refusal: refusal,
            try keys.masterKeySeal().open(
                wrapped, associatedData: Self.associatedData(parameters: parameters, salt: salt)))
        let secret = SecretKey(wiping: &bytes)
        guard isRight else { throw .corruptedKey }
        return try MasterKey(secret)
    }

    private static func associatedData(parameters: ScryptParameters, salt: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(parameters.cost)
        writer.write(parameters.blockSize)
        writer.write(parameters.parallelization)
        writer.write(prefixed: salt)
        return writer.bytes
    }
}

extension PasswordProtectedKey {
    /// What signs log-ins of who knows the password. It opens nothing. Throws `cryptography` when memory
    /// runs out.
    package static func logInKey(
        password: [UInt8], salt: [UInt8], parameters: ScryptParameters
    ) throws(FilesError) -> SigningKey {
        try PasswordKeys(password: password, salt: salt, parameters: parameters).logInKey
    }

    /// What logs in to an account that was made before log-ins were signed. Throws as `logInKey` does.
    package static func formerProof(
        password: [UInt8], salt: [UInt8], parameters: ScryptParameters
    ) throws(FilesError) -> SecretKey {
        try PasswordKeys(password: password, salt: salt, parameters: parameters).formerProof
    }

    /// Whether who knows the password signed the statement.
    package func accepts(_ signature: Signature, of statement: LogInStatement) -> Bool {
        guard case .publicKey(let key) = verifier else { return false }
        return key.isValid(signature, for: statement.message)
    }

    /// Whether this account was made before log-ins were signed, and this is its proof. Takes the same
    /// time for every proof.
    package func accepts(formerProof proof: SecretKey) -> Bool {
        guard case .formerProof(let hash) = verifier else { return false }
        return proof.hasHash(hash)
    }
}

/// What grows from a password.
private struct PasswordKeys {
    let wrapping: SecretKey
    let logInKey: SigningKey
    let formerProof: SecretKey

    init(password: [UInt8], salt: [UInt8], parameters: ScryptParameters) throws(FilesError) {
        let root = try FilesError.translating(
            try Scrypt.derive(password: password, salt: salt, parameters: parameters, count: 32))
        func grow(_ purpose: String) throws(FilesError) -> SecretKey {
            try FilesError.translating(
                try HKDF.derive(from: root, salt: [], info: Array(purpose.utf8), count: 32))
        }
        wrapping = try grow("DecentraStore unlock")
        formerProof = try grow("DecentraStore log-in")
        let seed = try grow("DecentraStore log-in key")
        logInKey = try FilesError.translating(try SigningKey(seed: seed))
    }

    func opens(_ verifier: PasswordProtectedKey.Verifier) -> Bool {
        switch verifier {
        case .publicKey(let key): logInKey.publicKey == key
        case .formerProof(let hash): formerProof.hasHash(hash)
        }
    }

    func masterKeySeal() throws(CryptographyError) -> SyntheticNonceSeal {
        try SyntheticNonceSeal(key: wrapping, purpose: "DecentraStore master key")
    }
}

extension SecretKey {
    /// Takes the same time for every key of this length.
    fileprivate func hasHash(_ hash: Hash256) -> Bool {
        constantTimeEqual(withUnsafeBytes { SHA256.hash($0) }.bytes, hash.bytes)
    }
}
