import Merkle
import Primitives
import Roles
import Testing

@Suite struct BackendDownloadTests {
    private let chunks = [TestChunk(1), TestChunk(2), TestChunk(3)]

    /// What a node that holds rotten bytes says.
    private func corrupted(_ request: NodeRequest) -> Answer? {
        guard case .retrieve(let request) = request else { return nil }
        return chunks.first { $0.id == request.chunk }.map { .node(.retrieve(.found($0.corrupt))) }
    }

    @Test func `the owner reads each chunk of a file`() throws {
        var story = try BackendStory.withFile(of: chunks)
        for (index, chunk) in chunks.enumerated() {
            #expect(story.read(index, of: chunks) == .found(chunk.payload))
        }
    }

    @Test func `nobody else does`() throws {
        var story = try BackendStory.withFile(of: chunks)
        #expect(story.read(0, of: chunks, by: Peers.otherUser) == .notFound)
        #expect(story.requests(\.retrieveRequest).isEmpty)
    }

    @Test func `a chunk of another's file cannot be read through one's own`() throws {
        var story = try BackendStory.withFile(of: chunks)
        let own = [TestChunk(11), TestChunk(12)]
        try story.store(own, as: 2, by: Peers.otherUser)
        let own0 = own.map(\.id)
        let forged = [
            // Another's chunk with a proof of one's own.
            GetChunkRequest(
                file: FileID(high: 0, low: 2), chunk: chunks[0].id, proof: .of(0, in: own0)),
            // With the proof that it is in the other file.
            GetChunkRequest(
                file: FileID(high: 0, low: 2), chunk: chunks[0].id,
                proof: .of(0, in: chunks.map(\.id))),
            // As if one's own file were that one chunk.
            GetChunkRequest(
                file: FileID(high: 0, low: 2), chunk: chunks[0].id,
                proof: InclusionProof(index: 0, treeSize: 1, path: [])),
        ]
        for request in forged {
            guard
                case .getChunk(.notFound)? = story.ask(
                    .getChunk(request), from: Peers.otherUser)
            else {
                Issue.record("a forged request was not refused")
                continue
            }
        }
        #expect(story.requests(\.retrieveRequest).isEmpty)
    }

    @Test func `a proof must be right in every part`() throws {
        var story = try BackendStory.withFile(of: chunks)
        let good = InclusionProof.of(0, in: chunks.map(\.id))
        let bad = [
            InclusionProof(index: 1, treeSize: 3, path: good.path),
            InclusionProof(index: 0, treeSize: 4, path: good.path),
            InclusionProof(index: 0, treeSize: 3, path: Array(good.path.dropLast())),
            InclusionProof(index: 0, treeSize: 3, path: good.path.reversed()),
            InclusionProof(index: -1, treeSize: 3, path: good.path),
            InclusionProof(index: .max, treeSize: 3, path: good.path),
            InclusionProof(index: 0, treeSize: 0, path: []),
        ]
        for proof in bad {
            let request = GetChunkRequest(
                file: FileID(high: 0, low: 1), chunk: chunks[0].id, proof: proof)
            guard case .getChunk(.notFound)? = story.ask(.getChunk(request)) else {
                Issue.record("\(proof) was not refused")
                continue
            }
        }
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
    }

    @Test func `another replica is read where one is missing, and the missing one is mended`()
        throws
    {
        var story = try BackendStory.withFile(of: chunks)
        story.nodes[0].held = [:]
        story.preferNode0()
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
        #expect(story.mendedOnNode0() == [chunks[0].id])
        #expect(story.holders(of: chunks[0]) == [1, 2])
        story.preferNobody()
        story.advance(by: .minutes(2))
        #expect(story.nodesHolding(chunks[0]) == [0, 1, 2])
        #expect(story.holders(of: chunks[0]) == [0, 1, 2])
    }

