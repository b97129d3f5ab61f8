package import Cryptography
import Primitives

/// A member's own word on where it is. Who passes it on, as a discovery does, can neither change it nor,
/// to those who know a later one, bring an old one back.
package struct AddressRecord: Sendable, Equatable {
    /// Grows whenever the member moves.
    package let sequence: UInt64
    package let signature: Signature

    /// The header in which a member shows it to whom it asks for something.
    package static let header = "DecentraStore-Address"

    package init(sequence: UInt64, signature: Signature) {
        self.sequence = sequence
        self.signature = signature
    }
}

/// Sequence (8 bytes, big-endian) and signature (64).
extension AddressRecord: HexadecimalCodable {
    package init?(hexadecimal: String) {
        guard let bytes = Hexadecimal.decode(hexadecimal), bytes.count == 8 + Signature.count,
            let signature = Signature(bytes: bytes.dropFirst(8))
        else { return nil }
        sequence = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.signature = signature
    }

    package var hexadecimal: String {
        var writer = ByteWriter(reserving: 8 + Signature.count)
        writer.write(sequence)
        writer.write(fixed: signature.bytes)
        return Hexadecimal.encode(writer.bytes)
    }
}

extension Contact {
    /// The same with the member's signature. `key` is the one that belongs to its public key.
    package func signed(_ sequence: UInt64, by key: SigningKey) -> Contact {
        var contact = self
        contact.record = AddressRecord(
            sequence: sequence, signature: key.sign(message(sequence)))
        return contact
    }

    /// Whether the member itself says that it is there.
    package var isSigned: Bool {
        record.map { publicKey.isValid($0.signature, for: message($0.sequence)) } ?? false
    }

    private func message(_ sequence: UInt64) -> [UInt8] {
        var writer = ByteWriter(reserving: 512)
        writer.write("DecentraStore address v1")
        writer.write(publicKey.bytes)
        writer.write(role.rawValue)
        writer.write(address)
        writer.write(sequence)
        return writer.bytes
    }
}
