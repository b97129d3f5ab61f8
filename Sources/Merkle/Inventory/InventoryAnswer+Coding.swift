package import Primitives

extension InventoryAnswer {
    /// The size of `encoded()` in bytes.
    package var encodedByteCount: Int { entries.reduce(8 + 2) { $0 + 1 + $1.payloadByteCount } }

    /// The question's fingerprint, the number of entries in 16 bits, the entries: a kind each, 0x00
    /// for the same, 0x01 for sixteen bits that mark the subtrees with ids, the first digit's lowest,
    /// and their hashes, 0x02 for a count in one byte and the ids.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: encodedByteCount)
        writer.write(question)
        writer.write(UInt16(entries.count))
        for entry in entries { entry.write(to: &writer) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else, and for more entries than a question
    /// may ask about. Whether ids and hashes make sense is for `InventoryComparison` to judge.
    package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        let question = try reader.read(UInt64.self)
        let start = reader.offset
        let count = Int(try reader.read(UInt16.self))
        guard count <= InventoryQuestion.maximumPrefixes else {
            throw .invalid(what: "256 entries at most", offset: start)
        }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count { entries.append(try Entry(from: &reader)) }
        try reader.finish()
        self.init(question: question, entries: entries)
    }
}

extension InventoryAnswer.Entry {
    fileprivate var payloadByteCount: Int {
        switch self {
        case .same: 0
        case .children: 2 + 32 * hashCount
        case .bucket(let ids): 1 + 32 * ids.count
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .same: writer.write(UInt8(0))
        case .children(let hashes):
            writer.write(UInt8(1))
            var mask: UInt16 = 0
            for (digit, hash) in hashes.enumerated() where hash != .zero { mask |= 1 << digit }
            writer.write(mask)
            for hash in hashes where hash != .zero { writer.write(hash) }
        case .bucket(let ids):
            writer.write(UInt8(2))
            writer.write(UInt8(ids.count))
            for id in ids { writer.write(id.hash) }
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReaderError) {
        let start = reader.offset
        switch try reader.read(UInt8.self) {
        case 0: self = .same
        case 1: self = .children(try Self.readChildren(&reader))
        case 2: self = .bucket(try Self.readBucket(&reader))
        default: throw .invalid(what: "a kind of inventory entry", offset: start)
        }
    }

    private static func readChildren(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> [Hash256] {
        let mask = try reader.read(UInt16.self)
        var hashes = [Hash256](repeating: .zero, count: 16)
        for digit in 0..<16 where mask & 1 << digit != 0 {
            let start = reader.offset
            hashes[digit] = try reader.readHash()
            guard hashes[digit] != .zero else {
                throw .invalid(what: "a hash other than zero", offset: start)
            }
        }
        return hashes
    }

    private static func readBucket(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> [ChunkID] {
        let start = reader.offset
        let count = Int(try reader.read(UInt8.self))
        guard count <= InventoryTree.bucketCapacity else {
            throw .invalid(what: "16 ids at most", offset: start)
        }
        var ids: [ChunkID] = []
        ids.reserveCapacity(count)
        for _ in 0..<count { ids.append(ChunkID(try reader.readHash())) }
        return ids
    }
}
