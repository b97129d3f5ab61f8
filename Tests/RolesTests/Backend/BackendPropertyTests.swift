import Ledger
import Merkle
import Primitives
import Testing

@testable import Roles

/// Random lives of a backend and its nodes, and what must be true once they are left in peace.
@Suite struct BackendPropertyTests {
    private struct Life {
        var story: BackendStory
        var random: RandomSource
        var files: [UInt64: [TestChunk]] = [:]
        var lastFile: UInt64 = 0
        var down: [Int] = []
        var sinceWipe = 1000

        init(seed: UInt64) {
            var settings = ProtocolSettings()
            settings.antiEntropyInterval = .minutes(20)
            settings.uploadExpiry = .minutes(30)
            settings.orphanGrace = .minutes(45)
            settings.orphanPercent = 100
            settings.repairTransfers = 4
            story = BackendStory(nodes: 8, domains: 4, settings: settings, seed: seed)
            story.lossRate = 0.05
            story.duplicationRate = 0.05
            random = RandomSource(seed: seed, who: 3, purpose: 3)
        }

        mutating func step() {
            sinceWipe += 1
            switch random.below(10) {
            case 0, 1, 2: upload()
            case 3: deleteFile()
            case 4: goDown()
            case 5: comeUp()
            case 6: story.restartBackend()
            case 7: wipe()
            case 8: story.restartNode(random.below(story.nodes.count))
            default: loseOne()
            }
            story.advance(by: random.upTo(.minutes(5)))
        }

        /// Uploads a file; whatever is not acknowledged is given up.
        mutating func upload() {
            lastFile += 1
            let chunks = (0..<1 + random.below(3)).map { TestChunk(Int(lastFile) * 10 + $0) }
            for chunk in chunks { story.put(chunk) }
            story.advance(by: .seconds(40))
            guard story.commit(chunks, as: lastFile) == .committed else { return }
            files[lastFile] = chunks
        }

        mutating func deleteFile() {
            guard let file = files.keys.min(), let chunks = files[file] else { return }
            if story.delete(chunks, file: file) == .deleted { files[file] = nil }
        }

        /// Two of eight nodes are down at most, long enough to be taken for dead.
        mutating func goDown() {
            let number = random.below(story.nodes.count)
            guard down.count < 2, !down.contains(number) else { return }
            down.append(number)
            story.nodes[number].isSilent = true
            story.hear(random.chance(0.5) ? .suspect : .dead, of: number)
        }

        mutating func comeUp() {
            guard !down.isEmpty else { return }
            let number = down.removeFirst()
            story.nodes[number].isSilent = false
            story.restartNode(number)
        }

        /// A node loses everything; never two before repair had time.
        mutating func wipe() {
            let number = random.below(story.nodes.count)
            guard sinceWipe > 20, down.isEmpty else { return }
            sinceWipe = 0
            story.nodes[number].held = [:]
            story.restartNode(number)
        }

        /// A replica vanishes, and its node notices.
        mutating func loseOne() {
            guard down.isEmpty, sinceWipe > 20 else { return }
            let number = random.below(story.nodes.count)
            guard let chunk = story.nodes[number].held.keys.min() else { return }
            story.nodes[number].held[chunk] = nil
            story.tell(.damaged(chunk), from: story.nodes[number].id)
            story.advance(by: .minutes(10))
        }

        mutating func heal() {
            while !down.isEmpty { comeUp() }
            story.lossRate = 0
            story.duplicationRate = 0
            story.advance(by: .hours(4))
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `left in peace, every file has its replicas, and nodes hold nothing else`(seed: UInt64)
        throws
    {
        var life = Life(seed: seed)
        for _ in 0..<60 { life.step() }
        life.heal()
        let chunks = life.files.values.flatMap { $0 }
        for chunk in chunks {
            let holders = life.story.holders(of: chunk)
            #expect(holders.count == 3, "seed \(seed)")
            #expect(life.story.nodesHolding(chunk) == holders, "seed \(seed)")
        }
        let known = Set(chunks.map(\.id))
        #expect(Set(life.story.backend.chunks.keys) == known, "seed \(seed)")
        for node in life.story.nodes {
            #expect(Set(node.held.keys).isSubset(of: known), "seed \(seed)")
        }
        for (file, chunks) in life.files {
            for index in chunks.indices {
                let answer = life.story.read(index, of: chunks, in: file)
                #expect(answer == .found(chunks[index].payload), "seed \(seed)")
            }
        }
    }

    /// The holders of each committed chunk that has any.
    private func placements(_ backend: Backend) -> [ChunkID: [PeerID]] {
        backend.chunks.filter { $0.value.isCommitted && !$0.value.holders.isEmpty }
            .mapValues { $0.holders.map { backend.members[$0.member].peer }.sorted() }
    }

    @Test(arguments: 21...26 as ClosedRange<UInt64>)
    func `at any time the ledger says what the backend knows, but for what is not yet written`(
        seed: UInt64
    ) throws {
        var life = Life(seed: seed)
        for _ in 0..<60 {
            life.step()
            // What changed before that is written by then; what changed since may not be.
            let earlier = placements(life.story.backend)
            life.story.advance(by: .minutes(2))
            let before = life.story.backend
            // What went and came back meanwhile may be written as gone.
            let settled = placements(before).filter {
                earlier[$0.key] == $0.value && before.chunks[$0.key]?.commitment?.isDirty == false
            }
            var copy = life.story
            for index in copy.discoveries.indices { copy.discoveries[index].isSilent = true }
            copy.restartBackend()
            let after = copy.backend
            #expect(after.files == before.files, "seed \(seed)")
            let read = placements(after)
            for (id, nodes) in settled { #expect(read[id] == nodes, "seed \(seed)") }
            _ = try LedgerVerifier.verifyChain(
                encodedBlocks: copy.drive.disk.state.log, writer: nil, signatures: .tipOnly)
        }
    }
}
