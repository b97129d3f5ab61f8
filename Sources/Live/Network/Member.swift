package import Cryptography
package import Primitives

/// A server that proved to belong to the network.
package struct Member: Sendable, Equatable {
    package var role: JoinToken.MemberRole
    package var publicKey: PublicKey
    /// HMAC of the key under the join token.
    package var proof: Hash256
    /// The base of its URLs, without a slash at its end.
    package var address: String

    package var id: PeerID { PeerID(of: publicKey) }

    package init(
        role: JoinToken.MemberRole, publicKey: PublicKey, proof: Hash256, address: String
    ) {
        self.role = role
        self.publicKey = publicKey
        self.proof = proof
        self.address = address
    }

    package init(_ form: MemberForm) {
        self.init(
            role: form.role, publicKey: form.key, proof: form.proof,
            address: form.address)
    }

    package var form: MemberForm {
        MemberForm(role: role, key: publicKey, proof: proof, address: address)
    }

    /// The most bytes of an address.
    package static let addressLimit = 256

    /// Whether an address is the base of a URL that a request can be sent to.
    package static func isPlausible(address: String) -> Bool {
        guard address.utf8.count <= addressLimit,
            address.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
            let scheme = ["http://", "https://"].first(where: { address.hasPrefix($0) })
        else { return false }
        let rest = address.dropFirst(scheme.count)
        return !rest.isEmpty && !rest.contains(where: { "/?#@ \\".contains($0) })
    }
}

/// How a member introduces itself with every request:
/// `DecentraStore-Member: <role> <proof> <address>`.
enum Introduction {
    static let header = "DecentraStore-Member"

    static func text(of member: Member) -> String {
        "\(member.role.rawValue) \(member.proof) \(member.address)"
    }

    /// Nil for anything but what `text` writes.
    static func member(from text: String, key: PublicKey) -> Member? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let role = JoinToken.MemberRole(rawValue: parts[0]),
            let proof = Hash256(hexadecimal: parts[1]), Member.isPlausible(address: parts[2])
        else { return nil }
        return Member(role: role, publicKey: key, proof: proof, address: parts[2])
    }
}
