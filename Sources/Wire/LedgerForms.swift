import Cryptography
package import Ledger
package import Merkle
package import Primitives

/// A block's signed header.
///
/// To read, not to check: the time has lost what is below a millisecond, so the signature cannot be
/// checked against it. `GET /api/ledger/headers` gives what was signed.
package struct HeaderForm: Hashable, Sendable, Codable {
    package var height: UInt64
    /// What the next block links to.
    package var hash: Hash256
    package var previous: Hash256
    package var recordsRoot: Hash256
    package var ledgerRoot: Hash256
    /// How many records the ledger has, this block's included.
    package var totalRecords: UInt64
    /// How many records the block has.
    package var records: Int
    /// `WireTime`.
    package var time: String
    /// The public key that signs.
    package var writer: Hash256
    package var signature: Hex

    package init(_ block: Block) {
        let header = block.header
        height = header.height
        hash = block.signedHeader.hash
        previous = header.previous
        recordsRoot = header.recordsRoot
        ledgerRoot = header.ledgerRoot
        totalRecords = header.totalRecords
        records = block.records.count
        time = WireTime.text(header.time)
        writer = header.writer.bytes
        signature = Hex(block.signature.bytes)
    }
}

/// The answer to `GET /api/ledger`.
package struct LedgerForm: Hashable, Sendable, Codable {
    package var blocks: UInt64
    package var records: UInt64
    /// The RFC 6962 root over all records.
    package var root: Hash256
    /// The public key that signs the chain.
    package var writer: Hash256
    /// The last block; nil while there is none.
    package var tip: HeaderForm?

    package init(
        blocks: UInt64, records: UInt64, root: Hash256, writer: Hash256, tip: HeaderForm?
    ) {
        self.blocks = blocks
        self.records = records
        self.root = root
        self.writer = writer
        self.tip = tip
    }
}

/// The answer to `GET /api/ledger/blocks`: newest first.
package struct BlockListForm: Hashable, Sendable, Codable {
    package var blocks: [HeaderForm]

    package init(blocks: [HeaderForm]) { self.blocks = blocks }
}

/// The answer to `GET /api/ledger/blocks/{height}`: the header's members, and `entries`.
package struct BlockForm: Hashable, Sendable, Codable {
    package var header: HeaderForm
    package var entries: [RecordEntryForm]

    package init(header: HeaderForm, entries: [RecordEntryForm]) {
        self.header = header
        self.entries = entries
    }

    private enum CodingKeys: String, CodingKey { case entries }

    package init(from decoder: any Decoder) throws {
        header = try HeaderForm(from: decoder)
        entries = try decoder.container(keyedBy: CodingKeys.self)
            .decode([RecordEntryForm].self, forKey: .entries)
    }

    package func encode(to encoder: any Encoder) throws {
        try header.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(entries, forKey: .entries)
    }
}

/// One record of a block. Which members are there depends on its kind.
package struct RecordEntryForm: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case file
        case fileRemoval = "file-removal"
        case placement
        case membership
        case account
    }

    package enum MembershipEvent: String, Hashable, Sendable, Codable {
        case joined, left, dead, returned
    }

    /// The place among all records of the ledger.
    package var index: UInt64
    package var kind: Kind
    /// The record's leaf hash.
    package var leaf: Hash256

    /// Of a file or its removal.
    package var file: FileID?
    /// Of a file, its removal or an account: a keyed hash, of accounts another one than of files.
    package var owner: Hash256?
    /// Of a file: how many.
    package var chunks: Int?
    /// Of a file or its removal: true for one's own, else absent.
    package var own: Bool?
    /// Of one's own file, in an open session.
    package var name: String?
    /// Of a placement: the sealed chunk's bytes. Of one's own file, in an open session: the file's.
    package var size: UInt64?

    /// Of a placement.
    package var chunk: ChunkID?
    /// Of a placement: who holds it; empty once it is released.
    package var nodes: [PeerID]?

    /// Of a membership.
    package var node: PeerID?
    /// Of a membership.
    package var event: MembershipEvent?

    /// What the record says by itself; whose it is, and its name, are the server's to add.
    package init(index: UInt64, record: Record) {
        self.index = index
        leaf = record.leafHash
        switch record {
        case .file(let record):
            kind = .file
            file = record.file
            owner = record.owner.hash
            chunks = Int(record.chunkCount)
        case .fileRemoval(let record):
            kind = .fileRemoval
            file = record.file
            owner = record.owner.hash
        case .placement(let record):
            kind = .placement
            chunk = record.chunk
            size = UInt64(record.size)
            nodes = record.nodes
        case .membership(let record):
            kind = .membership
            node = record.node
            event =
                switch record.event {
                case .joined: .joined
                case .left: .left
                case .declaredDead: .dead
                case .returned: .returned
                }
        case .account(let record):
            kind = .account
            owner = record.account
        }
    }
}

/// The answer to `GET /api/ledger/proof`: that a record is in the ledger as of `header`.
package struct LedgerProofForm: Hashable, Sendable, Codable {
    package var index: Int
    package var leaf: Hash256
    package var treeSize: Int
    package var path: [Hash256]
    package var header: HeaderForm

    package init(proof: InclusionProof, leaf: Hash256, header: HeaderForm) {
        index = proof.index
        self.leaf = leaf
        treeSize = proof.treeSize
        path = proof.path
        self.header = header
    }

    /// The proof, to be checked against the header's root.
    package var proof: InclusionProof {
        InclusionProof(index: index, treeSize: treeSize, path: path)
    }
}
