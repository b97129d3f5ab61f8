import Merkle
import Primitives
import Testing

@Suite("An inventory prefix")
struct InventoryPrefixTests {
    @Test
    func `holds the ids that share its digits, at every depth`() {
        var random = RandomSource(testSeed: 1)
        for depth in 0...63 {
            let id = random.chunk()
            let prefix = InventoryPrefix(id.hash, depth: depth)
            #expect(prefix.contains(id))
            #expect(prefix.contains(random.chunk(like: id, digits: depth)))
            for digit in 0..<depth {
                let other = (id.hash.nibble(at: digit) + 1) % 16
                #expect(!prefix.contains(ChunkID(id.hash.replacingNibble(at: digit, with: other))))
            }
            #expect(prefix.digits == InventoryPrefix(prefix.digits, depth: depth).digits)
        }
    }

    @Test
    func `has sixteen children down to the depth of 63`() {
        var random = RandomSource(testSeed: 2)
        let hash = random.hash()
        var prefix = InventoryPrefix.root
        for depth in 0..<63 {
            for digit in 0..<16 {
                let child = prefix.child(digit)
                #expect(child?.depth == depth + 1 && child?.digits.nibble(at: depth) == digit)
            }
            prefix = prefix.child(hash.nibble(at: depth))!
        }
        #expect(prefix == InventoryPrefix(hash, depth: 63))
        #expect(prefix.child(0) == nil)
    }
}
