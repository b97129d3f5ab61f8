import Cryptography
import Merkle
import Primitives
import Testing

/// RFC 6962 §2.1 as its definitions read, recursive and without a thought for speed: the independent
/// implementation that the fast one is held against.
enum Naive {
    static func root(_ leaves: ArraySlice<Hash256>) -> Hash256 {
        switch leaves.count {
        case 0: return SHA256.hash([])
        case 1: return leaves.first!
        default:
            let middle = leaves.startIndex + split(leaves.count)
            return node(root(leaves[..<middle]), root(leaves[middle...]))
        }
    }

    static func root(_ leaves: [Hash256]) -> Hash256 { root(leaves[...]) }

    /// PATH(m, D[n]).
    static func path(_ index: Int, _ leaves: ArraySlice<Hash256>) -> [Hash256] {
        guard leaves.count > 1 else { return [] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return index < k
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - k, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// SUBPROOF(m, D[n], b).
    static func subproof(_ m: Int, _ leaves: ArraySlice<Hash256>, _ whole: Bool) -> [Hash256] {
        if m == leaves.count { return whole ? [] : [root(leaves)] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return m <= k
            ? subproof(m, leaves[..<middle], whole) + [root(leaves[middle...])]
            : subproof(m - k, leaves[middle...], false) + [root(leaves[..<middle])]
    }

    static func node(_ left: Hash256, _ right: Hash256) -> Hash256 {
        SHA256.hash([1] + left.bytes + right.bytes)
    }

    private static func split(_ count: Int) -> Int {
        var k = 1
        while k * 2 < count { k *= 2 }
        return k
    }
}

/// Leaf hashes that differ from one another.
func makeLeaves(_ count: Int) -> [Hash256] {
    (0..<count).map { SHA256.hash([0, UInt8($0 & 255), UInt8($0 >> 8)]) }
}

extension RandomSource {
    init(testSeed seed: UInt64) { self.init(seed: seed, who: 0, purpose: 0) }

    mutating func hash() -> Hash256 { Hash256(next(), next(), next(), next()) }

    mutating func chunk() -> ChunkID { ChunkID(hash()) }

    mutating func chunks(_ count: Int) -> [ChunkID] { (0..<count).map { _ in chunk() } }

    /// An id that shares its first `digits` digits with `other`.
    mutating func chunk(like other: ChunkID, digits: Int) -> ChunkID {
        var hash = hash()
        for depth in 0..<digits {
            hash = hash.replacingNibble(at: depth, with: other.hash.nibble(at: depth))
        }
        return ChunkID(hash)
    }
}

extension Hash256 {
    /// The same hash with one bit flipped.
    func flipping(bit: Int) -> Hash256 {
        var bytes = bytes
        bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
        return Hash256(bytes: bytes)!
    }
}

extension InventoryComparison {
    /// The next question, which must be there.
    mutating func question() throws -> InventoryQuestion {
        let question = nextQuestion()
        return try #require(question)
    }
}
