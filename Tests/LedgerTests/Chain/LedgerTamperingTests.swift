import Cryptography
import Primitives
import Testing

@testable import Ledger

@Suite("A chain that was tampered with")
struct LedgerTamperingTests {
    private let key: SigningKey
    private let other: SigningKey
    private let blocks: [Block]
    private var encoded: [[UInt8]] { blocks.map { $0.encoded() } }

    init() throws {
        var random = RandomSource(testSeed: 1)
        key = try random.signingKey()
        other = try random.signingKey()
        blocks = random.chain([2, 3, 1, 4], key: key)
    }

    private func failure(
        _ encoded: [[UInt8]], _ policy: LedgerVerifier.SignaturePolicy = .every
    ) -> LedgerError? {
        do {
            _ = try LedgerVerifier.verifyChain(
                encodedBlocks: encoded, writer: key.publicKey, signatures: policy)
            return nil
        } catch {
            return error
        }
    }

    @Test
    func `is found out whichever byte is changed, and the block is named`() {
        let encoded = encoded
        for height in encoded.indices {
            for place in encoded[height].indices {
                for mask in [0x01, 0x80] as [UInt8] {
                    var forged = encoded
                    forged[height][place] ^= mask
                    let error = failure(forged)
                    #expect(error?.height == UInt64(height), "block \(height), byte \(place)")
                }
            }
        }
    }

