import Merkle
import Primitives
import Testing

@Suite("A comparison of inventories")
struct InventoryComparisonTests {
    /// Runs a comparison to its end against an honest remote.
    private func compare(
        _ local: InventoryTree, _ remote: InventoryTree
    ) throws -> InventoryComparison {
        var remote = remote
        var comparison = InventoryComparison(local: local)
        while let question = comparison.nextQuestion() {
            // Through the encodings, as the wire would carry them.
            let asked = try InventoryQuestion(decoding: question.encoded())
            let answer = try InventoryAnswer(decoding: remote.answer(asked).encoded())
            try comparison.receive(answer)
        }
        #expect(comparison.isFinished)
        return comparison
    }

    @Test(arguments: 1...40)
    func `finds exactly the symmetric difference`(seed: UInt64) throws {
        var random = RandomSource(testSeed: seed)
        let sizes = [0, 1, 5, 16, 17, 40, 300, 3_000]
        let anchor = random.chunk()
        let deep = random.chance(0.3)
        func draw(_ count: Int) -> [ChunkID] {
            (0..<count).map { _ in
                deep ? random.chunk(like: anchor, digits: random.below(64)) : random.chunk()
            }
        }
        let shared = draw(sizes[random.below(sizes.count)])
        let onlyLocal = draw(sizes[random.below(sizes.count)])
        let onlyRemote = draw(sizes[random.below(sizes.count)])
        let local = Set(shared + onlyLocal)
        let remote = Set(shared + onlyRemote)
        let result = try compare(InventoryTree(local), InventoryTree(remote))
        #expect(result.missing == local.subtracting(remote).sorted(), "seed \(seed)")
        #expect(result.surplus == remote.subtracting(local).sorted(), "seed \(seed)")
    }

    @Test
    func `of equal sets ends after one round with two root hashes' worth of bytes`() throws {
        var random = RandomSource(testSeed: 1)
        for count in [0, 10, 5_000] {
            let tree = InventoryTree(random.chunks(count))
            let cost = try compare(tree, tree).statistics
            #expect(cost.rounds == 1 && cost.hashes == 1 && cost.ids == 0)
            #expect(cost.bytesSent + cost.bytesReceived <= 64)
        }
    }

    @Test(arguments: [1, 2, 10, 50, 200])
    func `costs no more than the published bounds`(differences: Int) throws {
        let count = 20_000
        let seed = UInt64(differences)
        var random = RandomSource(testSeed: seed)
        let ids = random.chunks(count)
        let remote = InventoryTree(ids)
        var local = remote
        for index in 0..<differences {
            // Half are lost here, half are there only.
            if index.isMultiple(of: 2) {
                local.remove(ids[index])
            } else {
                local.insert(random.chunk())
            }
        }
        let result = try compare(local, remote)
        #expect(result.missing.count + result.surplus.count == differences)
        // log₁₆(20,000 / 16) = 2.6: inner nodes at depths 0 to 3 and some at 4, one round a depth,
        // and more only where a level has over 256 differing subtrees, which 200 cannot make.
        let levels = 5
        #expect(result.statistics.rounds <= levels + 1, "seed \(seed)")
        #expect(result.statistics.hashes <= 1 + 16 * differences * levels, "seed \(seed)")
        #expect(result.statistics.ids <= 16 * differences, "seed \(seed)")
        let bytes = result.statistics.bytesSent + result.statistics.bytesReceived
        #expect(bytes < 32 * count, "seed \(seed)")
    }

    @Test
    func `against nothing, or from nothing, does not ask beyond what is there`() throws {
        var random = RandomSource(testSeed: 4)
        let tree = InventoryTree(random.chunks(5_000))
        let lost = try compare(tree, InventoryTree())
        #expect(lost.missing == Array(tree) && lost.surplus.isEmpty)
        #expect(lost.statistics.rounds == 1)
        let found = try compare(InventoryTree(), tree)
        #expect(found.surplus == Array(tree) && found.missing.isEmpty)
        #expect(found.statistics.ids == 5_000)
    }

    @Test
    func `repeats its question until the answer comes`() throws {
        var random = RandomSource(testSeed: 5)
        var remote = InventoryTree(random.chunks(100))
        var comparison = InventoryComparison(local: InventoryTree(random.chunks(100)))
        let first = try comparison.question()
        #expect(comparison.nextQuestion() == first)
        #expect(comparison.statistics.bytesSent == 2 * first.encodedByteCount)
        try comparison.receive(remote.answer(first))
        let second = try comparison.question()
        #expect(second != first && comparison.nextQuestion() == second)
        #expect(!comparison.isFinished)
    }

    @Test(arguments: 1...10)
    func `copes with a remote that changes between two answers`(seed: UInt64) throws {
        var random = RandomSource(testSeed: seed)
        let ids = random.chunks(2_000)
        let local = InventoryTree(ids[..<1_500])
        var remote = InventoryTree(ids[500...])
        var comparison = InventoryComparison(local: local)
        while let question = comparison.nextQuestion() {
            try comparison.receive(remote.answer(question))
            for _ in 0..<300 {
                remote.remove(ids[500 + random.below(1_500)])
                remote.insert(random.chunk())
            }
        }
        let held = Set(ids[..<1_500])
        #expect(comparison.missing.allSatisfy(held.contains), "seed \(seed)")
        #expect(comparison.surplus.allSatisfy { !held.contains($0) }, "seed \(seed)")
        // What never changed on either side is found whatever else did.
        #expect(Set(comparison.missing).isSuperset(of: ids[..<500]), "seed \(seed)")
    }
}
