package import Cryptography
package import Primitives

/// Seals what a backend knows of its accounts, for its ledger, which others can read.
package struct AccountSeal: Sendable {
    private let nameKey: SecretKey
    private let seal: SyntheticNonceSeal

    /// From a key that the backend alone has, for as long as it has its ledger.
    package init(key: SecretKey) throws(CryptographyError) {
        nameKey = try HKDF.derive(
            from: key, salt: [], info: Array("DecentraStore account name".utf8), count: 32)
        seal = try SyntheticNonceSeal(key: key, purpose: "DecentraStore account")
    }

    /// The name of an account in the ledger. It is another than that of its files' owner, so that nobody
    /// learns which account has which files.
    package func name(of account: PeerID) -> Hash256 {
        var writer = ByteWriter()
        writer.write(account.raw)
        return HMAC.authenticate(writer.bytes, key: nameKey)
    }

    /// The same bytes whenever the same is sealed.
    package func seal(_ bytes: [UInt8], of name: Hash256) throws(CryptographyError) -> [UInt8] {
        try seal.seal(bytes, associatedData: name.bytes)
    }

    /// Throws `authenticationFailed` for what was not sealed so, for this account.
    package func open(_ sealed: [UInt8], of name: Hash256) throws(CryptographyError) -> [UInt8] {
        try seal.open(sealed, associatedData: name.bytes)
    }
}