    @Test func `corrupt bytes never reach the user, and their replica is made anew`() throws {
        var story = try BackendStory.withFile(of: chunks)
        story.nodes[0].rule = corrupted
        story.preferNode0()
        #expect(story.read(0, of: chunks) == .found(chunks[0].payload))
        #expect(story.mendedOnNode0() == [chunks[0].id])
        story.preferNobody()
        story.advance(by: .minutes(2))
        #expect(story.holders(of: chunks[0]).count == 3)
        #expect(story.requests(\.copyRequest).count == 1)
    }

    @Test(arguments: [RetrieveAnswer.refused, .unavailable])
    func `a refusal is no sign of damage`(_ answer: RetrieveAnswer) throws {
        var story = try BackendStory.withFile(of: chunks)
        for index in 0..<2 {
            story.nodes[index].rule = { request in
                if case .retrieve = request { .node(.retrieve(answer)) } else { nil }
            }
        }
        for _ in 0..<5 { #expect(story.read(0, of: chunks) == .found(chunks[0].payload)) }
        #expect(story.holders(of: chunks[0]) == [0, 1, 2])
    }

    @Test func `a chunk is gone once nobody who is asked has it`() throws {
        var story = try BackendStory.withFile(of: chunks)
        for index in story.nodes.indices { story.nodes[index].rule = corrupted }
        #expect(story.read(0, of: chunks) == .gone)
        #expect(story.read(1, of: chunks) == .gone)
    }

    @Test func `a chunk of the dead is gone but not where one of them may be back`() throws {
        var story = try BackendStory.withFile(of: chunks)
        for index in story.nodes.indices { story.nodes[index].isSilent = true }
        for index in story.nodes.indices.dropFirst() { story.hear(.dead, of: index) }
        func read() -> GetChunkAnswer? {
            let call = story.open(story.get(0, of: chunks))
            story.advance(by: story.settings.requestTimeout * 4)
            return if case .getChunk(let answer)? = story.answer(to: call) { answer } else { nil }
        }
        #expect(read() == .unavailable)
        story.hear(.dead, of: 0)
        #expect(read() == .gone)
        story.nodes[0].isSilent = false
        #expect(read() == .found(chunks[0].payload))
    }

    @Test func `silent replicas end in unavailable after their time, and stay counted`() throws {
        var story = try BackendStory.withFile(of: chunks)
        for index in story.nodes.indices { story.nodes[index].isSilent = true }
        let call = story.open(story.get(0, of: chunks))
        story.advance(by: story.settings.requestTimeout - .seconds(1))
        #expect(story.answer(to: call) == nil)
        story.advance(by: story.settings.requestTimeout * 3)
        guard case .getChunk(.unavailable)? = story.answer(to: call) else {
            Issue.record("expected unavailable")
            return
        }
        #expect(story.holders(of: chunks[0]).count == 3)
    }

    @Test func `downloads beyond the bound are refused until others are done`() throws {
        var story = try BackendStory.withFile(of: chunks)
        for index in story.nodes.indices { story.nodes[index].isSilent = true }
        var number = 0
        while number < 10_000, story.read(0, of: chunks) == nil { number += 1 }
        #expect(number == 4096)
        story.advance(by: .minutes(2))
        #expect(story.read(0, of: chunks) == nil)
    }

    @Test func `what a node reports as damaged is made anew elsewhere`() throws {
        var story = try BackendStory.withFile(of: chunks, nodes: 4)
        let damaged = story.holders(of: chunks[0])[0]
        story.nodes[damaged].held[chunks[0].id] = nil
        story.tell(.damaged(chunks[0].id), from: story.nodes[damaged].id)
        #expect(story.holders(of: chunks[0]).count == 3)
        #expect(story.nodesHolding(chunks[0]).count == 3)
        // A stranger's report, or one of a node that does not hold it, changes nothing.
        let before = story.holders(of: chunks[1])
        story.tell(.damaged(chunks[1].id), from: Peers.stranger)
        #expect(story.holders(of: chunks[1]) == before)
    }
}
