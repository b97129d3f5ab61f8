package import Ledger
import Primitives

/// The head of a ledger: what tells a newer state of it from an older one, and shows by its signature
/// that its backend made it.
extension SignedHeader {
    /// How many blocks the ledger has with it.
    var blockCount: UInt64 { header.height + 1 }

    /// Heights that a ledger can have: one a millisecond for centuries.
    static let heights: ClosedRange<UInt64> = 0...1 << 44

    /// Whether it may follow one that was known before: it lies beyond it, or is the same.
    func follows(_ known: SignedHeader?) -> Bool {
        guard let known else { return true }
        return header.height > known.header.height || self == known
    }

    /// Of an encoded block; nil where the bytes do not begin as one does.
    init?(ofBlock bytes: [UInt8]) {
        guard bytes.count > Self.encodedByteCount else { return nil }
        self.init(admitting: Array(bytes.prefix(Self.encodedByteCount)))
    }

    /// From elsewhere; nil for anything that no ledger can have.
    init?(admitting bytes: [UInt8]) {
        guard let header = try? SignedHeader(decoding: bytes),
            Self.heights ~= header.header.height
        else { return nil }
        self = header
    }

    /// A height or a count of blocks that came from elsewhere.
    static func admit(height: UInt64) throws(WireError) -> UInt64 {
        guard heights ~= height else { throw .malformed("no ledger has so many blocks") }
        return height
    }
}

extension SignedHeader: HexadecimalCodable {
    package init?(hexadecimal: String) {
        guard let bytes = Hexadecimal.decode(hexadecimal) else { return nil }
        self.init(admitting: bytes)
    }
    package var hexadecimal: String { Hexadecimal.encode(encoded()) }
}
