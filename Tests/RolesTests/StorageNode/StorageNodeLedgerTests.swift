import Cryptography
import Ledger
import Primitives
import Testing

@testable import Roles

/// A node that keeps the ledgers of backends.
@Suite struct StorageNodeLedgerTests {
    private static let blocks = blocks(of: Keys.backend, count: 4)

    /// A ledger of blocks without records.
    private static func blocks(
        of key: SigningKey, count: Int, from start: Int64 = 0
    ) -> [[UInt8]] {
        var writer = LedgerWriter(signingKey: key)
        return (0..<count).map {
            writer.append([], at: .origin + .seconds(start + Int64($0))).encoded()
        }
    }

    private func keep(
        _ block: [UInt8], at height: Int, in node: inout NodeDrive,
        from backend: PeerID = Peers.backend
    ) -> KeepBlockAnswer? {
        let request = KeepBlockRequest(
            height: UInt64(height), block: Payload(bytes: block, byteCount: block.count))
        let answer = node.receive(.node(.keepBlock(request)), from: backend).first?.answer
        return answer.flatMap { KeepBlockRequest.reply(in: $0) }
    }

    private func fetch(
        _ height: Int, from node: inout NodeDrive, as backend: PeerID = Peers.backend
    ) -> KnownLedger? {
        let request = FetchBlockRequest(height: UInt64(height))
        let answer = node.receive(.node(.fetchBlock(request)), from: backend).first?.answer
        guard case .known(let known)? = answer.flatMap({ FetchBlockRequest.reply(in: $0) }) else {
            return nil
        }
        return known
    }

    @Test func `blocks are kept and given back also after a restart`() {
        var node = NodeDrive.node()
        for (height, block) in Self.blocks.enumerated() {
            #expect(
                keep(block, at: height, in: &node)
                    == KeepBlockAnswer(outcome: .kept, count: UInt64(height + 1)))
        }
        node.restart(as: NodeDrive.makeNode())
        #expect(fetch(2, from: &node)?.block?.bytes == Self.blocks[2])
        #expect(fetch(4, from: &node)?.count == 4)
        #expect(fetch(4, from: &node)?.block == nil)
        #expect(fetch(0, from: &node, as: Peers.otherBackend)?.count == 0)
    }

    @Test func `a block counts once all before it are there`() {
        var node = NodeDrive.node()
        #expect(keep(Self.blocks[1], at: 1, in: &node)?.count == 0)
        #expect(keep(Self.blocks[0], at: 0, in: &node)?.count == 2)
        #expect(keep(Self.blocks[3], at: 500, in: &node)?.outcome == .refused)
    }

    @Test func `another block at the same height is refused`() {
        var node = NodeDrive.node()
        _ = keep(Self.blocks[0], at: 0, in: &node)
        let other = Self.blocks(of: Keys.backend, count: 1, from: 100)[0]
        #expect(keep(other, at: 0, in: &node)?.outcome == .conflicting)
        #expect(keep(Self.blocks[0], at: 0, in: &node)?.outcome == .kept)
        #expect(keep(Self.blocks[0], at: 0, in: &node, from: Peers.stranger)?.outcome == .refused)
        #expect(keep([1, 2, 3], at: 1, in: &node)?.outcome == .refused)
    }

    @Test func `a deletion is refused where its backend had come further before`() throws {
        var node = NodeDrive.node()
        let (chunk, other) = (TestChunk(1), TestChunk(2))
        node.store(chunk)
        node.store(other)
        let heads = Self.blocks.map { SignedHeader(ofBlock: $0) }
        func delete(_ chunk: TestChunk, _ head: SignedHeader?) -> DeleteOutcome? {
            let request = DeleteRequest(
                chunk: chunk.id, stamp: Instant(nanoseconds: 9), expires: .distantFuture,
                head: head)
            return node.receive(.node(.delete(request)), from: Peers.backend).first?.deleteOutcome
        }
        #expect(delete(chunk, heads[2]) == .deleted)
        #expect(delete(other, heads[1]) == .behind)
        #expect(delete(other, nil) == .behind)
        let forked = Self.blocks(of: Keys.backend, count: 3, from: 100)
        #expect(delete(other, SignedHeader(ofBlock: forked[2])) == .behind)
        #expect(delete(other, heads[2]) == .deleted)
    }

    @Test func `who keeps the ledger knows after a restart how far it had come`() {
        var node = NodeDrive.node()
        let chunk = TestChunk(1)
        node.store(chunk)
        for (height, block) in Self.blocks.enumerated() {
            _ = keep(block, at: height, in: &node)
        }
        node.restart(as: NodeDrive.makeNode())
        for (head, outcome) in [(nil, DeleteOutcome.behind), (2, .behind), (3, .deleted)] {
            let request = DeleteRequest(
                chunk: chunk.id, stamp: Instant(nanoseconds: 9), expires: .distantFuture,
                head: head.flatMap { SignedHeader(ofBlock: Self.blocks[$0]) })
            let answer = node.receive(.node(.delete(request)), from: Peers.backend).first
            #expect(answer?.deleteOutcome == outcome)
        }
    }

    @Test func `a scrub finds a rotten block and it is no longer counted`() {
        var node = NodeDrive.node()
        for (height, block) in Self.blocks.enumerated() {
            _ = keep(block, at: height, in: &node)
        }
        node.disk.rot(ChunkID(SHA256.hash(Self.blocks[1])))
        node.advance(by: .days(30))
        #expect(fetch(9, from: &node)?.count == 1)
        #expect(keep(Self.blocks[1], at: 1, in: &node)?.count == 4)
    }
}
