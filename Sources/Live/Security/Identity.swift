package import Cryptography
package import Primitives

/// Who a server is: an Ed25519 key, made at its first start and kept in its data folder.
package struct Identity: Sendable {
    package let key: SigningKey

    package init(key: SigningKey) { self.key = key }

    package var publicKey: PublicKey { key.publicKey }
    package var id: PeerID { PeerID(of: key.publicKey) }
}

extension PeerID {
    /// The id that belongs to a public key: the first 64 bits of its tagged SHA-256.
    ///
    /// A second key of the same id takes some 2⁶⁴ tries; whoever knows a peer's key compares the
    /// whole key, so that even then the first comer keeps the id.
    package init(of key: PublicKey) {
        self.init(
            SHA256.hash(Array("DecentraStore peer v1\0".utf8) + key.bytes.bytes).prefix)
    }

    /// From 16 hexadecimal digits.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 16, !text.hasPrefix("+"), !text.hasPrefix("-"),
            let raw = UInt64(text, radix: 16)
        else { return nil }
        self.init(raw)
    }

    /// 16 hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(raw, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
