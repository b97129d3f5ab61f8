package import Cryptography
package import Primitives

/// A master key behind a password: what an account keeps.
///
/// The password goes through scrypt with a random salt. Two keys grow from the result: one wraps the
/// master key; the other is the proof that logs in, of which only the SHA-256 is kept. So who reads
/// an account can neither open its files nor log in, and a new password rewraps one key.
package struct PasswordProtectedKey: Hashable, Sendable {
    /// How hard the password is to try.
    package let parameters: ScryptParameters
    /// Random bytes of this account, which make equal passwords differ.
    package let salt: [UInt8]
    /// The SHA-256 of the log-in proof.
    package let verifier: Hash256
    /// The sealed master key.
    package let wrapped: [UInt8]

    /// How many bytes a salt may have.
    package static let saltCounts = 16...64
    /// The number of bytes of a wrapped master key.
    package static let wrappedCount = MasterKey.count + SyntheticNonceSeal.overheadCount

    /// From its stored parts. Throws `malformedKey` for a salt or a wrapped key of a wrong length.
    package init(
        parameters: ScryptParameters, salt: [UInt8], verifier: Hash256, wrapped: [UInt8]
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
        try self.init(parameters: parameters, salt: salt, verifier: keys.verifier, wrapped: wrapped)
    }

    /// The master key. Throws `wrongPassword` for another password, and `corruptedKey` where the
    /// password is right but what is stored was changed.
    package func unlock(password: [UInt8]) throws(FilesError) -> MasterKey {
        let keys = try PasswordKeys(password: password, salt: salt, parameters: parameters)
        let isRight = constantTimeEqual(keys.verifier.bytes, verifier.bytes)
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
    /// What proves at log-in that one knows the password. It opens nothing.
    package static func logInProof(
        password: [UInt8], salt: [UInt8], parameters: ScryptParameters
    ) throws(FilesError) -> SecretKey {
        try PasswordKeys(password: password, salt: salt, parameters: parameters).logInProof
    }

    /// Whether this is the account's log-in proof. Takes the same time either way.
    package func accepts(_ proof: SecretKey) -> Bool {
        constantTimeEqual(proof.withUnsafeBytes { SHA256.hash($0) }.bytes, verifier.bytes)
    }
}

/// What grows from a password.
private struct PasswordKeys {
    let wrapping: SecretKey
    let logInProof: SecretKey

    init(password: [UInt8], salt: [UInt8], parameters: ScryptParameters) throws(FilesError) {
        let root = try FilesError.translating(
            try Scrypt.derive(password: password, salt: salt, parameters: parameters, count: 32))
        func grow(_ purpose: String) throws(FilesError) -> SecretKey {
            try FilesError.translating(
                try HKDF.derive(from: root, salt: [], info: Array(purpose.utf8), count: 32))
        }
        wrapping = try grow("DecentraStore unlock")
        logInProof = try grow("DecentraStore log-in")
    }

    var verifier: Hash256 { logInProof.withUnsafeBytes { SHA256.hash($0) } }

    func masterKeySeal() throws(CryptographyError) -> SyntheticNonceSeal {
        try SyntheticNonceSeal(key: wrapping, purpose: "DecentraStore master key")
    }
}
