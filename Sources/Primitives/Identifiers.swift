/// Names one participant: a discovery, a storage node, a backend or a user.
///
/// Given once and never reused; a public key is bound to it when the participant joins.
@usableFromInline
@frozen
package struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline package var raw: UInt64

    @inlinable
    package init(_ raw: UInt64) { self.raw = raw }

    @inlinable
    package static func < (a: PeerID, b: PeerID) -> Bool { a.raw < b.raw }

    @usableFromInline package var description: String { "peer \(raw)" }
}

/// Names one request of a caller, so that the answer finds the operation that waits for it.
/// Zero stands for "no answer expected".
@usableFromInline
@frozen
package struct CallID: Hashable, Comparable, Sendable {
    @usableFromInline package var raw: UInt64

    @inlinable
    package init(_ raw: UInt64) { self.raw = raw }

    @inlinable package static var none: CallID { CallID(0) }

    @inlinable
    package static func < (a: CallID, b: CallID) -> Bool { a.raw < b.raw }
}

/// Names a sealed chunk: the SHA-256 of its sealed bytes.
@usableFromInline
@frozen
package struct ChunkID: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline package var hash: Hash256

    @inlinable
    package init(_ hash: Hash256) { self.hash = hash }

    @inlinable
    package static func < (a: ChunkID, b: ChunkID) -> Bool { a.hash < b.hash }

    @usableFromInline package var description: String { hash.description }
}

/// Names one version of a file: 128 random bits.
@usableFromInline
@frozen
package struct FileID: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline package var high: UInt64
    @usableFromInline package var low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    package static func < (a: FileID, b: FileID) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    /// 16 bytes, most significant first.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(high)
        writer.write(low)
        return writer.bytes
    }

    @usableFromInline package var description: String { Hexadecimal.encode(bytes) }
}
