package import Cryptography
package import Primitives

/// What a writer signs: a batch of records, the chain before it, and the ledger that both make.
///
/// `ledgerRoot` makes each header a signed tree head as in RFC 6962 §3.5: that a record is in the
/// ledger, and that the ledger only grew between two headers, can be proven without the blocks.
package struct BlockHeader: Equatable, Sendable {
    /// How many blocks come before.
    package var height: UInt64
    /// The hash of the signed header before (`SignedHeader.hash`); zero for the first.
    package var previous: Hash256
    /// The RFC 6962 root over this block's records.
    package var recordsRoot: Hash256
    /// How many records the ledger has, this block's included.
    package var totalRecords: UInt64
    /// The RFC 6962 root over all records of the ledger, this block's included.
    package var ledgerRoot: Hash256
    /// When the block was written, by the writer's clock. Never before the previous one.
    package var time: Instant
    /// The key that signs.
    package var writer: PublicKey
}

/// A header with its writer's signature. Enough, without the block, to check proofs against.
package struct SignedHeader: Equatable, Sendable {
    package var header: BlockHeader
    /// The Ed25519 signature of `header.signedBytes`.
    package var signature: Signature

    package init(header: BlockHeader, signature: Signature) {
        self.header = header
        self.signature = signature
    }

    /// What the next block links to: the SHA-256 of `encoded()`. The signature is part of it, so
    /// that the chain vouches for every byte before its last block.
    package var hash: Hash256 { SHA256.hash(encoded()) }

    /// Whether the writer that the header names signed it.
    package var hasValidSignature: Bool {
        header.writer.isValid(signature, for: header.signedBytes)
    }
}

// MARK: - Coding

extension BlockHeader {
    /// The size of the encoding in bytes.
    package static let encodedByteCount = 8 + 32 + 32 + 8 + 32 + 8 + 32

    /// Set before what is signed, so that a signature over a header can never pass for one over
    /// anything else that the same key signs.
    private static let domain = Array("DecentraStore block header v1\0".utf8)

    /// The bytes that the signature covers.
    package var signedBytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.domain.count + Self.encodedByteCount)
        writer.write(fixed: Self.domain)
        write(to: &writer)
        return writer.bytes
    }

    func write(to bytes: inout ByteWriter) {
        bytes.write(height)
        bytes.write(previous)
        bytes.write(recordsRoot)
        bytes.write(totalRecords)
        bytes.write(ledgerRoot)
        bytes.write(time.nanoseconds)
        bytes.write(writer.bytes)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            height: try reader.read(UInt64.self), previous: try reader.readHash(),
            recordsRoot: try reader.readHash(), totalRecords: try reader.read(UInt64.self),
            ledgerRoot: try reader.readHash(), time: try reader.readInstant(),
            writer: PublicKey(bytes: try reader.readHash()))
    }
}

extension SignedHeader {
    /// The size of `encoded()` in bytes.
    package static let encodedByteCount = BlockHeader.encodedByteCount + Signature.count

    /// The header's fields in the order of their declaration, then the signature.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: Self.encodedByteCount)
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what `encoded` wrote; throws for anything else. Does not check the signature.
    package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    func write(to writer: inout ByteWriter) {
        header.write(to: &writer)
        writer.write(signature.r)
        writer.write(signature.s)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            header: try BlockHeader(from: &reader),
            signature: Signature(r: try reader.readHash(), s: try reader.readHash()))
    }
}
