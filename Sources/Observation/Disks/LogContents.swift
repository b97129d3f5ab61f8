import Primitives

/// The blocks on a backend's disk: an append-only log, durable once synced.
package struct LogContents: Sendable {
    package private(set) var blocks: [[UInt8]] = []
    /// Blocks that would survive a crash.
    package private(set) var durableCount = 0
    /// Bytes of those.
    package private(set) var byteCount: UInt64 = 0
    private var syncing = 0

    package init() {}

    /// One that durably holds some blocks.
    package init(_ blocks: [[UInt8]]) {
        for block in blocks { append(block) }
        startSync()
        finishSync()
    }

    package func block(_ height: UInt64) -> [UInt8]? {
        height < blocks.count ? blocks[Int(height)] : nil
    }

    package mutating func append(_ block: [UInt8]) { blocks.append(block) }

    /// A sync begins: it covers the blocks up to here. Returns the bytes that it has to write.
    @discardableResult
    package mutating func startSync() -> Int {
        syncing = blocks.count
        return blocks[durableCount...].reduce(0) { $0 + $1.count }
    }

    /// Returns the blocks that became durable.
    @discardableResult
    package mutating func finishSync() -> ArraySlice<[UInt8]> {
        let durable = blocks[durableCount..<max(syncing, durableCount)]
        durableCount = max(syncing, durableCount)
        for block in durable { byteCount += UInt64(block.count) }
        return durable
    }

    /// Power is cut: blocks that were not synced are gone; with a seed, it is drawn how many last of those
    /// that a sync was under way for. Returns those.
    @discardableResult
    package mutating func crash(keepingSome seed: UInt64? = nil) -> ArraySlice<[UInt8]> {
        let unsure = max(syncing, durableCount) - durableCount
        var random = RandomSource(seed: seed ?? 0, who: 0, purpose: 0)
        syncing = durableCount + (seed == nil ? 0 : random.below(unsure + 1))
        blocks.removeLast(blocks.count - syncing)
        defer { syncing = 0 }
        return finishSync()
    }

    /// Takes what a real disk gave back for the truth. Returns the blocks that were not known to be
    /// durable; nil where one that was is missing or differs.
    mutating func reconcile(with found: [[UInt8]]) -> ArraySlice<[UInt8]>? {
        guard found.count >= durableCount,
            found[..<durableCount].elementsEqual(blocks[..<durableCount])
        else { return nil }
        blocks = found
        syncing = found.count
        defer { syncing = 0 }
        return finishSync()
    }
}
