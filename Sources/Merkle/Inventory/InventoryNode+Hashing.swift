import Cryptography
import Primitives

extension InventoryNode {
    /// Brings the hashes of the subtree up to date: one hash for each node on the way to a change.
    mutating func updateHash() {
        guard isStale else { return }
        for index in children.indices where children[index].isStale {
            children[index].updateHash()
        }
        hash =
            isBucket
            ? InventoryNode.hash(ofBucket: ids[...])
            : InventoryNode.hash(marker: 0x01, count: children.count) { children[$0].hash }
        isStale = false
    }

    /// The hash of a bucket: zero when it is empty, SHA-256(0x00 ‖ ids) when not.
    static func hash(ofBucket ids: ArraySlice<ChunkID>) -> Hash256 {
        ids.isEmpty ? .zero : hash(marker: 0x00, count: ids.count) { ids[ids.startIndex + $0].hash }
    }

    /// The hashes of the sixteen subtrees by the next digit, as if each stood alone. `depth` is that
    /// of this node, whose hashes must be up to date.
    func childHashes(depth: Int) -> [Hash256] {
        guard isBucket else { return children.map(\.hash) }
        var hashes = [Hash256](repeating: .zero, count: 16)
        var start = 0
        while start < ids.count {
            let digit = ids[start].hash.nibble(at: depth)
            let end = ids[start...].firstIndex { $0.hash.nibble(at: depth) != digit } ?? ids.count
            hashes[digit] = InventoryNode.hash(ofBucket: ids[start..<end])
            start = end
        }
        return hashes
    }

    /// SHA-256(marker ‖ parts). The markers keep a bucket and an inner node apart.
    @inline(__always)
    private static func hash(marker: UInt8, count: Int, part: (Int) -> Hash256) -> Hash256 {
        // Never more than sixteen parts, so the stack holds them.
        withUnsafeTemporaryAllocation(byteCount: 1 + 16 * 32, alignment: 16) { buffer in
            buffer[0] = marker
            for index in 0..<count {
                part(index).store(to: buffer.baseAddress! + (1 + 32 * index))
            }
            return SHA256.hash(UnsafeRawBufferPointer(rebasing: buffer[..<(1 + 32 * count)]))
        }
    }
}
