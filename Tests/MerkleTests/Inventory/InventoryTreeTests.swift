import Cryptography
import Merkle
import Primitives
import Testing

/// The hash of a set by the definition, computed from the ids alone.
private func naiveHash(_ ids: [ChunkID], depth: Int = 0) -> Hash256 {
    if ids.isEmpty { return .zero }
    if ids.count <= 16 { return SHA256.hash([0] + ids.sorted().flatMap(\.hash.bytes)) }
    return SHA256.hash(
        [1]
            + (0..<16).flatMap { digit in
                naiveHash(ids.filter { $0.hash.nibble(at: depth) == digit }, depth: depth + 1).bytes
            })
}

@Suite("An inventory tree")
struct InventoryTreeTests {
    @Test(arguments: 1...20)
    func `is the set that was put in, whatever is inserted and removed`(seed: UInt64) {
        var random = RandomSource(testSeed: seed)
        var tree = InventoryTree()
        var model: Set<ChunkID> = []
        let anchor = random.chunk()
        let universe = (0..<400).map { index in
            index < 200 ? random.chunk() : random.chunk(like: anchor, digits: random.below(64))
        }
        // Long phases of growth and of shrinkage, so that buckets split and merge again.
        for step in 0..<3_000 {
            let id = universe[random.below(universe.count)]
            let grows = (step / 500).isMultiple(of: 2)
            if random.chance(grows ? 0.8 : 0.2) {
                #expect(tree.insert(id) == model.insert(id).inserted, "seed \(seed) step \(step)")
            } else {
                #expect(tree.remove(id) == (model.remove(id) != nil), "seed \(seed) step \(step)")
            }
            if step.isMultiple(of: 250) {
                let expected = model.sorted()
                #expect(Array(tree) == expected, "seed \(seed) step \(step)")
                #expect(tree.rootHash == naiveHash(expected), "seed \(seed) step \(step)")
                #expect(tree.count == expected.count && tree.isEmpty == expected.isEmpty)
                #expect(universe.allSatisfy { tree.contains($0) == model.contains($0) })
            }
        }
        for id in universe { tree.remove(id) }
        #expect(tree == InventoryTree())
        #expect(tree.rootHash == .zero && tree.isEmpty && tree.next(after: nil) == nil)
    }

    @Test(arguments: 1...20)
    func `has a shape and a hash that follow from the set alone`(seed: UInt64) {
        var random = RandomSource(testSeed: seed)
        var ids = random.chunks(500)
        var straight = InventoryTree(ids)
        var detour = InventoryTree()
        var others = random.chunks(500)
        for id in others { detour.insert(id) }
        random.shuffle(&ids)
        for id in ids {
            detour.insert(id)
            // Hashing in between must leave no trace either.
            if random.chance(0.02) { _ = detour.rootHash }
        }
        random.shuffle(&others)
        for id in others { detour.remove(id) }
        #expect(straight == detour, "seed \(seed)")
        #expect(straight.rootHash == detour.rootHash, "seed \(seed)")
        #expect(straight.rootHash == naiveHash(ids), "seed \(seed)")
    }

    @Test
    func `splits a bucket at the seventeenth id and merges it again at the sixteenth`() {
        var random = RandomSource(testSeed: 1)
        let ids = random.chunks(17)
        var tree = InventoryTree(ids[..<16])
        let full = tree.rootHash
        #expect(full == SHA256.hash([0] + ids[..<16].sorted().flatMap(\.hash.bytes)))
        tree.insert(ids[16])
        #expect(tree.rootHash == naiveHash(ids))
        tree.remove(ids[16])
        #expect(tree.rootHash == full)
        #expect(tree == InventoryTree(ids[..<16]))
    }

    @Test
    func `takes ids that share all but their last digits`() {
        var random = RandomSource(testSeed: 2)
        let anchor = random.chunk()
        let ids = (0..<256).map { low in
            ChunkID(
                anchor.hash.replacingNibble(at: 62, with: low >> 4)
                    .replacingNibble(at: 63, with: low & 15))
        }
        var tree = InventoryTree()
        for id in ids.reversed() { #expect(tree.insert(id) == true) }
        #expect(tree.count == 256 && Array(tree) == ids)
        #expect(tree.rootHash == naiveHash(ids))
        for id in ids[16...] { #expect(tree.remove(id) == true) }
        #expect(tree == InventoryTree(ids[..<16]))
        #expect(tree.rootHash == naiveHash(Array(ids[..<16])))
    }

    @Test(arguments: 1...5)
    func `walks upwards from any id, held or not, while the set changes`(seed: UInt64) {
        var random = RandomSource(testSeed: seed)
        var tree = InventoryTree(random.chunks(300))
        var model = Array(tree)
        for _ in 0..<300 {
            let probe = random.chance(0.5) ? random.chunk() : model[random.below(model.count)]
            #expect(tree.next(after: probe) == model.first { $0 > probe }, "seed \(seed)")
        }
        var cursor: ChunkID?
        while let id = tree.next(after: cursor) {
            #expect(id == model.first, "seed \(seed)")
            model.removeFirst()
            tree.remove(id)
            cursor = id
        }
        #expect(model.isEmpty && tree.isEmpty, "seed \(seed)")
    }

    @Test
    func `is a value: a copy does not follow its original`() {
        var random = RandomSource(testSeed: 3)
        let ids = random.chunks(1_000)
        var original = InventoryTree(ids)
        let hash = original.rootHash
        var copy = original
        for id in ids[..<500] { copy.remove(id) }
        copy.insert(random.chunk())
        #expect(original.rootHash == hash && Array(original) == ids.sorted())
        #expect(copy.count == 501 && copy.rootHash == naiveHash(Array(copy)))
    }

    @Test
    func `owns no memory while it is empty`() {
        #expect(MemoryLayout<InventoryTree>.size <= 64)
    }
}
