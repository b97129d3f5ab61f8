package import Cryptography
import Primitives

/// 64 hexadecimal digits.
extension PublicKey: Codable {
    package init(from decoder: any Decoder) throws { self.init(bytes: try Hash256(from: decoder)) }

    package func encode(to encoder: any Encoder) throws { try bytes.encode(to: encoder) }
}

/// A number of 64 bits as 16 hexadecimal digits, since other readers of JSON round such numbers.
struct Word: Codable, Sendable, Equatable {
    var value: UInt64

    init(_ value: UInt64) { self.value = value }

    init(from decoder: any Decoder) throws { value = try PeerID(from: decoder).raw }

    func encode(to encoder: any Encoder) throws { try PeerID(value).encode(to: encoder) }
}
