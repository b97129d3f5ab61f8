package import Primitives

/// The first digits that a subtree's ids share: its place in an `InventoryTree`.
package struct InventoryPrefix: Hashable, Sendable {
    /// The digits, followed by zeros.
    package let digits: Hash256
    /// How many digits count: 0 for the whole set, `maximumDepth` at most.
    package let depth: Int

    /// No question goes deeper: at this depth at most sixteen different ids remain, one bucket.
    package static let maximumDepth = 63

    /// The whole set.
    package static let root = InventoryPrefix(digits: .zero, depth: 0)

    /// The first `depth` digits of `hash`. Needs 0 ≤ depth ≤ `maximumDepth`.
    package init(_ hash: Hash256, depth: Int) {
        precondition((0...Self.maximumDepth).contains(depth), "no prefix of \(depth) digits")
        self.init(digits: hash.keepingNibbles(depth), depth: depth)
    }

    private init(digits: Hash256, depth: Int) {
        self.digits = digits
        self.depth = depth
    }

    /// The prefix that is longer by one digit; nil beyond `maximumDepth`.
    package func child(_ digit: Int) -> InventoryPrefix? {
        guard depth < Self.maximumDepth else { return nil }
        return InventoryPrefix(
            digits: digits.replacingNibble(at: depth, with: digit), depth: depth + 1)
    }

    /// Whether an id starts with this prefix.
    package func contains(_ id: ChunkID) -> Bool { id.hash.keepingNibbles(depth) == digits }
}

extension InventoryPrefix {
    /// The encoded size in bytes.
    package var encodedByteCount: Int { 1 + (depth + 1) / 2 }

    /// The depth in one byte, then the digits, two a byte, padded by a zero digit.
    func write(to writer: inout ByteWriter) {
        writer.write(UInt8(depth))
        writer.write(fixed: digits.bytes.prefix((depth + 1) / 2))
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        let start = reader.offset
        let depth = Int(try reader.read(UInt8.self))
        guard depth <= Self.maximumDepth else {
            throw .invalid(what: "a prefix of 63 digits at most", offset: start)
        }
        let packed = try reader.readFixed((depth + 1) / 2)
        let padded = packed + [UInt8](repeating: 0, count: 32 - packed.count)
        guard let digits = Hash256(bytes: padded), digits.keepingNibbles(depth) == digits else {
            throw .invalid(what: "zeros after a prefix", offset: start)
        }
        self.init(digits: digits, depth: depth)
    }
}