    @Test
    func `is found out by the last signature alone, at the block or at the one that links to it`() {
        let encoded = encoded
        for height in encoded.indices {
            for place in encoded[height].indices {
                var forged = encoded
                forged[height][place] ^= 0x10
                let error = failure(forged, .tipOnly)
                let found = error.map { Int($0.height) } ?? -1
                #expect(
                    found == height || found == min(height + 1, encoded.count - 1),
                    "block \(height), byte \(place): \(String(describing: error))")
            }
        }
    }

    @Test
    func `is no chain where a block's time is none that a clock tells`() {
        let last = Instant.admitted.upperBound.nanoseconds
        for nanoseconds in [.min, -1, last + 1, .max] as [Int64] {
            var block = blocks[1]
            block.signedHeader.header.time = Instant(nanoseconds: nanoseconds)
            let problem = LedgerProblem.malformedBlock(
                .invalid(what: "a time from 1970 to 2200", offset: 8 + 32 + 32 + 8 + 32))
            #expect(failure([encoded[0], block.encoded()]) == LedgerError(1, problem))
        }
    }

    @Test
    func `is found out when blocks are dropped, repeated or reordered`() {
        let encoded = encoded
        for height in encoded.indices.dropLast() {
            var forged = encoded
            forged.remove(at: height)
            let expected = LedgerProblem.wrongHeight(found: UInt64(height + 1))
            #expect(failure(forged) == LedgerError(UInt64(height), expected))
        }
        for height in encoded.indices {
            var forged = encoded
            forged.insert(encoded[height], at: height)
            let expected = LedgerProblem.wrongHeight(found: UInt64(height))
            #expect(failure(forged) == LedgerError(UInt64(height + 1), expected))
            for second in encoded.indices where second > height {
                forged = encoded
                forged.swapAt(height, second)
                #expect(failure(forged)?.height == UInt64(height))
                #expect(failure(forged, .tipOnly)?.height == UInt64(height))
            }
        }
        // The end alone can be cut off unseen: it is a shorter ledger that was valid once.
        #expect(failure(Array(encoded.dropLast())) == nil)
    }

    @Test
    func `is found out when records are dropped, repeated, reordered, added or changed`() {
        var random = RandomSource(testSeed: 2)
        for height in blocks.indices {
            let records = blocks[height].records
            var forgeries: [[Record]] = [records + [random.record()], [random.record()] + records]
            for index in records.indices {
                forgeries.append(Array(records[..<index] + records[(index + 1)...]))
                forgeries.append(Array(records[...index] + records[index...]))
                forgeries.append(records)
                forgeries[forgeries.count - 1][index] = random.record()
                for second in records.indices where second > index {
                    forgeries.append(records)
                    forgeries[forgeries.count - 1].swapAt(index, second)
                }
            }
            for forgery in forgeries {
                var forged = blocks
                forged[height].records = forgery
                let error = failure(forged.map { $0.encoded() })
                #expect(error?.height == UInt64(height))
                guard case .recordsRootMismatch = error?.problem else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test
    func `names the record whose bytes are none`() {
        let block = blocks[3]
        var offset = SignedHeader.encodedByteCount + 4
        for (index, record) in block.records.enumerated() {
            var forged = encoded
            forged[3][offset + 4] = 0
            let reason = ByteReaderError.invalid(what: "a kind of record", offset: 0)
            #expect(failure(forged) == LedgerError(3, .malformedRecord(index: index, reason)))
            offset += 4 + record.encoded().count
        }
    }

    @Test
    func `is found out when cut short or lengthened at any byte`() {
        let encoded = encoded
        for count in encoded[2].indices {
            var forged = encoded
            forged[2].removeLast(encoded[2].count - count)
            #expect(failure(forged)?.height == 2)
        }
        var forged = encoded
        forged[2].append(0)
        #expect(failure(forged) == LedgerError(2, .malformedBlock(.trailingBytes(count: 1))))
    }

    /// The chain with the second block's header changed and signed anew.
    private func resigned(
        by key: SigningKey? = nil, _ change: (inout BlockHeader) -> Void
    ) -> [[UInt8]] {
        var forged = blocks
        var header = forged[1].header
        change(&header)
        forged[1].signedHeader = SignedHeader(header, signedBy: key ?? self.key)
        return forged.map { $0.encoded() }
    }

    @Test
    func `does not pass although its own writer signed it`() {
        let header = blocks[1].header
        let before = blocks[0].signedHeader
        #expect(
            failure(resigned { $0.height = 5 }) == LedgerError(1, .wrongHeight(found: 5)))
        #expect(
            failure(resigned { $0.previous = .zero })
                == LedgerError(1, .brokenLink(expected: before.hash, found: .zero)))
        #expect(
            failure(resigned { $0.recordsRoot = .zero })
                == LedgerError(
                    1, .recordsRootMismatch(computed: header.recordsRoot, found: .zero)))
        #expect(
            failure(resigned { $0.totalRecords = 9 })
                == LedgerError(1, .wrongTotal(expected: 5, found: 9)))
        #expect(
            failure(resigned { $0.ledgerRoot = .zero })
                == LedgerError(1, .ledgerRootMismatch(computed: header.ledgerRoot, found: .zero)))
        let early = Instant.origin
        #expect(
            failure(resigned { $0.time = early })
                == LedgerError(1, .timeWentBack(previous: before.header.time, found: early)))
        // A valid header that is not the one that the next block links to.
        let later = header.time + .nanoseconds(1)
        #expect(failure(resigned { $0.time = later })?.height == 2)
    }

    @Test
    func `does not pass when someone else signed it`() {
        let foreign = other.publicKey
        #expect(failure(resigned(by: other) { _ in }) == LedgerError(1, .invalidSignature))
        #expect(
            failure(resigned(by: other) { $0.writer = foreign })
                == LedgerError(1, .wrongWriter(expected: key.publicKey, found: foreign)))
        #expect(throws: LedgerError.self) {
            try LedgerVerifier.verifyChain(encodedBlocks: encoded, writer: foreign)
        }
        // Without an expected writer the first block tells, and may not change its mind.
        #expect(throws: LedgerError(1, .wrongWriter(expected: key.publicKey, found: foreign))) {
            try LedgerVerifier.verifyChain(
                encodedBlocks: resigned(by: other) { $0.writer = foreign }, writer: nil)
        }
    }

    @Test
    func `leaves the verifier where it was, ready for the right block`() throws {
        var verifier = LedgerVerifier(writer: nil)
        for height in blocks.indices {
            var forged = blocks[height]
            forged.records.append(.fileRemoval(FileRemoval(owner: OwnerTag(.zero), file: .zero)))
            let before = verifier.state
            #expect(throws: LedgerError.self) { try verifier.check(forged) }
            #expect(verifier.state == before)
            try verifier.check(blocks[height])
        }
        #expect(try verifier.finish().recordCount == 10)
        #expect(verifier.writer == key.publicKey)
    }

    @Test
    func `is described by block, record and reason`() {
        var forged = encoded
        forged[1][SignedHeader.encodedByteCount + 8] = 9
        #expect(failure(forged)?.description.hasPrefix("block 1: record 0 is malformed") == true)
        #expect(
            LedgerError(7, .wrongHeight(found: 9)).description == "block 7: claims height 9")
    }
}

extension LedgerError {
    fileprivate init(_ height: UInt64, _ problem: LedgerProblem) {
        self.init(height: height, problem: problem)
    }
}

extension FileID {
    fileprivate static let zero = FileID(high: 0, low: 0)
}
