package import Primitives

/// What one party asks another about its inventory.
///
/// The first question of a comparison tells the asker's root hash and asks about the root; later
/// ones ask about subtrees that differ.
package struct InventoryQuestion: Equatable, Sendable {
    /// The most prefixes of one question; an answer then stays below 132 KiB.
    package static let maximumPrefixes = 256

    /// The asker's root hash, when this opens a comparison.
    package let rootHash: Hash256?
    /// The subtrees asked about, 1 to `maximumPrefixes` of them.
    package let prefixes: [InventoryPrefix]

    /// The question that opens a comparison.
    package init(opening rootHash: Hash256) {
        self.rootHash = rootHash
        prefixes = [.root]
    }

    /// A question about subtrees. Of more than `maximumPrefixes` the first are answered.
    package init(prefixes: [InventoryPrefix]) {
        rootHash = nil
        self.prefixes = prefixes
    }

    /// The hashes that the question carries.
    package var hashCount: Int { rootHash == nil ? 0 : 1 }

    /// 64 bits that tell this question from others. Not proof against forgery.
    package var fingerprint: UInt64 {
        var mixer = FingerprintMixer()
        if let rootHash { mixer.mix(rootHash) }
        for prefix in prefixes {
            mixer.mix(prefix.digits)
            mixer.mix(UInt64(prefix.depth))
        }
        return mixer.value
    }
}

extension InventoryQuestion {
    /// The size of `encoded()` in bytes.
    package var encodedByteCount: Int {
        rootHash != nil ? 1 + 32 : 1 + 2 + prefixes.reduce(0) { $0 + $1.encodedByteCount }
    }

    /// 0x00 and the root hash; or 0x01, the number of prefixes in 16 bits, the prefixes.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: encodedByteCount)
        if let rootHash {
            writer.write(UInt8(0))
            writer.write(rootHash)
        } else {
            writer.write(UInt8(1))
            writer.write(UInt16(prefixes.count))
            for prefix in prefixes { prefix.write(to: &writer) }
        }
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else, and for more prefixes than allowed.
    package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        switch try reader.read(UInt8.self) {
        case 0: self.init(opening: try reader.readHash())
        case 1: self.init(prefixes: try Self.readPrefixes(&reader))
        default: throw .invalid(what: "a kind of inventory question", offset: 0)
        }
        try reader.finish()
    }

    private static func readPrefixes(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> [InventoryPrefix] {
        let start = reader.offset
        let count = Int(try reader.read(UInt16.self))
        guard (1...maximumPrefixes).contains(count) else {
            throw .invalid(what: "1 to 256 prefixes", offset: start)
        }
        var prefixes: [InventoryPrefix] = []
        prefixes.reserveCapacity(count)
        for _ in 0..<count { prefixes.append(try InventoryPrefix(from: &reader)) }
        return prefixes
    }
}
