/// A value that travels and is kept as text, such as an identifier.
@usableFromInline
package protocol TextCodable: Codable {
    /// Nil for anything but what `text` gives.
    init?(text: String)
    var text: String { get }
}

extension TextCodable {
    @usableFromInline package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not the text of a value")
        }
        self = value
    }

    @usableFromInline package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A value whose text has as many lowercase hexadecimal digits as it needs.
@usableFromInline
package protocol HexadecimalCodable: TextCodable {
    /// Nil for any other text.
    init?(hexadecimal: String)
    var hexadecimal: String { get }
}

extension HexadecimalCodable {
    @usableFromInline package init?(text: String) { self.init(hexadecimal: text) }
    @usableFromInline package var text: String { hexadecimal }
}

extension Hash256: HexadecimalCodable {
    /// From 64 digits.
    @usableFromInline package init?(hexadecimal: String) {
        guard let bytes = Hexadecimal.decode(hexadecimal) else { return nil }
        self.init(bytes: bytes)
    }
    @usableFromInline package var hexadecimal: String { description }
}

extension ChunkID: HexadecimalCodable {
    /// From 64 digits.
    @usableFromInline package init?(hexadecimal: String) {
        guard let hash = Hash256(hexadecimal: hexadecimal) else { return nil }
        self.init(hash)
    }
    @usableFromInline package var hexadecimal: String { description }
}

extension FileID: HexadecimalCodable {
    /// From 32 digits.
    @usableFromInline package init?(hexadecimal: String) {
        guard let bytes = Hexadecimal.decode(hexadecimal), bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let id = try? reader.readFileID() else { return nil }
        self = id
    }
    @usableFromInline package var hexadecimal: String { description }
}

/// 16 digits.
extension PeerID: HexadecimalCodable {
    @usableFromInline package init?(hexadecimal: String) {
        guard let word = Word(hexadecimal: hexadecimal) else { return nil }
        self.init(word.value)
    }
    @usableFromInline package var hexadecimal: String { Word(raw).hexadecimal }
}
