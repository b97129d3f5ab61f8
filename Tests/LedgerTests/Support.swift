import Cryptography
import Ledger
import Primitives

extension RandomSource {
    init(testSeed seed: UInt64) { self.init(seed: seed, who: 0, purpose: 0) }

    mutating func hash() -> Hash256 { Hash256(next(), next(), next(), next()) }

    mutating func signingKey() throws -> SigningKey {
        try SigningKey(seed: SecretKey(copying: bytes(32)))
    }

    mutating func fileID() -> FileID { FileID(high: next(), low: next()) }

    mutating func placement() -> PlacementRecord {
        PlacementRecord(
            chunk: ChunkID(hash()), size: UInt32(below(300_000)),
            nodes: (0..<below(4)).map { _ in PeerID(next()) })
    }

    /// A record of any kind.
    mutating func record() -> Record {
        switch below(7) {
        case 0:
            .file(
                FileRecord(
                    owner: OwnerTag(hash()), file: fileID(), root: hash(),
                    chunkCount: UInt32(below(1_000)), sealedManifest: bytes(below(60)),
                    wrappedKey: bytes(below(60))))
        case 1: .fileRemoval(FileRemoval(owner: OwnerTag(hash()), file: fileID()))
        case 2:
            .membership(
                MembershipRecord(
                    node: PeerID(next()),
                    event: .joined(
                        publicKey: PublicKey(bytes: hash()), domain: UInt32(below(9)),
                        capacityBytes: next())))
        case 3: .membership(MembershipRecord(node: PeerID(next()), event: .left))
        case 4: .membership(MembershipRecord(node: PeerID(next()), event: .declaredDead))
        case 5: .membership(MembershipRecord(node: PeerID(next()), event: .returned))
        default: .placement(placement())
        }
    }

    mutating func records(_ count: Int) -> [Record] { (0..<count).map { _ in record() } }

    /// A ledger of blocks with these many records, a second apart.
    mutating func chain(_ counts: [Int], key: SigningKey) -> [Block] {
        var writer = LedgerWriter(signingKey: key)
        return counts.enumerated().map { index, count in
            writer.append(records(count), at: .origin + .seconds(Int64(index + 1)))
        }
    }
}

extension SignedHeader {
    /// A header that the key signs whatever it says.
    init(_ header: BlockHeader, signedBy key: SigningKey) {
        self.init(header: header, signature: key.sign(header.signedBytes))
    }
}

extension LedgerVerifier {
    /// The state of a whole chain, if nothing is wrong with it.
    static func verifyChain(
        encodedBlocks: some Sequence<[UInt8]>, writer: PublicKey?,
        signatures: SignaturePolicy = .every
    ) throws(LedgerError) -> LedgerState {
        var verifier = LedgerVerifier(writer: writer, signatures: signatures)
        for bytes in encodedBlocks { try verifier.check(encoded: bytes) }
        return try verifier.finish()
    }
}
