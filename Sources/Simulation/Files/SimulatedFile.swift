import Primitives

/// One file of a simulated volume: what is durable of it, and what was written since it was synced.
///
/// It is kept in blocks as long as the unit that a real disk writes whole or not at all.
struct SimulatedFile: Sendable {
    static let blockByteCount = 512

    private typealias Block = [UInt8]

    /// Blocks that are holes are not there and read as zeros.
    private var durable: [Int: Block] = [:]
    private var durableByteCount = 0
    /// What blocks were written to since, oldest first; nil where one became a hole.
    private var versions: [Int: [Block?]] = [:]
    private var byteCounts: [Int] = []
    /// What programs read of blocks of which the disk has something else, and no sync knows it.
    private var lost: [Int: Block?] = [:]

    var byteCount: Int { byteCounts.last ?? durableByteCount }

    var allocatedByteCount: Int {
        let added = versions.reduce(0) { sum, entry in
            let isThere = entry.value.last.flatMap { $0 } != nil
            return sum + (isThere ? 1 : 0) - (durable[entry.key] != nil ? 1 : 0)
        }
        return (durable.count + added) * Self.blockByteCount
    }

    private func block(_ number: Int) -> Block? {
        if let last = versions[number]?.last { return last }
        return lost[number] ?? durable[number]
    }

    private static func blocks(of range: Range<Int>) -> Range<Int> {
        range.isEmpty
            ? 0..<0
            : range.lowerBound / blockByteCount..<(range.upperBound - 1) / blockByteCount + 1
    }

    // MARK: Reading and writing

    func read(_ count: Int, at offset: Int) -> [UInt8] {
        let range = offset..<max(offset, min(offset + count, byteCount))
        var bytes = [UInt8](repeating: 0, count: range.count)
        for number in Self.blocks(of: range) {
            guard let block = block(number) else { continue }
            let start = number * Self.blockByteCount
            let part = range.clamped(to: start..<start + Self.blockByteCount)
            bytes.replaceSubrange(
                part.lowerBound - offset..<part.upperBound - offset,
                with: block[part.lowerBound - start..<part.upperBound - start])
        }
        return bytes
    }

    /// Whether all of a range has room already.
    func hasRoom(for range: Range<Int>) -> Bool {
        Self.blocks(of: range).allSatisfy { block($0) != nil }
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        let range = offset..<offset + bytes.count
        for number in Self.blocks(of: range) {
            let start = number * Self.blockByteCount
            let part = range.clamped(to: start..<start + Self.blockByteCount)
            var block = block(number) ?? Block(repeating: 0, count: Self.blockByteCount)
            block.replaceSubrange(
                part.lowerBound - start..<part.upperBound - start,
                with: bytes[part.lowerBound - offset..<part.upperBound - offset])
            versions[number, default: []].append(block)
        }
        reach(range.upperBound)
    }

    /// The file is so long at least.
    mutating func reach(_ end: Int) { if end > byteCount { byteCounts.append(end) } }

    mutating func truncate(to count: Int) {
        if count < byteCount { clear(count..<byteCount) }
        if count != byteCount { byteCounts.append(count) }
    }

    /// Makes a range zeros, and holes where whole blocks are.
    mutating func clear(_ range: Range<Int>) {
        for number in Self.blocks(of: range) {
            guard var block = block(number) else { continue }
            let start = number * Self.blockByteCount
            let part = range.clamped(to: start..<start + Self.blockByteCount)
            // What is behind the end of the file is not there.
            guard part.count < Self.blockByteCount,
                part.upperBound < byteCount || part.lowerBound > start
            else {
                versions[number, default: []].append(nil)
                continue
            }
            for index in part { block[index - start] = 0 }
            versions[number, default: []].append(block)
        }
    }

    // MARK: Durability

    mutating func sync() {
        for (number, changes) in versions {
            durable[number] = changes.last.flatMap { $0 }
            lost[number] = nil
        }
        keepByteCount()
    }

    /// A sync failed: programs see what they wrote, as long as the power lasts, and it is never written.
    mutating func giveUp() {
        for (number, changes) in versions { lost[number] = .some(changes.last.flatMap { $0 }) }
        keepByteCount()
    }

    private mutating func keepByteCount() {
        durableByteCount = byteCount
        versions = [:]
        byteCounts = []
    }

    /// Power is cut: of each block, and of the length, one of the versions since the last sync is on the
    /// disk, or what was there before; with no source of randomness that.
    mutating func crash(_ random: inout RandomSource?) {
        for number in versions.keys.sorted() {
            guard let changes = versions[number] else { continue }
            let kept = random?.below(changes.count + 1) ?? 0
            if kept > 0 { durable[number] = changes[kept - 1] }
        }
        let kept = random?.below(byteCounts.count + 1) ?? 0
        if kept > 0 { durableByteCount = byteCounts[kept - 1] }
        versions = [:]
        byteCounts = []
        lost = [:]
        // Behind its end a file has nothing.
        let end = durableByteCount
        durable = durable.filter { $0.key * Self.blockByteCount < end }
        let last = end / Self.blockByteCount
        if var block = durable[last] {
            for index in end % Self.blockByteCount..<Self.blockByteCount { block[index] = 0 }
            durable[last] = block
        }
    }

    /// A byte is another from now on, whatever becomes of unsynced writes.
    mutating func damage(at offset: Int, _ change: (UInt8) -> UInt8) {
        let (number, index) = offset.quotientAndRemainder(dividingBy: Self.blockByteCount)
        func damaged(_ block: Block?) -> Block? {
            guard var block else { return nil }
            block[index] = change(block[index])
            return block
        }
        durable[number] = damaged(durable[number])
        if let block = lost[number] { lost[number] = .some(damaged(block)) }
        if let changes = versions[number] { versions[number] = changes.map(damaged) }
    }
}
