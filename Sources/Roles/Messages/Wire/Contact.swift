package import Cryptography
package import Primitives

/// What a member of the network may be.
package enum MemberRole: String, Sendable, Codable, CaseIterable {
    case discovery, node, backend
}

/// Who and where a member of the network is, and the proof that it is one.
package struct Contact: Sendable, Equatable, Codable {
    package var role: MemberRole
    package var publicKey: PublicKey
    /// HMAC of the key under the join token.
    package var proof: Hash256
    /// The base of its URLs, without a slash at its end, such as `http://192.0.2.7:6001`.
    package var address: String
    /// Its word on that; nil where it gave none.
    package var record: AddressRecord?

    private enum CodingKeys: String, CodingKey {
        case role, proof, address, record
        case publicKey = "key"
    }

    package init(
        role: MemberRole, publicKey: PublicKey, proof: Hash256, address: String,
        record: AddressRecord? = nil
    ) {
        self.role = role
        self.publicKey = publicKey
        self.proof = proof
        self.address = address
        self.record = record
    }

    package var id: PeerID { PeerID(of: publicKey) }

    /// The most bytes of an address.
    package static let addressLimit = 256

    /// Whether its address is one that a request can be sent to.
    package var isReachable: Bool { Self.isReachable(address: address) }

    /// Whether an address is the base of a URL that a request can be sent to.
    package static func isReachable(address: String) -> Bool {
        guard address.utf8.count <= addressLimit,
            address.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
            let scheme = ["http://", "https://"].first(where: { address.hasPrefix($0) })
        else { return false }
        let rest = address.dropFirst(scheme.count)
        return !rest.isEmpty && !rest.contains(where: { "/?#@ \\".contains($0) })
    }
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
}
