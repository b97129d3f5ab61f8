/// Builds a canonical binary encoding: integers big-endian, byte strings behind their 32-bit length.
@usableFromInline
@frozen
package struct ByteWriter {
    @usableFromInline var storage: [UInt8] = []

    /// What has been written.
    @inlinable
    package var bytes: [UInt8] { storage }

    @inlinable
    package init(reserving capacity: Int = 0) { storage.reserveCapacity(capacity) }

    @inlinable
    package mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { storage.append(contentsOf: $0) }
    }

    @inlinable
    package mutating func write(_ value: Hash256) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
            value.store(to: buffer.baseAddress!)
            storage.append(contentsOf: buffer)
        }
    }

    @inlinable
    package mutating func write(_ value: FileID) {
        write(value.high)
        write(value.low)
    }

    /// Appends bytes as they are; the reader must know how many.
    @inlinable
    package mutating func write(fixed value: some Sequence<UInt8>) {
        storage.append(contentsOf: value)
    }

    /// Appends a 32-bit length, then the bytes.
    @inlinable
    package mutating func write(prefixed value: [UInt8]) {
        write(UInt32(value.count))
        storage.append(contentsOf: value)
    }

    package mutating func write(_ text: String) { write(prefixed: Array(text.utf8)) }
}

/// Why bytes are not a canonical encoding.
@usableFromInline
package enum ByteReaderError: Error, Equatable {
    /// The bytes end before the value does.
    case truncated(offset: Int)
    /// More bytes follow than the value has.
    case trailingBytes(count: Int)
    /// A value is outside what the format allows.
    case invalid(what: String, offset: Int)
}

/// Reads what `ByteWriter` wrote. Never reads past the end, whatever the lengths claim.
@usableFromInline
@frozen
package struct ByteReader {
    @usableFromInline package let bytes: [UInt8]
    @usableFromInline var position = 0

    /// How many bytes have been read.
    @inlinable
    package var offset: Int { position }

    @inlinable
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes have not.
    @inlinable
    package var remaining: Int { bytes.count - position }

    @inlinable
    package mutating func read<T: FixedWidthInteger>(_ type: T.Type) throws(ByteReaderError) -> T {
        let count = T.bitWidth / 8
        guard remaining >= count else { throw .truncated(offset: offset) }
        var value: T = 0
        for index in offset..<offset + count {
            value = value << 8 | T(truncatingIfNeeded: bytes[index])
        }
        position += count
        return value
    }

    package mutating func readFixed(_ count: Int) throws(ByteReaderError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw .truncated(offset: offset) }
        defer { position += count }
        return Array(bytes[offset..<offset + count])
    }

    package mutating func readPrefixed() throws(ByteReaderError) -> [UInt8] {
        let count = try read(UInt32.self)
        return try readFixed(Int(count))
    }

    package mutating func readHash() throws(ByteReaderError) -> Hash256 {
        guard remaining >= 32 else { throw .truncated(offset: offset) }
        defer { position += 32 }
        return bytes.withUnsafeBytes { Hash256(loading: $0.baseAddress! + offset) }
    }

    package mutating func readFileID() throws(ByteReaderError) -> FileID {
        FileID(high: try read(UInt64.self), low: try read(UInt64.self))
    }

    package mutating func readString() throws(ByteReaderError) -> String {
        let start = offset
        let utf8 = try readPrefixed()
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw .invalid(what: "UTF-8 text", offset: start)
        }
        return text
    }

    /// Call last: an encoding with bytes left over is not canonical.
    package func finish() throws(ByteReaderError) {
        guard remaining == 0 else { throw .trailingBytes(count: remaining) }
    }
}
