/// Splits an exported ledger into its blocks, each of which stands behind its length in 32 bits
/// big-endian. Holds one block and what came with it.
package struct BlockSplitter {
    private var pending: [UInt8] = []
    private var start = 0

    /// No block is longer: a file record with the most chunks, and many small ones.
    package static let maximumCount = 1 << 30

    package init() {}

    /// Takes the next bytes.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            pending.removeFirst(start)
            start = 0
        }
        pending.append(contentsOf: bytes)
    }

    /// The next block, where all of it is there. Throws `misbehaving` for a length that none has.
    package mutating func next() throws(ClientError) -> [UInt8]? {
        guard pending.count - start >= 4 else { return nil }
        let count = pending[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard count <= Self.maximumCount else {
            throw ClientError(.misbehaving, "This is no exported ledger: a block is too long.")
        }
        guard pending.count - start - 4 >= count else { return nil }
        defer { start += 4 + count }
        return Array(pending[start + 4..<start + 4 + count])
    }

    /// Throws `misbehaving` where the export ends within a block.
    package func finish() throws(ClientError) {
        guard pending.count == start else {
            throw ClientError(
                .misbehaving, "The exported ledger ends in the middle of a block. Fetch it again.")
        }
    }
}
