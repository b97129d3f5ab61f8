import Cryptography
import Primitives
import Roles

/// How a member introduces itself with every request:
/// `DecentraStore-Member: <role> <proof> <address>`.
enum Introduction {
    static let header = "DecentraStore-Member"

    static func text(of contact: Contact) -> String {
        "\(contact.role.rawValue) \(contact.proof) \(contact.address)"
    }

    /// Nil for anything but what `text` writes.
    static func contact(from text: String, key: PublicKey) -> Contact? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let role = MemberRole(rawValue: parts[0]),
            let proof = Hash256(hexadecimal: parts[1])
        else { return nil }
        let contact = Contact(role: role, publicKey: key, proof: proof, address: parts[2])
        return contact.isReachable ? contact : nil
    }
}
