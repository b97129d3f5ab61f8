import Cryptography
import Extremes
import Ledger
import Merkle
import Primitives
import Testing

/// What ledgers are read from, with an extreme at each place.
@Suite struct ExtremeBytesTests {
    private let key: SigningKey
    private let block: Block

    init() throws {
        var random = RandomSource(testSeed: 1)
        key = try random.signingKey()
        block = random.chain([6], key: key)[0]
    }

    @Test func `a block is refused, or says what it said`() {
        for bytes in Extremes.variants(of: block.encoded(), places: 2_000) {
            guard let read = try? Block(decoding: bytes) else { continue }
            #expect(read.encoded() == bytes && Instant.admitted ~= read.header.time)
            var verifier = LedgerVerifier(writer: nil)
            #expect((try? verifier.check(read)) == nil || read == block)
        }
    }

    @Test func `a header that its writer signs may say what it wants`() {
        for word in Extremes.words {
            let time = Instant(nanoseconds: Int64(bitPattern: word))
            for header in [
                \BlockHeader.height, \BlockHeader.totalRecords,
            ].map({ path in
                var header = block.header
                header[keyPath: path] = word
                header.time = time
                return header
            }) {
                let signed = SignedHeader(header, signedBy: key)
                var verifier = LedgerVerifier(writer: nil)
                let read = try? verifier.check(
                    encoded: Block(signedHeader: signed, records: block.records).encoded())
                #expect(read == nil || Instant.admitted ~= time)
            }
        }
    }

    @Test func `a record is refused, or says what it said`() {
        for record in block.records {
            for bytes in Extremes.variants(of: record.encoded()) {
                guard let read = try? Record(decoding: bytes) else { continue }
                #expect(read.encoded() == bytes)
            }
        }
    }

    @Test func `a proof is refused, or can be checked`() {
        let leaves = block.records.map(\.leafHash)
        let root = block.header.ledgerRoot
        let inclusion = InclusionProof(of: 2, in: leaves)
        for bytes in Extremes.variants(of: inclusion.encoded()) {
            guard let read = try? InclusionProof(decoding: bytes) else { continue }
            #expect(read.encoded() == bytes)
            #expect((try? read.verify(leafHash: leaves[2], root: root)) == nil || read == inclusion)
        }
    }
}
