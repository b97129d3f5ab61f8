package import Cryptography
import Merkle
import Primitives

/// A signed batch of records: one link of the chain.
package struct Block: Equatable, Sendable {
    /// The header and its signature.
    package var signedHeader: SignedHeader
    /// The records in their order.
    package var records: [Record]

    package init(signedHeader: SignedHeader, records: [Record]) {
        self.signedHeader = signedHeader
        self.records = records
    }

    /// What the signature covers.
    package var header: BlockHeader { signedHeader.header }
    /// Its records are those that the header was signed over.
    package var hasSignedRecords: Bool {
        MerkleTree.root(ofLeafHashes: records.map(\.leafHash)) == header.recordsRoot
    }
    /// The writer's signature of the header.
    package var signature: Signature { signedHeader.signature }
}

extension Block {
    /// The signed header, the number of records in 32 bits, each record behind its length in 32 bits.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: SignedHeader.encodedByteCount + 100 * records.count)
        signedHeader.write(to: &writer)
        writer.write(UInt32(records.count))
        for record in records { writer.write(prefixed: record.encoded()) }
        return writer.bytes
    }

    /// Reads what `encoded` wrote. Throws `malformedBlock` or `malformedRecord` for anything else;
    /// whether the block fits a chain is for `LedgerVerifier` to say.
    package init(decoding bytes: [UInt8]) throws(LedgerProblem) {
        var reader = ByteReader(bytes)
        let (signedHeader, count) = try translating(
            (try SignedHeader(from: &reader), try reader.read(UInt32.self)),
            LedgerProblem.malformedBlock)
        var records: [Record] = []
        // A record takes more than its length, so a count beyond this ends in an error anyway.
        records.reserveCapacity(min(Int(count), reader.remaining / 4))
        for index in 0..<Int(count) {
            let record = try translating(try Record(decoding: try reader.readPrefixed())) {
                LedgerProblem.malformedRecord(index: index, $0)
            }
            records.append(record)
        }
        try translating(try reader.finish(), LedgerProblem.malformedBlock)
        self.init(signedHeader: signedHeader, records: records)
    }
}
