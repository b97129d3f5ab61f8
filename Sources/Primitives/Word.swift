/// A number of 64 bits that travels as 16 hexadecimal digits, since other readers of JSON round such
/// numbers.
@usableFromInline
package struct Word: Hashable, Sendable {
    @usableFromInline package var value: UInt64

    package init(_ value: UInt64) { self.value = value }

    /// From 16 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(String(text)), bytes.count == 8 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var hexadecimal: String {
        Hexadecimal.encode((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
    }
}

extension PeerID {
    /// From 16 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard let word = Word(hexadecimal: text) else { return nil }
        self.init(word.value)
    }

    /// 16 hexadecimal digits.
    package var hexadecimal: String { Word(raw).hexadecimal }
}

extension FileID {
    /// From 32 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let id = try? reader.readFileID() else { return nil }
        self = id
    }
}

extension ChunkID {
    /// From 64 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let hash = Hash256(hexadecimal: text) else { return nil }
        self.init(hash)
    }
}
