import Merkle
package import Primitives

/// One entry of a ledger: something that happened and is kept for ever.
package enum Record: Equatable, Sendable {
    /// A file version was stored.
    case file(FileRecord)
    /// A file version was deleted by its owner.
    case fileRemoval(FileRemoval)
    /// The nodes that hold a chunk changed.
    case placement(PlacementRecord)
    /// An account was made, changed or removed.
    case account(AccountRecord)
    /// A node came, went, or was given up.
    case membership(MembershipRecord)

    /// What the Merkle trees of block and ledger hold for this record.
    package var leafHash: Hash256 { MerkleTree.leafHash(encoded()) }
}

extension Record {
    /// The first byte of an encoded record.
    private enum Kind: UInt8 {
        case file = 1
        case fileRemoval = 2
        case placement = 3
        case membership = 4
        case account = 5
    }

    /// The canonical encoding: the kind in one byte, then the fields in the order of their
    /// declaration. Equal records have equal bytes, different ones different bytes.
    package func encoded() -> [UInt8] {
        // As long as most records, which place a chunk.
        var writer = ByteWriter(reserving: 96)
        switch self {
        case .file(let record):
            writer.write(Kind.file.rawValue)
            record.write(to: &writer)
        case .fileRemoval(let record):
            writer.write(Kind.fileRemoval.rawValue)
            record.write(to: &writer)
        case .placement(let record):
            writer.write(Kind.placement.rawValue)
            record.write(to: &writer)
        case .membership(let record):
            writer.write(Kind.membership.rawValue)
            record.write(to: &writer)
        case .account(let record):
            writer.write(Kind.account.rawValue)
            record.write(to: &writer)
        }
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else.
    package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard let kind = Kind(rawValue: try reader.read(UInt8.self)) else {
            throw .invalid(what: "a kind of record", offset: 0)
        }
        switch kind {
        case .file: self = .file(try FileRecord(from: &reader))
        case .fileRemoval: self = .fileRemoval(try FileRemoval(from: &reader))
        case .placement: self = .placement(try PlacementRecord(from: &reader))
        case .membership: self = .membership(try MembershipRecord(from: &reader))
        case .account: self = .account(try AccountRecord(from: &reader))
        }
        try reader.finish()
    }
}
