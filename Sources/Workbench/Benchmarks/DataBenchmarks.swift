import Cryptography
import Files
import Merkle
import Primitives

/// Sealing, hashing and trees.
extension Benchmark {
    static let dataBenchmarks: [Benchmark] = [
        Benchmark(
            name: "seal", work: "seal and name a 256 KiB chunk", unit: "GB/s", reach: 1.3,
            measure: seal),
        Benchmark(
            name: "open", work: "verify and open a 256 KiB chunk", unit: "GB/s", reach: 1.3,
            measure: open),
        Benchmark(
            name: "inventory", work: "inventory tree: insert 1 million ids, then the root",
            unit: "million/s", reach: 1, measure: insertInventory),
        Benchmark(
            name: "merkle-root", work: "RFC 6962 root over 1 million leaves",
            unit: "million leaves/s", reach: 2, measure: merkleRoot),
    ]

    private static let million = 1_000_000
    private static let rounds = 2_000

    private static func sealer() -> ChunkSealer {
        ChunkSealer(
            fileID: FileID(high: 1, low: 2),
            fileKey: SecretKey(copying: Array(repeating: 7, count: ChunkSealer.keyCount)),
            compress: false)
    }

    private static func chunk() -> [UInt8] {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        return random.bytes(ChunkSize.standard.count)
    }

    private static func gigabytesPerSecond(_ chunks: Int, _ seconds: Double) -> Double {
        Double(chunks) * Double(ChunkSize.standard.count) / seconds / 1e9
    }

    @Sendable
    private static func seal() throws -> Double {
        let sealer = sealer()
        let plaintext = chunk()
        var last = ChunkID(.zero)
        let seconds = try Stopwatch.seconds {
            for index in 0..<rounds {
                last = try sealer.seal(plaintext, index: index, isLast: false).id
            }
        }
        precondition(last != ChunkID(.zero), "nothing was sealed")
        return gigabytesPerSecond(rounds, seconds)
    }

    @Sendable
    private static func open() throws -> Double {
        let sealer = sealer()
        let plaintext = chunk()
        let sealed = try sealer.seal(plaintext, index: 0, isLast: false)
        var opened: [UInt8] = []
        let seconds = try Stopwatch.seconds {
            for _ in 0..<rounds {
                opened = try sealer.open(sealed, index: 0, isLast: false)
            }
        }
        precondition(opened == plaintext, "what was opened is not what was sealed")
        return gigabytesPerSecond(rounds, seconds)
    }

    @Sendable
    private static func insertInventory() -> Double {
        let ids = hashes().map { ChunkID($0) }
        var tree = InventoryTree()
        let seconds = Stopwatch.seconds {
            for id in ids { tree.insert(id) }
            _ = tree.rootHash
        }
        precondition(tree.count == million, "ids were lost")
        return Double(million) / seconds / 1e6
    }

    @Sendable
    private static func merkleRoot() -> Double {
        let ids = hashes().map { ChunkID($0) }
        var root = Hash256.zero
        let seconds = Stopwatch.seconds { root = MerkleTree.root(ofChunks: ids) }
        precondition(root != .zero, "no root was computed")
        return Double(million) / seconds / 1e6
    }

    private static func hashes() -> [Hash256] {
        var random = RandomSource(seed: 1, who: 0, purpose: 0)
        return (0..<million).map { _ in random.hash256() }
    }
}
