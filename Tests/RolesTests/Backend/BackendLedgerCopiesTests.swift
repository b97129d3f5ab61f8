import Cryptography
import Ledger
import Primitives
import Roles
import Testing

@testable import Roles

@Suite struct BackendLedgerCopiesTests {
    /// With room for a ledger.
    private func story(nodes: Int = 6, copies: Int = 3) -> BackendStory {
        var settings = ProtocolSettings()
        settings.ledgerCopies = copies
        return BackendStory(nodes: nodes, freeBytes: 100_000_000, settings: settings)
    }

    private func log(_ story: BackendStory) -> [[UInt8]] { story.drive.disk.state.log }

    /// The numbers of the nodes that keep all of the ledger.
    private func keepers(_ story: BackendStory) -> [Int] {
        let log = log(story)
        return story.nodes.indices.filter { number in
            log.indices.allSatisfy { story.nodes[number].blocks[UInt64($0)]?.bytes == log[$0] }
        }
    }

    private func isKeep(_ send: Effects.Send) -> Bool {
        if case .keepBlock? = send.nodeRequest { true } else { false }
    }

    @Test func `three nodes in domains of their own keep every block`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        try story.store([TestChunk(1)], as: 2)
        story.advance(by: .minutes(1))
        let keepers = keepers(story)
        #expect(keepers.count == 3)
        #expect(Set(keepers.map { story.nodes[$0].registration.domain }).count == 3)
    }

    @Test func `nothing is acknowledged before more than half of them have the block`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        #expect(story.put(TestChunk(1)) == .stored)
        story.holdsAnswer = isKeep
        let call = story.open(.commit(BackendStory.commit([TestChunk(1)], as: 2)))
        #expect(story.answer(to: call) == nil)
        story.release()
        guard case .commit(.committed)? = story.answer(to: call) else {
            Issue.record("the commit was not acknowledged")
            return
        }
    }

    @Test func `what waits too long is acknowledged all the same and noted`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        #expect(story.put(TestChunk(1)) == .stored)
        story.holdsRequest = isKeep
        let call = story.open(.commit(BackendStory.commit([TestChunk(1)], as: 2)))
        story.advance(by: story.settings.requestTimeout * 2)
        #expect(story.answer(to: call) != nil)
        let unkept = story.notes { if case .ledgerUnkept(let count) = $0 { count } else { nil } }
        #expect(!unkept.isEmpty)
    }

    @Test func `another node takes the place of one that died and gets all of the ledger`() throws {
        var story = story()
        for number in 0..<80 { try story.store([TestChunk(number)], as: UInt64(number + 1)) }
        let first = keepers(story)
        story.nodes[first[0]].isSilent = true
        story.hear(.dead, of: first[0])
        story.advance(by: .minutes(2))
        try story.store([TestChunk(90)], as: 90)
        story.advance(by: .minutes(1))
        #expect(keepers(story).count == 3)
        #expect(!keepers(story).contains(first[0]))
    }

    @Test func `a node that is alive and says nothing to blocks makes room for another`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        let silent = try #require(keepers(story).first)
        let id = story.nodes[silent].id
        story.holdsRequest = { [isKeep] in isKeep($0) && $0.to == id }
        try story.store([TestChunk(1)], as: 2)
        story.advance(by: .minutes(5))
        #expect(keepers(story).count == 3)
        #expect(!keepers(story).contains(silent))
    }

    @Test func `a node that lost a block is sent it again`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        story.advance(by: .minutes(1))
        let keeper = try #require(keepers(story).first)
        story.nodes[keeper].blocks[0] = nil
        try story.store([TestChunk(1)], as: 2)
        story.advance(by: .minutes(1))
        #expect(keepers(story).contains(keeper))
    }

    @Test func `a block that is lost is missed and sent again though nobody writes`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        story.advance(by: .minutes(1))
        let keeper = try #require(keepers(story).first)
        story.nodes[keeper].blocks[0] = nil
        story.advance(by: story.settings.antiEntropyInterval * 2)
        #expect(keepers(story).contains(keeper))
        let damaged = story.notes { note in
            if case .ledgerCopyDamaged(let peer, let count) = note { (peer, count) } else { nil }
        }
        #expect(damaged.count == 1)
        #expect(damaged.first?.0 == story.nodes[keeper].id && damaged.first?.1 == 0)
    }

    @Test(arguments: [Liar.showsNothing, .showsForged])
    func `who claims blocks and shows none is a keeper no longer`(liar: Liar) throws {
        var story = story()
        try story.store([TestChunk(0)])
        story.advance(by: .minutes(1))
        let keeper = try #require(keepers(story).first)
        let kept = story.nodes[keeper].blocks
        story.nodes[keeper].blocks = [:]
        story.nodes[keeper].rule = { request in
            guard case .fetchBlock(let request) = request,
                let block = kept[request.height]?.bytes
            else { return nil }
            // The signed header, and records of its own.
            let forged = Array(block.prefix(SignedHeader.encodedByteCount)) + [0, 0, 0, 0]
            let shown: Payload? =
                liar == .showsNothing ? nil : Payload(bytes: forged, byteCount: forged.count)
            return .node(
                .fetchBlock(
                    .known(KnownLedger(head: nil, count: UInt64(kept.count), block: shown))))
        }
        story.advance(by: story.settings.antiEntropyInterval * 5)
        try story.store([TestChunk(1)], as: 2)
        story.advance(by: .minutes(1))
        #expect(!keepers(story).contains(keeper) && keepers(story).count == 3)
    }

    enum Liar { case showsNothing, showsForged }

    @Test(arguments: [0, 1]) func `a backend whose disk is lost gets its ledger back`(
        blocks: Int
    ) throws {
        var story = story()
        let chunks = [TestChunk(0), TestChunk(1)]
        try story.store(chunks)
        story.advance(by: .minutes(1))
        let (log, files) = (log(story), story.backend.files)
        story.restartBackend(with: blocks, isLost: true)
        story.advance(by: .seconds(1))
        #expect(story.backend.isReady)
        #expect(self.log(story).starts(with: log))
        #expect(story.backend.files == files)
        story.advance(by: .minutes(1))
        #expect(story.read(1, of: chunks) == .found(chunks[1].payload))
        try story.store([TestChunk(2)], as: 2)
        #expect(keepers(story).count == 3)
    }

    @Test func `one whose disk is lost serves nobody while nobody keeps its ledger`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        story.advance(by: .minutes(1))
        for number in story.nodes.indices { story.nodes[number].isSilent = true }
        story.restartBackend(with: 0, isLost: true)
        story.advance(by: .minutes(5))
        #expect(!story.backend.isReady)
        for number in story.nodes.indices { story.nodes[number].isSilent = false }
        story.advance(by: .minutes(1))
        #expect(story.backend.isReady && story.backend.files.count == 1)
    }

    @Test func `one that is cut off waits for most of those who are there`() throws {
        var story = story()
        let chunk = TestChunk(0)
        try story.store([chunk])
        story.advance(by: .minutes(1))
        let files = story.backend.files
        for number in story.nodes.indices.dropFirst(3) { story.nodes[number].isSilent = true }
        story.restartBackend(with: 0)
        story.advance(by: .minutes(1))
        #expect(!story.backend.isReady)
        story.nodes[3].isSilent = false
        story.advance(by: .minutes(1))
        #expect(story.backend.isReady && story.backend.files == files)
    }

    @Test func `it waits no longer than silent nodes take to be dead`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        for number in story.nodes.indices { story.nodes[number].isSilent = true }
        story.restartBackend()
        story.advance(by: story.settings.deadAfter - .minutes(1))
        #expect(!story.backend.isReady)
        story.advance(by: .minutes(2))
        #expect(story.backend.isReady && story.backend.files.count == 1)
    }

    @Test func `blocks that it did not sign are not taken`() throws {
        var story = story()
        try story.store([TestChunk(0)])
        story.advance(by: .minutes(1))
        let count = log(story).count
        var writer = LedgerWriter(
            signingKey: Keys.stranger, resuming: LedgerState())
        var foreign: [[UInt8]] = []
        for second in 0..<10 {
            foreign.append(writer.append([], at: .origin + .seconds(Int64(second))).encoded())
        }
        let (forged, liar) = (foreign, story.nodes.count - 1)
        story.nodes[liar].rule = { request in
            guard case .fetchBlock(let request) = request else { return nil }
            let block = forged[Int(request.height) % forged.count]
            return .node(
                .fetchBlock(
                    .known(
                        KnownLedger(
                            head: SignedHeader(ofBlock: block), count: 1 << 40,
                            block: Payload(bytes: block, byteCount: block.count)))))
        }
        story.restartBackend()
        story.advance(by: .seconds(1))
        #expect(story.backend.isReady)
        #expect(log(story).count == count)
        story.advance(by: .minutes(1))
        try story.store([TestChunk(1)], as: 2)
    }

    @Test func `one that nodes know to be behind says so and deletes and writes nothing`() throws {
        var story = story(nodes: 8)
        let chunk = TestChunk(0)
        try story.store([chunk])
        try story.store([TestChunk(1)], as: 2)
        story.advance(by: .minutes(1))
        // An old back-up is put back while those who keep the ledger do not answer.
        let keepers = keepers(story)
        for number in keepers { story.nodes[number].isSilent = true }
        let head = story.nodes[keepers[0]].head
        story.restartBackend(with: log(story).count - 1)
        story.advance(by: story.settings.requestTimeout * 2)
        #expect(story.backend.isReady)
        for number in keepers { story.nodes[number].isSilent = false }
        for number in story.nodes.indices {
            story.nodes[number].head = head
            story.nodes[number].rule = { request in
                guard case .delete(let request) = request, request.head != head else { return nil }
                return .node(.delete(.behind))
            }
        }
        story.advance(by: .hours(8))
        let behind = story.notes { note in
            if case .ledgerBehind(let blocks, let known) = note { (blocks, known) } else { nil }
        }
        #expect(behind.count == 1)
        #expect(!story.nodesHolding(chunk).isEmpty && !story.nodesHolding(TestChunk(1)).isEmpty)
        #expect(story.put(TestChunk(5)) == .unavailable)
    }
}
