import Cryptography
import Ledger
import Merkle
import Primitives
import Testing

@Suite("Proofs about a ledger")
struct LedgerProofTests {
    private let key: SigningKey
    private let other: SigningKey
    private let blocks: [Block]
    private let prover: LedgerProver

    init() throws {
        var random = RandomSource(testSeed: 1)
        key = try random.signingKey()
        other = try random.signingKey()
        blocks = random.chain([3, 0, 5, 1, 8], key: key)
        var prover = LedgerProver()
        for block in blocks { prover.append(block) }
        self.prover = prover
    }

    @Test
    func `show every record in the ledger of every later header, and of no earlier one`() throws {
        let records = blocks.flatMap(\.records)
        #expect(prover.recordCount == records.count && prover.blockCount == 5)
        for block in blocks {
            let size = Int(block.header.totalRecords)
            for (index, record) in records.enumerated() {
                let proof = prover.inclusionProof(ofRecord: index, at: block.header.height)
                #expect((proof != nil) == (index < size))
                guard let proof else { continue }
                try block.signedHeader.verifyInclusion(
                    of: record.leafHash, proof: proof, writer: key.publicKey)
                let next = records[(index + 1) % records.count]
                #expect(throws: LedgerProofError.self) {
                    try block.signedHeader.verifyInclusion(
                        of: next.leafHash, proof: proof, writer: key.publicKey)
                }
            }
        }
    }

    @Test
    func `show that the ledger only grew between any two headers`() throws {
        for new in blocks {
            for old in blocks {
                let proof = prover.consistencyProof(
                    from: old.header.height, to: new.header.height)
                #expect((proof != nil) == (old.header.height <= new.header.height))
                guard let proof else { continue }
                try new.signedHeader.verifyGrowth(
                    since: old.signedHeader, proof: proof, writer: key.publicKey)
            }
        }
    }

    @Test
    func `know which records each block added`() {
        let ranges = (0..<5).map { prover.recordIndices(ofBlock: UInt64($0)) }
        #expect(ranges == [0..<3, 3..<3, 3..<8, 8..<9, 9..<17])
        #expect(prover.recordIndices(ofBlock: 5) == nil)
        #expect(prover.inclusionProof(ofRecord: 0, at: 5) == nil)
        #expect(prover.inclusionProof(ofRecord: -1, at: 4) == nil)
        #expect(prover.consistencyProof(from: 0, to: .max) == nil)
    }

    @Test
    func `do not exist for a writer that rewrote its history`() throws {
        var random = RandomSource(testSeed: 2)
        let forged = random.chain([3, 0, 5, 1, 8], key: key)
        var forger = LedgerProver()
        for block in forged { forger.append(block) }
        let proof = try #require(forger.consistencyProof(from: 2, to: 4))
        #expect(throws: LedgerProofError.self) {
            try forged[4].signedHeader.verifyGrowth(
                since: blocks[2].signedHeader, proof: proof, writer: key.publicKey)
        }
    }

    @Test
    func `are worth nothing under a header of another writer, size or signature`() throws {
        let record = blocks[0].records[0]
        let proof = try #require(prover.inclusionProof(ofRecord: 0, at: 4))
        func failure(_ header: SignedHeader, _ writer: PublicKey) -> LedgerProofError? {
            #expect(throws: LedgerProofError.self) {
                try header.verifyInclusion(of: record.leafHash, proof: proof, writer: writer)
            }
        }
        #expect(
            failure(blocks[4].signedHeader, other.publicKey)
                == .wrongWriter(expected: other.publicKey, found: key.publicKey))
        let forged = SignedHeader(blocks[4].header, signedBy: other)
        #expect(failure(forged, key.publicKey) == .invalidSignature(height: 4))
        #expect(
            failure(blocks[3].signedHeader, key.publicKey)
                == .wrongTreeSize(expected: 9, found: 17))
        let growth = try #require(prover.consistencyProof(from: 0, to: 4))
        for (old, new, error) in [
            (0, 3, LedgerProofError.wrongTreeSize(expected: 9, found: 17)),
            (2, 4, .wrongTreeSize(expected: 8, found: 3)),
        ] {
            #expect(throws: error) {
                try blocks[new].signedHeader.verifyGrowth(
                    since: blocks[old].signedHeader, proof: growth, writer: key.publicKey)
            }
        }
        #expect(throws: LedgerProofError.invalidSignature(height: 0)) {
            try blocks[4].signedHeader.verifyGrowth(
                since: SignedHeader(blocks[0].header, signedBy: other), proof: growth,
                writer: key.publicKey)
        }
    }
}
