import Cryptography
import Merkle
import Primitives
import Testing

@testable import Ledger

@Suite("A chain of blocks")
struct LedgerChainTests {
    @Test
    func `that a writer made verifies, streamed or whole, whatever the sizes of its blocks`() throws
    {
        var random = RandomSource(testSeed: 1)
        let key = try random.signingKey()
        let blocks = random.chain([3, 0, 1, 8, 20, 0, 5], key: key)
        let encoded = blocks.map { $0.encoded() }
        for (block, bytes) in zip(blocks, encoded) {
            #expect(try Block(decoding: bytes) == block)
            #expect(try SignedHeader(decoding: block.signedHeader.encoded()) == block.signedHeader)
        }
        for policy in [LedgerVerifier.SignaturePolicy.every, .tipOnly] {
            let state = try LedgerVerifier.verifyChain(
                encodedBlocks: encoded, writer: key.publicKey, signatures: policy)
            #expect(state.blockCount == 7 && state.recordCount == 37)
            #expect(state.tip == blocks.last?.signedHeader)
            let leaves = blocks.flatMap(\.records).map(\.leafHash)
            #expect(state.root == MerkleTree.root(ofLeafHashes: leaves))
            #expect(state.root == blocks.last?.header.ledgerRoot)
        }
        let empty = try LedgerVerifier.verifyChain(encodedBlocks: [], writer: nil)
        #expect(empty == LedgerState() && empty.blockCount == 0)
        #expect(empty.root == MerkleTree.emptyRoot)
    }

    @Test
    func `goes on from a verified state as if its writer had never stopped`() throws {
        var random = RandomSource(testSeed: 2)
        let key = try random.signingKey()
        let batches = [4, 1, 7].map { random.records($0) }
        var steady = LedgerWriter(signingKey: key)
        var blocks = batches[..<2].map { steady.append($0, at: .origin) }
        let state = try LedgerVerifier.verifyChain(
            encodedBlocks: blocks.map { $0.encoded() }, writer: key.publicKey,
            signatures: .tipOnly)
        #expect(state == steady.state)
        var resumed = LedgerWriter(signingKey: key, resuming: state)
        let expected = steady.append(batches[2], at: .origin)
        #expect(resumed.append(batches[2], at: .origin) == expected)
        blocks.append(expected)
        let end = try LedgerVerifier.verifyChain(
            encodedBlocks: blocks.map { $0.encoded() }, writer: key.publicKey)
        #expect(end == resumed.state && resumed.publicKey == key.publicKey)
    }

    @Test
    func `forks when its writer is copied, and each branch verifies`() throws {
        var random = RandomSource(testSeed: 3)
        let key = try random.signingKey()
        var writer = LedgerWriter(signingKey: key)
        let first = writer.append(random.records(3), at: .origin)
        var branch = writer
        let second = writer.append(random.records(3), at: .origin)
        let other = branch.append(random.records(2), at: .origin)
        for end in [second, other] {
            let state = try LedgerVerifier.verifyChain(
                encodedBlocks: [first.encoded(), end.encoded()], writer: key.publicKey)
            #expect(state.tip == end.signedHeader)
        }
    }

    @Test
    func `stays in order although its writer's clock goes back`() throws {
        var random = RandomSource(testSeed: 4)
        let key = try random.signingKey()
        var writer = LedgerWriter(signingKey: key)
        let times = [5, 3, 9].map { Instant.origin + .seconds($0) }
        let blocks = times.map { writer.append([], at: $0) }
        #expect(blocks.map(\.header.time) == [times[0], times[0], times[2]])
        _ = try LedgerVerifier.verifyChain(
            encodedBlocks: blocks.map { $0.encoded() }, writer: key.publicKey)
    }

    @Test
    func `keeps the encoding of its headers for ever`() throws {
        let header = BlockHeader(
            height: 1, previous: Hash256(2, 3, 4, 5), recordsRoot: Hash256(6, 7, 8, 9),
            totalRecords: 10, ledgerRoot: Hash256(11, 12, 13, 14),
            time: Instant(nanoseconds: 15), writer: PublicKey(bytes: Hash256(16, 17, 18, 19)))
        let domain = Array("DecentraStore block header v1\0".utf8)
        let words = bigEndianWords(19)
        #expect(header.signedBytes == domain + words)
        let signature = Signature(r: Hash256(20, 21, 22, 23), s: Hash256(24, 25, 26, 27))
        let signed = SignedHeader(header: header, signature: signature)
        let all = bigEndianWords(27)
        #expect(signed.encoded() == all)
        #expect(signed.hash == SHA256.hash(all))
        #expect(all.count == SignedHeader.encodedByteCount)
    }

    /// The 64-bit integers from 1 to `last`, most significant byte first.
    private func bigEndianWords(_ last: UInt8) -> [UInt8] {
        (1...last).reduce(into: []) { bytes, word in bytes += [0, 0, 0, 0, 0, 0, 0, word] }
    }
}
