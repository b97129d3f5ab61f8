// Identifiers travel and are kept as text: hexadecimal digits.

/// A value whose text has as many hexadecimal digits as it needs.
@usableFromInline
package protocol HexadecimalCodable: Codable {
    /// Nil for anything but what `hexadecimalText` gives.
    init?(hexadecimalText: String)
    var hexadecimalText: String { get }
}

extension HexadecimalCodable {
    @usableFromInline package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(hexadecimalText: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not as many hexadecimal digits as it needs")
        }
        self = value
    }

    @usableFromInline package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimalText)
    }
}

extension Hash256: HexadecimalCodable {
    @usableFromInline package init?(hexadecimalText: String) {
        self.init(hexadecimal: hexadecimalText)
    }
    @usableFromInline package var hexadecimalText: String { description }
}

extension ChunkID: HexadecimalCodable {
    @usableFromInline package init?(hexadecimalText: String) {
        guard let hash = Hash256(hexadecimal: hexadecimalText) else { return nil }
        self.init(hash)
    }
    @usableFromInline package var hexadecimalText: String { description }
}

extension FileID: HexadecimalCodable {
    @usableFromInline package init?(hexadecimalText: String) {
        self.init(hexadecimal: hexadecimalText)
    }
    @usableFromInline package var hexadecimalText: String { description }
}

extension PeerID: HexadecimalCodable {
    @usableFromInline package init?(hexadecimalText: String) {
        self.init(hexadecimal: hexadecimalText)
    }
    @usableFromInline package var hexadecimalText: String { hexadecimal }
}

extension Word: HexadecimalCodable {
    @usableFromInline package init?(hexadecimalText: String) {
        self.init(hexadecimal: hexadecimalText)
    }
    @usableFromInline package var hexadecimalText: String { hexadecimal }
}
